"""A scheme (评价办法): what is measured, against what, with which weight, and how totals become grades.

The statements that are referred to by number stand in docs/algorithms/evaluation.md. Here each key has its type;
`loading.parse_scheme` reads a file, and `checks` sees that the keys fit each other.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

RULES = ("zero", "average", "excluded", "not_rated", "full", "as_value")
MOST_DIGITS = 15


def _number(value: Any) -> Decimal:
    """A number that was written as one; not a text, nor one whose exact fraction would fill the memory."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number", "a number")
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() >= MOST_DIGITS or _places(number) > MOST_DIGITS:
        raise PydanticCustomError("number", "a number")
    return number


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _rule(value: Any) -> str | Decimal:
    if isinstance(value, str) and value in RULES:
        return value
    if isinstance(value, str):
        raise PydanticCustomError("rule", "a rule", {"known": ", ".join(RULES)})
    return _number(value)


def _amount(value: Any) -> str | Decimal:
    return value if isinstance(value, str) else _number(value)


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Exact = Annotated[Decimal, BeforeValidator(_number)]
Whole = Annotated[int, Strict()]
YesNo = Annotated[bool, Strict()]
Rule = Annotated[str | Decimal, BeforeValidator(_rule)]
Amount = Annotated[str | Decimal, BeforeValidator(_amount)]


class Part(BaseModel):
    """A table of a scheme file. `assumed` names the numbers in it that no source states, and why they were chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = ""
    assumed: dict[str, str] = {}


class Column(Part):
    """A column of the table of firms; `synonyms` are other headers under which it arrives."""

    zh: str
    en: str
    type: Literal["number", "text", "flag"] = "number"
    unit: str = ""
    basis: str = ""
    synonyms: tuple[str, ...] = ()


class Benchmark(Part):
    """What a value is measured against (3.3); exactly one of the first six says how."""

    given: Exact | None = None
    given_by: str = ""
    average: Literal["", "firms", "pooled"] = ""
    quantile: Exact | None = Field(default=None, ge=0, le=1)
    max: YesNo = False
    min: YesNo = False
    values: dict[str, Exact] = {}
    otherwise: Exact | None = None
    by: tuple[str, ...] = ()
    year: Literal["this", "last"] = "this"
    factor: Exact = Decimal(1)
    places: Whole | None = Field(default=None, ge=0, le=9)
    at_least: Whole = Field(default=1, ge=1)


class Indicator(Part):
    """One indicator (3): numerator ÷ denominator, its benchmark, its score and its special cases."""

    id: Id
    zh: str
    en: str
    numerator: str
    denominator: str = ""
    unit: str
    unit_en: str = ""
    weight: Exact = Field(gt=0)
    method: Literal["ratio", "minmax", "inverse", "value"] = "ratio"
    benchmark: Benchmark | None = None
    floor: Exact = Decimal(0)
    cap: Exact | None = None
    base: Exact = Field(default=Decimal(0), ge=0, le=1)
    k: Exact = Field(default=Decimal(2), gt=0)
    by: tuple[str, ...] = ()
    average_by: tuple[str, ...] | None = None
    missing: Rule = "zero"
    no_denominator: Rule | None = None
    negative: Rule = "zero"
    zero: Rule = "as_value"


class Condition(Part):
    """A condition with a name: base of exemptions, points and adjustments."""

    id: Id
    zh: str
    en: str
    when: str


class Exemption(Condition):
    """Firms that are not rated (1.4), and the grade they are given instead, if any."""

    grade: str = ""


class Points(Condition):
    """Points added or, where negative, taken off (4.1): a number or an expression."""

    when: str = ""
    points: Amount


class PointsLimit(Part):
    """The most that bonus and deduction items may add up to, both as positive numbers."""

    bonus: Exact | None = Field(default=None, ge=0)
    deduction: Exact | None = Field(default=None, ge=0)


class Total(Part):
    """How the total is cut and rounded (4.2, 4.3), and the scores before it (3.7; None: not rounded)."""

    places: Whole = Field(default=2, ge=0, le=6)
    score_places: Whole | None = Field(default=None, ge=0, le=6)
    floor: Exact | None = None
    cap: Exact | None = None


class Step(Part):
    """A grade with its share of the peers in percent, or with the lowest total that gets it; the last has neither."""

    grade: str
    zh: str = ""
    en: str = ""
    share: Exact | None = Field(default=None, ge=0, le=100)
    from_: Exact | None = Field(default=None, alias="from")


class Grades(Part):
    """Peer groups, ranks and grades (6)."""

    by: Literal["quota", "score"]
    peers: tuple[str, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=2, max_length=50)
    ties: Literal["up", "down"] = "up"
    rounding: Literal["up", "down", "half_up"] = "up"
    tie_break: tuple[str, ...] = ()


class Adjustment(Condition):
    """A change of the grade after the quota (7.1)."""

    kind: Literal["promote", "demote", "fix", "protect", "veto"]
    steps: Whole = Field(default=1, ge=1)
    grade: str = ""
    not_above: str = ""
    not_below: str = ""


class Merge(Part):
    """Rows that are evaluated as one firm and share its result (1.5)."""

    by: str
    host: str
    counts: Literal["one", "each"] = "one"


class Scope(Part):
    """Which rows the scheme is for."""

    when: str = ""


class Scheme(Part):
    """A whole scheme file. `source` is the document it was taken from; `digest` the SHA-256 of the file's bytes."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    title_en: str
    place: str
    year: Whole = Field(ge=2000, le=2100)
    version: Whole = Field(ge=1)
    note: str = ""
    column: dict[Id, Column] = Field(max_length=1000)
    scope: Scope = Scope()
    exempt: tuple[Exemption, ...] = Field(default=(), max_length=200)
    merge: Merge | None = None
    indicator: tuple[Indicator, ...] = Field(min_length=1, max_length=100)
    points: tuple[Points, ...] = Field(default=(), max_length=200)
    points_limit: PointsLimit = PointsLimit()
    total: Total = Total()
    grades: Grades | None = None
    adjust: tuple[Adjustment, ...] = Field(default=(), max_length=200)
    digest: str = ""


