"""Units as a table: the tree in official order, with former names, targets and the reference series."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tenglong.domain.kernel.folding import folded
from tenglong.domain.registry.territory import Place, Territory, Tree
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Value
from tenglong.store.models import Place as StoredPlace
from tenglong.store.models import Roster

SHOWN_AT_ONCE = 200
"""So many units stand on one page; of more only the first levels, and the rest when somebody opens them."""
FOUND_AT_ONCE = 50


@dataclass(frozen=True)
class Node:
    """A unit in the tree of today; `former` are the rows that ended and count here now. `under` is None where units lie
    under it that are only read when somebody opens it."""

    place: Place
    former: tuple[Place, ...]
    under: tuple["Node", ...] | None


@dataclass(frozen=True)
class Found:
    """A unit that was searched for, with those above it, nearest first."""

    place: Place
    above: tuple[Place, ...]


def nodes(codes: Iterable[str], day: date) -> list[Node]:
    """The units at and under `codes`, in official order; of many only those directly under them."""
    whole = territory()
    tree = whole.at(day)
    tops = list(dict.fromkeys(code for code in codes if tree.has(code)))
    inside = {code for top in tops for code in (place.code for place in tree.descendants(top))}
    many = len(inside) > SHOWN_AT_ONCE
    former = _former(whole, day)

    def node(place: Place, depth: int) -> Node:
        children = tree.children(place.code)
        shut = children and many and depth > 0
        return Node(
            place,
            tuple(former.get(place.code, ())),
            None if shut else tuple(node(child, depth + 1) for child in children),
        )

    return [
        node(tree.place(top), int(many and len(tops) > 1)) for top in tops if not _within(tree, top, tops)
    ]


def nodes_under(code: str, day: date) -> tuple[Node, ...]:
    """The units directly under one, each still shut."""
    whole = territory()
    tree, former = whole.at(day), _former(whole, day)
    return tuple(
        Node(child, tuple(former.get(child.code, ())), None if tree.children(child.code) else ())
        for child in tree.children(code)
    )


def found_places(text: str, codes: Iterable[str], day: date) -> list[Found]:
    """The units at and under `codes` whose name, former name or code contains `text`, in official order."""
    whole = territory()
    tree, asked = whole.at(day), folded(text.upper())
    former = {code: {row.name for row in rows} for code, rows in _former(whole, day).items()}
    found: dict[str, Found] = {}
    for top in codes:
        for place in tree.descendants(top) if tree.has(top) and asked else ():
            called = {place.name, place.code, *place.aliases, *former.get(place.code, ())}
            if any(asked in name for name in called):
                found.setdefault(place.code, Found(place, tree.ancestors(place.code)))
            if len(found) == FOUND_AT_ONCE:
                return list(found.values())
    return list(found.values())


def _former(whole: Territory, day: date) -> dict[str, list[Place]]:
    """The rows that ended under another name or code, by the code where they count now."""
    former: dict[str, list[Place]] = {}
    for place in whole.ended:
        heir = whole.home(place, day) if place.valid_to and place.valid_to <= day else None
        if heir and (heir.name, heir.code) != (place.name, place.code):
            former.setdefault(heir.code, []).append(place)
    return former


def _within(tree: Tree, code: str, tops: list[str]) -> bool:
    return any(above.code in tops for above in tree.ancestors(code))


def rows_of(code: str) -> list[Place]:
    """Everything that bore a code, the latest first."""
    return territory().bearers.get(code, [])[::-1]


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
