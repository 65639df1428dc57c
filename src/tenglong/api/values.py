"""The values that cross the border: days, moments, codes, exact numbers, sentences, and what they are refused for.

A number of the ledger is a string: a JSON number would be read as a float somewhere. A moment keeps its zone and its
microseconds, because "known at" is compared to the microsecond.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from django.utils.translation import gettext
from ninja import Schema
from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    StringConstraints,
    computed_field,
)
from pydantic_core import CoreSchema, core_schema

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.periods import day_in, moment_in
from tenglong.domain.kernel.quantities import exact_text
from tenglong.queries.access.names import names_here
from tenglong.queries.registry.territory import territory


@dataclass(frozen=True)
class OneOf:
    """A text that must be one of a rule file's ids; the OpenAPI document lists them."""

    choices: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's question what is permitted."""
        return core_schema.literal_schema(list(self.choices))


def one_of(choices: Iterable[str]) -> OneOf:
    """One of `choices`."""
    return OneOf(tuple(choices))


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    said = str(value)
    day = day_in(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else None
    if day is None:
        raise BadValue(msg("“{value}”不是日期，请按 2021-11-09 的格式填写。", value=shown(said)))
    return day


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    moment = moment_in(value)
    if moment is None:
        problem = "“{value}”不是时间，请按 2021-11-09T17:30:00+08:00 的格式填写（网址中“+”写作 %2B）。"
        raise BadValue(msg(problem, value=shown(value)))
    return moment


def shown(text: str) -> str:
    """What somebody sent, made fit to be said back: short, and only what can be printed."""
    return "".join(char for char in text[:40] if char.isprintable())


def _exact(value: Any) -> Any:
    return exact_text(value) if isinstance(value, Decimal | Fraction | int) else value


def _sentence(value: Any) -> Any:
    return value.render(gettext) if isinstance(value, Message) else value


def _place_code(value: Any) -> Any:
    return territory().places[value].code if isinstance(value, int) else value


Day = Annotated[date, BeforeValidator(_day)]
"""A day: 2021-11-09."""
Moment = Annotated[
    datetime, BeforeValidator(_moment), PlainSerializer(lambda moment: moment.isoformat(), return_type=str)
]
"""A moment with its zone; Chinese time where none is given."""
Exact = Annotated[str, BeforeValidator(_exact), Field(description="an exact decimal number")]
"""An exact number on its way out."""
Amount = Annotated[Decimal, Field(ge=0, le=10**12, max_digits=18, decimal_places=6)]
"""An exact number on its way in."""
Sentence = Annotated[str, BeforeValidator(_sentence)]
"""A message of the domain in the reader's language."""
PlaceCode = Annotated[str, BeforeValidator(_place_code)]
"""The code of a place, from the id of its row."""
Text = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
"""What somebody typed: one short text without NUL characters, which no database keeps."""
LongText = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
"""What somebody typed in several sentences."""
Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[-A-Za-z0-9_]+$")]
"""The code of a roster or a place."""
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The number of a record."""
Year = Annotated[int, Field(ge=2000, le=2100)]
"""The year that figures are of."""


class ByPeople(Schema):
    """What says who did something, by the names they sign in with; `people` says what each of them is called."""

    @computed_field  # type: ignore[prop-decorator]  # as pydantic says itself
    @property
    def people(self) -> dict[str, str]:
        """What everybody who is named here is called, by the name they sign in with."""
        named = {str(said) for field, said in self if said and (field == "by" or field.endswith("_by"))}
        return {login: names_here().get(login, login) for login in sorted(named)}