def parts(value: Any, path: str = "") -> Iterator[tuple[str, Part]]:
    """Every table inside `value`, itself first, with its path: indicator[tax_per_mu].benchmark."""
    inner: list[tuple[str, Any]] = []
    if isinstance(value, Part):
        yield path, value
        dot = "." if path else ""
        inner = [(f"{path}{dot}{key}", getattr(value, key)) for key in type(value).model_fields]
    elif isinstance(value, Mapping):
        inner = [(f"{path}[{key}]", one) for key, one in value.items()]
    elif isinstance(value, tuple):
        inner = [(f"{path}[{called(one, n)}]", one) for n, one in enumerate(value, start=1)]
    for where, one in inner:
        yield from parts(one, where)


def in_english(translate: Callable[[str], str], *schemes: Scheme) -> Callable[[str], str]:
    """`translate` for English, calling things as scheme files call them: no catalogue knows their names."""
    names: dict[str, str] = {}
    for scheme in schemes:
        rules: tuple[Condition, ...] = (*scheme.exempt, *scheme.points, *scheme.adjust)
        names |= {one.zh: one.en for one in scheme.column.values()}
        names |= {one.zh: one.en for one in scheme.indicator}
        names |= {one.zh: one.en for one in rules}
        names |= {one.unit: one.unit_en for one in scheme.indicator}
    return lambda text: names.get(text) or translate(text)


def called(part: Any, number: int) -> str:
    """How a part of a list is named in a path: by its id, its grade, or its number from 1."""
    return str(getattr(part, "id", getattr(part, "grade", number)))
