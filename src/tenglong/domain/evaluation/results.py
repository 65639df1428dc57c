"""What a run gives (docs/algorithms/evaluation.md §8). Values are exact; only totals are rounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Status = Literal["rated", "not_rated", "out_of_scope"]
How = Literal["value", "missing", "no_denominator", "negative", "zero", "no_benchmark"]

Group = tuple[str | None, ...]
"""The values of the columns of a group, in the order of the scheme; () is everybody."""


@dataclass(frozen=True)
class Item:
    """One indicator of one firm.

    `value` is there for every row that has one. `benchmark` (b of 3.6; None for minmax and value), `score` (before
    the factor of 4.2; None where the indicator does not count) and `how` are those of rated firms only.
    """

    indicator: str
    value: Fraction | None
    benchmark: Fraction | None = None
    score: Fraction | None = None
    how: How | None = None


@dataclass(frozen=True)
class Outcome:
    """One row of the year. What follows `points` is None, empty or "" unless the firm is rated.

    `reason` is the id of the rule for not_rated, else "". `group` holds the peer columns. `points` are those that
    applied, before the limits; `bonus` and `deduction` their sums within the limits, both positive. `grade` is
    also there for an exemption that states one.
    """

    id: str
    status: Status
    reason: str
    group: Mapping[str, str | None]
    items: tuple[Item, ...]
    points: tuple[tuple[str, Fraction], ...] = ()
    bonus: Fraction = Fraction(0)
    deduction: Fraction = Fraction(0)
    total: Decimal | None = None
    rank: int | None = None
    peers: int | None = None
    grade_by_quota: str = ""
    adjustments: tuple[str, ...] = ()
    grade: str = ""


@dataclass(frozen=True)
class Evaluation:
    """A whole run: the outcomes in the order of the rows, and what they were measured against.

    `benchmarks`, `ranges` (smallest and largest value of minmax) and `averages` (average scores, 3.2) are by indicator
    and group; `cuts` is the lowest total of each grade by quota, by peer group.
    """

    scheme: str
    version: int
    scheme_digest: str
    year: int
    input_digest: str
    outcomes: tuple[Outcome, ...]
    benchmarks: Mapping[str, Mapping[Group, Fraction]]
    ranges: Mapping[str, Mapping[Group, tuple[Fraction, Fraction]]]
    averages: Mapping[str, Mapping[Group, Fraction]]
    cuts: Mapping[Group, Mapping[str, Decimal]]
