"""What the lines of a roadmap add up to: in all, by zone, town, team or measure, and several roadmaps side by side."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.ordering import natural
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.roadmap.lines import town_of, visible_lines
from tenglong.queries.roadmap.overview import RoadmapView
from tenglong.queries.roadmap.views import MONEY, cumulative, spent, visible_flows
from tenglong.store.models import Roadmap

COLUMNS = {"zone": "zone", "town": "place_id", "team": "team", "measure": "measure"}


@dataclass
class Totals:
    """Lines counted and amounts added up; `starts` have a measure, the others wait.

    Of the money `money` is what is paid from the day of the facts on, `committed` what contracts take of it, `paid`
    what was paid before; all three also of cases that take no part any more.
    """

    lines: int = 0
    starts: int = 0
    waits: int = 0
    fixed: int = 0
    adjusted: int = 0
    measures: dict[str, int] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def count(
        self, lines: int, *, measure: str, batch: str, outcome: str, fixed: bool, adjusted: bool
    ) -> None:
        """Count some lines of one kind."""
        self.lines += lines
        self.fixed += lines * fixed
        self.adjusted += lines * adjusted
        if measure:
            self.starts += lines
        else:
            self.waits += lines
        for counts, key in ((self.measures, measure), (self.batches, batch), (self.outcomes, outcome)):
            if key:
                counts[key] = counts.get(key, 0) + lines

    def add(self, amount: str, micro: int) -> None:
        """Add to an amount."""
        self.amounts[amount] = self.amounts.get(amount, Decimal(0)) + from_micro(micro)


@dataclass(frozen=True)
class GroupTotals:
    """The totals of one zone, town, team or measure; `label` is what it is called, "" where the lines name none."""

    key: str
    label: str
    totals: Totals


@dataclass(frozen=True)
class Compared:
    """One of several roadmaps side by side; `curves` as `roadmaps_views.cumulative`, money among them."""

    roadmap: RoadmapView
    totals: Totals
    zones: dict[str, Totals]
    checks: dict[str, int]
    curves: dict[str, tuple[tuple[date, Decimal], ...]]


@dataclass(frozen=True)
class Comparison:
    """Roadmaps side by side, in the order they were asked for; `zones` are those of all."""

    columns: tuple[Compared, ...]
    zones: tuple[str, ...]


def totals_of(roadmap: Roadmap, scope: Scope) -> Totals:
    """What the lines that may be seen add up to."""
    return _grouped(roadmap, scope, None).get("", Totals())


def totals_by(roadmap: Roadmap, scope: Scope, by: str) -> list[GroupTotals]:
    """The same by "zone", "town", "team" or "measure", in the order people give; towns in official order."""
    found: dict[tuple[str, str], Totals] = defaultdict(Totals)
    for key, totals in _grouped(roadmap, scope, COLUMNS[by]).items():
        named = town_of(int(key), roadmap.facts_on) if by == "town" else (str(key), str(key))
        _merge(found[named], totals)
    ordered = sorted(found.items(), key=lambda one: natural(one[0][0]))
    return [GroupTotals(key, label, totals) for (key, label), totals in ordered]


def compare(roadmaps: Sequence[Roadmap], scope: Scope) -> Comparison:
    """Several roadmaps side by side, as far as the person may see them."""
    columns = tuple(_compared(one, scope) for one in roadmaps)
    zones = sorted({zone for column in columns for zone in column.zones}, key=natural)
    return Comparison(columns, tuple(zones))


def _compared(roadmap: Roadmap, scope: Scope) -> Compared:
    checks: dict[str, int] = {}
    for one in roadmap.checks:
        checks[one["outcome"]] = checks.get(one["outcome"], 0) + 1
    zones = {group.key: group.totals for group in totals_by(roadmap, scope, "zone")}
    return Compared(
        RoadmapView.of(roadmap),
        totals_of(roadmap, scope),
        zones,
        checks,
        cumulative(roadmap, scope) | {MONEY: spent(roadmap, scope)},
    )


def _grouped(roadmap: Roadmap, scope: Scope, column: str | None) -> dict[Any, Totals]:
    keys = (column,) if column and column != "measure" else ()
    found: dict[Any, Totals] = defaultdict(Totals)
    counted = ("measure", "batch", "outcome", "fixed", "adjusted")
    rows = visible_lines(roadmap, scope).order_by().values(*keys, *counted).annotate(lines=Count("pk"))
    for row in rows:
        lines = row.pop("lines")
        key = row["measure"] if column == "measure" else row.pop(column) if column else ""
        found[key].count(lines, **row)
    sums = visible_flows(roadmap, scope).values(*filter(None, (column,)), "amount")
    for row in sums.annotate(micro=Sum("quantity")).order_by():
        found[row[column] if column else ""].add(row["amount"], row["micro"])
    return found


def _merge(into: Totals, more: Totals) -> None:
    for name in ("lines", "starts", "waits", "fixed", "adjusted"):
        setattr(into, name, getattr(into, name) + getattr(more, name))
    for name in ("measures", "batches", "outcomes", "amounts"):
        mine = getattr(into, name)
        for key, value in getattr(more, name).items():
            mine[key] = mine.get(key, 0) + value
