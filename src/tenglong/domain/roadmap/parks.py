"""Which park a firm may move to, and who moves where (docs/algorithms/roadmap.md 10.12).

A problem holds what parks can take together, so that its plans choose among them; a firm moves as a whole, so who moves
where is settled for the plan that was found.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.settings import Park

MOST_GROUPS = 200
"""Groups of parks that a problem has a limit for: with more of them the plan is settled less surely, not wrongly."""

Group = frozenset[str]


def accepting(parks: Sequence[Park], firm: FirmFacts, area: Decimal) -> Group:
    """The parks that take one of the firm's processes: those with room for it, all where none has."""
    taking = [one for one in parks if not one.processes or not set(one.processes).isdisjoint(firm.processes)]
    roomy = [one for one in taking if one.vacant >= area]
    return frozenset(park.name for park in roomy or taking)


def groups_of(sets: Iterable[Group]) -> list[Group]:
    """The groups that a limit is needed for: what firms may choose from, and every union of such that overlap.

    Firms that may move only into parks of a group must not need more than all of it has; where floor area could be
    shared out, that would be enough for all to find room (Hall's condition).
    """
    found = list(dict.fromkeys(sorted(set(sets), key=sorted)))
    for one in found:
        for other in found[: found.index(one)]:
            if one & other and one | other not in found and len(found) < MOST_GROUPS:
                found.append(one | other)
    return found


@dataclass(frozen=True)
class Mover:
    """A firm that moves, with the floor area that it needs and the parks that it may choose from."""

    id: str
    area: Decimal
    parks: Group


def housed(movers: Collection[Mover], vacant: Mapping[str, Decimal]) -> dict[str, str]:
    """The park of each firm that may choose from any: those with the least choice and the most need first.

    Where there is no room one other firm may go elsewhere for it; where that does not help, a firm is put where there
    is most room, which then has too little.
    """
    homes, room = dict[str, str](), dict(vacant)
    by_id = {one.id: one for one in movers}
    for one in sorted(movers, key=lambda one: (len(one.parks), -one.area, one.id)):
        if not one.parks:
            continue
        park = _fitting(one, room)
        if park is None:
            park = _made_room(one, by_id, homes, room) or max(sorted(one.parks), key=lambda name: room[name])
        homes[one.id] = park
        room[park] -= one.area
    return homes


def _fitting(one: Mover, room: Mapping[str, Decimal]) -> str | None:
    """The fullest of its parks that still has room."""
    fits = [name for name in sorted(one.parks) if room[name] >= one.area]
    return min(fits, key=lambda name: room[name], default=None)


def _made_room(
    one: Mover, by_id: Mapping[str, Mover], homes: dict[str, str], room: dict[str, Decimal]
) -> str | None:
    """A park that has room for it once another firm has gone elsewhere; that firm is moved."""
    for other, park in homes.items():
        moved = by_id[other]
        if park not in one.parks or room[park] + moved.area < one.area:
            continue
        elsewhere = _fitting(Mover(other, moved.area, moved.parks - {park}), room)
        if elsewhere:
            homes[other] = elsewhere
            room[park] += moved.area
            room[elsewhere] -= moved.area
            return park
    return None
