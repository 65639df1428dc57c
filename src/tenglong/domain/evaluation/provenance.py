"""Where every number of a scheme comes from: a source, or an assumption with its reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenglong.domain.evaluation.expressions import Aggregate, In, Number, walk
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.schemes import Part, Scheme, called

EXPRESSIONS = ("when", "numerator", "denominator", "points")
NOT_RULES = ("year", "version")  # of the file itself: they say which scheme it is


@dataclass(frozen=True)
class Sourced:
    """A number as the file states it; `assumed` says why it was chosen where no source states it, else ""."""

    path: str
    value: Decimal
    source: str
    assumed: str


def numbers(scheme: Scheme) -> Iterator[Sourced]:
    """Every number that the file itself states, also those inside expressions, in the order of the keys."""
    for key in Scheme.model_fields:
        if key in scheme.model_fields_set and key not in NOT_RULES:
            yield from _inside(getattr(scheme, key), key, scheme.source, scheme.assumed.get(key, ""))


def _inside(value: Any, path: str, source: str, assumed: str) -> Iterator[Sourced]:
    if isinstance(value, Part):
        yield from _of_part(value, path, value.source or source, assumed)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _inside(inner, f"{path}[{key}]", source, assumed)
    elif isinstance(value, tuple):
        for number, inner in enumerate(value, start=1):
            yield from _inside(inner, f"{path}[{called(inner, number)}]", source, assumed)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield Sourced(path, Decimal(value), source, assumed)
    elif isinstance(value, str) and value and path.rpartition(".")[2] in EXPRESSIONS:
        for found in _in_text(value, path):
            yield Sourced(path, found, source, assumed)


def _of_part(part: Part, path: str, source: str, assumed: str) -> Iterator[Sourced]:
    for key, field in type(part).model_fields.items():
        if key in part.model_fields_set:
            said = field.alias or key
            yield from _inside(getattr(part, key), f"{path}.{said}", source, part.assumed.get(said, assumed))


def _in_text(text: str, path: str) -> Iterator[Decimal]:
    for part in walk(parse(text, where=path)):
        if isinstance(part, Number):
            yield part.value
        elif isinstance(part, In):
            yield from (option.value for option in part.options if isinstance(option, Number))
        elif isinstance(part, Aggregate) and part.fraction is not None:
            yield part.fraction
