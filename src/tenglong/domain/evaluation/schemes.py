"""A scheme (评价办法): what is measured, against what, with which weight, and how totals become grades.

The statements that are referred to by number stand in docs/algorithms/evaluation.md.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Rule = Literal["zero", "average", "excluded", "not_rated", "full", "as_value"] | Decimal


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

    given: Decimal | None = None
    given_by: str = ""
    average: Literal["", "firms", "pooled"] = ""
    quantile: Decimal | None = Field(default=None, ge=0, le=1)
    max: bool = False
    min: bool = False
    values: dict[str, Decimal] = {}
    otherwise: Decimal | None = None
    by: tuple[str, ...] = ()
    year: Literal["this", "last"] = "this"
    factor: Decimal = Decimal(1)
    places: int | None = Field(default=None, ge=0, le=9)
    at_least: int = Field(default=1, ge=1)


class Indicator(Part):
    """One indicator (3): numerator ÷ denominator, its benchmark, its score and its special cases."""

    id: Id
    zh: str
    en: str
    numerator: str
    denominator: str = ""
    unit: str
    unit_en: str = ""
    weight: Decimal = Field(gt=0)
    method: Literal["ratio", "minmax", "inverse", "value"] = "ratio"
    benchmark: Benchmark | None = None
    floor: Decimal = Decimal(0)
    cap: Decimal | None = None
    base: Decimal = Field(default=Decimal(0), ge=0, le=1)
    k: Decimal = Field(default=Decimal(2), gt=0)
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
    points: str | Decimal


class PointsLimit(Part):
    """The most that bonus and deduction items may add up to, both as positive numbers."""

    bonus: Decimal | None = Field(default=None, ge=0)
    deduction: Decimal | None = Field(default=None, ge=0)


class Total(Part):
    """How the total is cut and rounded (4.2, 4.3)."""

    places: int = Field(default=2, ge=0, le=6)
    floor: Decimal | None = None
    cap: Decimal | None = None


class Step(Part):
    """A grade with its share of the peers in percent, or with the lowest total that gets it; the last has neither."""

    grade: str
    zh: str = ""
    en: str = ""
    share: Decimal | None = Field(default=None, ge=0, le=100)
    from_: Decimal | None = Field(default=None, alias="from")


class Grades(Part):
    """Peer groups, ranks and grades (6)."""

    by: Literal["quota", "score"]
    peers: tuple[str, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=2)
    ties: Literal["up", "down"] = "up"
    rounding: Literal["up", "down", "half_up"] = "up"
    tie_break: tuple[str, ...] = ()


class Adjustment(Condition):
    """A change of the grade after the quota (7.1)."""

    kind: Literal["promote", "demote", "fix", "protect", "veto"]
    steps: int = Field(default=1, ge=1)
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
    year: int = Field(ge=2000, le=2100)
    version: int = Field(ge=1)
    note: str = ""
    column: dict[Id, Column]
    scope: Scope = Scope()
    exempt: tuple[Exemption, ...] = ()
    merge: Merge | None = None
    indicator: tuple[Indicator, ...] = Field(min_length=1)
    points: tuple[Points, ...] = ()
    points_limit: PointsLimit = PointsLimit()
    total: Total = Total()
    grades: Grades | None = None
    adjust: tuple[Adjustment, ...] = ()
    digest: str = ""
