"""Units as a table: the tree in official order, with former names, targets and the reference series."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tenglong.domain.registry.territory import Place
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Value
from tenglong.store.models import Place as StoredPlace
from tenglong.store.models import Roster


@dataclass(frozen=True)
class TreeRow:
    """A unit in the tree of today; `former` are the rows that ended and count here now."""

    place: Place
    depth: int
    former: tuple[Place, ...]


def tree_rows(codes: Iterable[str], day: date) -> list[TreeRow]:
    """The units at and under `codes`, in official order."""
    everywhere = territory()
    tree = everywhere.at(day)
    former: dict[str, list[Place]] = {}
    for place in everywhere.places.values():
        if place.valid_to is not None and place.valid_to <= day:
            heir = everywhere.home(place, day)
            former.setdefault(heir.code if heir else "", []).append(place)
    rows: dict[str, TreeRow] = {}
    for top in codes:
        above = len(tree.ancestors(top))
        for place in tree.descendants(top):
            depth = len(tree.ancestors(place.code)) - above
            rows.setdefault(place.code, TreeRow(place, depth, tuple(former.get(place.code, ()))))
    return list(rows.values())


def place_of(code: str, day: date) -> StoredPlace:
    """The place that bears `code` on the day, for actions that tie something to it.

    Raises:
        NotFound: there is none.
    """
    return StoredPlace.objects.get(pk=territory().at(day).place(code).id)


@dataclass(frozen=True)
class TargetView(Value):
    """What a unit has to reach, in millionths of the figure's unit."""

    code: str
    figure: str
    quantity: int
    start: date
    deadline: date
    recorded_by: str


@dataclass(frozen=True)
class ReferenceView(Value):
    """A value of the reference series; a `reason` corrects another of the same day."""

    day: date
    figure: str
    quantity: int
    source: str
    reason: str


def targets(roster: Roster, codes: set[str]) -> list[TargetView]:
    """The targets of the units `codes` that count now: the latest of each unit and figure, in official order."""
    latest = {(row.code, row.figure): row for row in roster.targets.order_by("recorded_at", "id")}
    order = {place.code: n for n, place in enumerate(_all_places())}
    found = [TargetView.of(row) for row in latest.values() if row.code in codes]
    return sorted(found, key=lambda row: (order.get(row.code, len(order)), row.figure))


def references(roster: Roster) -> list[ReferenceView]:
    """The reference series, the latest day first."""
    return [ReferenceView.of(row) for row in roster.reference_points.order_by("-day", "-id")]


def _all_places() -> list[Place]:
    tree = territory().at(date.max)
    return [place for root in tree.roots for place in tree.descendants(root.code)]
