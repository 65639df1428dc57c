"""The file format of a roadmap problem: each key has its type here; docs/reference/roadmap-problem.schema.json is drawn
from these classes.

Large tables may be Parquet files beside the JSON: `{"file": "firms.parquet"}` in place of a list.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Required

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from typing_extensions import TypedDict

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.validation import Sentence, first_problem, key_path, sentence

# What is wrong with a problem file, in sentences that name file, key and remedy.

SENTENCES: dict[str, Sentence] = {
    "float_type": lambda _: msg("应为数字，不加引号。"),
    "int_from_float": lambda _: msg("应为整数，不带小数。"),
    "string_too_short": lambda _: msg("不能为空，请填写。"),
    "list_type": lambda _: msg("应为列表 […]。"),
    "tuple_type": lambda _: msg("应为列表 […]。"),
    "dict_type": lambda _: msg("应为一个对象 {{…}}。"),
    "model_type": lambda _: msg("应为一个对象 {{…}}。"),
    "model_attributes_type": lambda _: msg("应为一个对象 {{…}}。"),
    "union_tag_invalid": lambda ctx: msg("kind 应为其中之一：{known}。", known=ctx["expected_tags"]),
    "union_tag_not_found": lambda _: msg("缺少 kind，请写明 benefit 或 cost。"),
    "date_from_datetime_parsing": lambda _: msg("应为日期，如 2026-01-01。"),
    "date_parsing": lambda _: msg("应为日期，如 2026-01-01。"),
    "date_type": lambda _: msg("应为日期，如 2026-01-01。"),
}
_AMOUNT = "应为数字、每个开始时期一个数字的列表，或 {{total, profile}}。"


def wrong(name: str, key: str, problem: Message) -> BadFile:
    """The error for a key of the file `name`."""
    return BadFile(
        msg("方案问题 {name} 的 {key}：{problem}", name=name, key=key or "（整个文件）", problem=problem)
    )


def not_valid(name: str, error: ValidationError, content: Any, above: str = "") -> BadFile:
    """The error for the first problem that pydantic found; a misspelt key before the key that it leaves missing."""
    first = first_problem(error)
    return wrong(name, key_path(content, first, named_by="name", above=above), _said(first))


def _said(problem: ErrorDetails) -> Message:
    if "amounts" in problem["loc"] and problem["type"] in ("float_type", "list_type", "dict_type"):
        return msg(_AMOUNT)
    return sentence(problem, SENTENCES)


FORMAT = "tenglong-roadmap/1"
MOST_PERIODS = 400
MOST_PLACES = 9

Exact = int | Decimal
"""A number as the file writes it: never a float."""


def _exact(least: int, most: int) -> PlainValidator:
    """A decimal number within bounds, exactly as it is written."""

    def check(value: Any) -> Exact:
        if type(value) is not int and type(value) is not Decimal:
            raise PydanticCustomError("float_type", "should be a number")
        if value < least:
            raise PydanticCustomError("greater_than_equal", "should be {ge} or more", {"ge": least})
        if value > most:
            raise PydanticCustomError("less_than_equal", "should be {le} or less", {"le": most})
        return value

    return PlainValidator(check)


def _drawn(least: int, most: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", "minimum": least, "maximum": most})


def _day(value: Any) -> Any:
    """A day is written one way only."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_type", "should be a day")
    return value


LARGEST_NUMBER = 10**12
_SPAN = -LARGEST_NUMBER, LARGEST_NUMBER
Number = Annotated[Exact, _exact(*_SPAN), _drawn(*_SPAN)]
Size = Annotated[Exact, _exact(0, LARGEST_NUMBER), _drawn(0, LARGEST_NUMBER)]
Share = Annotated[Exact, _exact(0, 1), _drawn(0, 1)]
Day = Annotated[date, BeforeValidator(_day)]
Whole = Annotated[int, Strict(), Field(ge=0, le=10_000)]
Period = Annotated[int, Strict(), Field(ge=1, le=MOST_PERIODS, description="periods are counted from 1")]
Text = Annotated[str, Strict(), Field(min_length=1, max_length=200)]
YesNo = Annotated[bool, Strict()]


