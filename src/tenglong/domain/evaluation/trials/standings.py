"""A table of firms that can be evaluated again and again with other numbers or another scheme.

Questions of the kind "what if" are answered by asking an engine, never by a formula of their own: whatever a scheme
means (docs/algorithms/evaluation.md), the answers mean the same. `Trials` hides which engine is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

from tenglong.domain.evaluation.results import Evaluation, Group
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg

Numbers = Sequence[Decimal | None]
Changed = Mapping[str, Sequence[Decimal | float | None]]
"""Columns of numbers to put in the place of the table's own, in the order of all its rows."""

Row = Mapping[str, Any]


class Evaluate(Protocol):
    """An engine that takes rows, such as `engines.reference.evaluate`."""

    def __call__(self, scheme: Scheme, rows: Sequence[Row], *, year: int) -> Evaluation:
        """The whole run of `year`."""


@dataclass(frozen=True)
class Standings:
    """What a trial tells: a few columns of the result, in the order of the table's rows of the year.

    `reasons` are the ids of 1.4, "out_of_scope" for rows outside the scope and "" for rated ones.
    """

    ids: Sequence[str]
    reasons: Sequence[str]
    totals: Sequence[Decimal | None]
    ranks: Sequence[int | None]
    quota_grades: Sequence[str]
    adjustments: Sequence[Sequence[str]]
    grades: Sequence[str]

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The position of each firm in the columns."""
        return {one: place for place, one in enumerate(self.ids)}


Ask = Callable[[Scheme, Changed], Standings]
Benchmarks = Mapping[str, Mapping[Group, Fraction]]


@dataclass(frozen=True)
class Trials:
    """The table and the ways to evaluate it. All columns are in the order of the rows of all years.

    `benchmarks` gives the computed ones by indicator and group, for the same questions as `ask`.
    """

    year: int
    ids: Sequence[str]
    years: Sequence[int]
    numbers: Mapping[str, Numbers]
    texts: Mapping[str, Sequence[str | None]]
    ask: Ask
    benchmarks: Callable[[Scheme, Changed], Benchmarks]

    def row_of(self, firm: str) -> int:
        """The position of the firm's row of the year.

        Raises:
            NotFound: there is none.
        """
        for place, (one, year) in enumerate(zip(self.ids, self.years, strict=True)):
            if one == firm and year == self.year:
                return place
        problem = "{year} 年的数据里没有企业“{firm}”，请检查编号或年度。"
        raise NotFound(msg(problem, firm=firm, year=self.year))

    def with_firm(self, firm: str, values: Mapping[str, Decimal | None]) -> Changed:
        """The columns with other values for one firm and the table's own for all others."""
        place = self.row_of(firm)
        changed = {}
        for column, value in values.items():
            numbers = list(self.numbers[column])
            numbers[place] = value
            changed[column] = numbers
        return changed


def trials_on_rows(
    scheme: Scheme,
    rows: Sequence[Row],
    year: int,
    evaluate: Evaluate,
) -> Trials:
    """Trials with an engine that takes rows; `scheme` says which columns there are."""

    def run(asked: Scheme, changed: Changed) -> Evaluation:
        edited = [
            {**row, **{column: values[place] for column, values in changed.items()}}
            for place, row in enumerate(rows)
        ]
        return evaluate(asked, edited, year=year)

    kinds = {name: column.type for name, column in scheme.column.items()}
    return Trials(
        year,
        [str(row["id"]) for row in rows],
        [int(row["year"]) for row in rows],
        {name: [exact(row.get(name)) for row in rows] for name, kind in kinds.items() if kind == "number"},
        {name: [row.get(name) for row in rows] for name, kind in kinds.items() if kind == "text"},
        lambda asked, changed: standings_of(run(asked, changed)),
        lambda asked, changed: run(asked, changed).benchmarks,
    )


def standings_of(evaluation: Evaluation) -> Standings:
    """The columns of a whole run."""
    outcomes = evaluation.outcomes
    return Standings(
        [one.id for one in outcomes],
        [one.reason or ("" if one.status == "rated" else one.status) for one in outcomes],
        [one.total for one in outcomes],
        [one.rank for one in outcomes],
        [one.grade_by_quota for one in outcomes],
        [one.adjustments for one in outcomes],
        [one.grade for one in outcomes],
    )


def exact(value: Any) -> Decimal | None:
    """A number of a row as a decimal; a double is the shortest decimal that prints as it (1.2)."""
    if value is None:
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None