class Part(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TableFile(Part):
    """A Parquet file beside the JSON that holds the rows."""

    file: Text


class AmountSpec(Part):
    """An amount that measures name."""

    kind: Literal["brings", "takes"] = Field(
        description="unless a profile says otherwise, what is brought arrives in the last period of the duration, "
        "what is taken falls into the first"
    )
    unit: Annotated[str, Strict()] = ""
    decimals: Annotated[int, Strict()] = Field(
        default=2, ge=0, le=6, description="an amount with more places than these is refused"
    )
    profile: tuple[Share, ...] = Field(
        default=(), description="shares that fall into the start period, the next, …; they add up to 1"
    )


class TimingSpec(Part):
    """How long measures last, and how amounts are spread, by start period: holidays make the same steps longer.

    Lists have one entry for each period of the problem.
    """

    duration: Annotated[tuple[Period, ...], Field(min_length=1, max_length=MOST_PERIODS)]
    profiles: dict[Text, tuple[Annotated[tuple[Share, ...], Field(min_length=1)], ...]] = Field(
        default={},
        description="for an amount the shares that fall into the start period, the next, …; adding up to 1",
    )


class Spread(TypedDict):
    """An amount with its own profile; `total` is a number, or one for each start period."""

    total: Size | list[Size]
    profile: Annotated[list[Share], Field(min_length=1, max_length=MOST_PERIODS)]


MeasureSpec = TypedDict(
    "MeasureSpec",
    {
        "name": Required[Text],
        "from": Period,
        "until": Period,
        "duration": Period,
        "timing": Text,
        "amounts": dict[Text, Size | list[Size] | Spread],
    },
    total=False,
)
MeasureSpec.__doc__ = (
    "What may be done with a firm; by default it may start in any period and lasts one. `timing` names one of the "
    "timings, which then says how long it lasts and how amounts without a profile of their own are spread."
)


class FirmSpec(TypedDict, total=False):
    """A firm with its tags and measures; with `must` it may not wait."""

    id: Required[Text]
    tags: dict[Text, Text]
    must: YesNo
    measures: list[MeasureSpec]


_OBJECTS: tuple[Any, ...] = (Spread, MeasureSpec, FirmSpec)
for spec in _OBJECTS:
    spec.__pydantic_config__ = ConfigDict(extra="forbid")


Where = dict[Text, Text | Annotated[tuple[Text, ...], Field(min_length=1)]]


class LimitSpec(Part):
    """The sum of an amount over the firms that fit `where`, from a period until another, against a number.

    Without `until` what arrives after the last period counts as well.
    """

    id: Text
    amount: Text
    where: Where = {}
    from_: Period = Field(default=1, alias="from")
    until: Period | None = None
    at_most: Number | None = None
    at_least: Number | None = None
    cost: Size | None = Field(
        default=None,
        description="of moving it by one unit, when limits contradict; by default all per cents cost the same",
    )


class OrderSpec(Part):
    """Firm `then` may start only `gap` periods or more after firm `first` has started."""

    first: Text
    then: Text
    gap: Whole = 0


class ClearanceSpec(Part):
    """All firms that fit `where` must start by a period or, with a bonus, earn it if all do."""

    id: Text
    where: Where
    by: Period
    bonus: Size | None = Field(default=None, description="in units of the weights; only with the aim benefit")


class ChoiceSpec(Part):
    """What was announced for a firm."""

    firm: Text
    measure: Text
    start: Period


class AnnouncedSpec(Part):
    """A plan that people know of: what it costs, in units of the aim, to depart from it in this one."""

    per_period: Size = Field(description="for each period that a firm starts earlier or later than announced")
    other: Size = Field(
        description="for another measure; waiting costs as much as another measure in the farthest period"
    )
    choices: tuple[ChoiceSpec, ...]


class BenefitSpec(Part):
    """Maximise the sum of weight × amount × discount^(period of arrival - 1)."""

    kind: Literal["benefit"]
    name: Annotated[str, Strict()] = "benefit"
    weights: dict[Text, Number]
    discount: Share = Field(default=1, description="above 0")
    decimals: Annotated[int, Strict()] = Field(
        default=4, ge=0, le=MOST_PLACES, description="places of a discounted weight"
    )
    source: Annotated[str, Strict()] = Field(default="", description="where the weights come from")
    tolerance: Share = Field(default=0, description="share that a later aim of the list may cost")


class CostSpec(Part):
    """Minimise the sum of an amount."""

    kind: Literal["cost"]
    name: Annotated[str, Strict()] = "cost"
    amount: Text = "money"
    tolerance: Share = 0


AimSpec = Annotated[BenefitSpec | CostSpec, Field(discriminator="kind")]


class ProblemSpec(Part):
    """A roadmap problem. Rows of `measures` in a table file name their firm in the column `firm`."""

    format: Literal["tenglong-roadmap/1"]
    name: Annotated[str, Strict()] = ""
    periods: Annotated[tuple[Day, ...], Field(min_length=1, max_length=MOST_PERIODS)] = Field(
        description="the first day of each period, ascending"
    )
    amounts: dict[Text, AmountSpec]
    timings: dict[Text, TimingSpec] = {}
    firms: list[FirmSpec] | TableFile
    measures: TableFile | None = None
    limits: tuple[LimitSpec, ...] = ()
    orders: tuple[OrderSpec, ...] = ()
    clearances: tuple[ClearanceSpec, ...] = ()
    announced: AnnouncedSpec | None = None
    aim: AimSpec | Annotated[tuple[AimSpec, ...], Field(min_length=1)] = Field(
        description="one aim, or a list: each is kept within its tolerance for the next"
    )


FIRMS = TypeAdapter(list[FirmSpec])
"""Validates the firms in pieces, so that the objects of a large file need not all exist twice."""
