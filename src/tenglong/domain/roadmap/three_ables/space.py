"""Whether parks have room for the firms that move into them, and who moves where (domain.md §11.4)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.parks import Mover, accepting, housed
from tenglong.domain.roadmap.settings import Settings
from tenglong.domain.roadmap.three_ables.checks import Check
from tenglong.domain.roadmap.three_ables.outcomes import Able, Outcome
from tenglong.domain.roadmap.wording import said

NOTHING = Decimal(0)


def moving(
    facts: Mapping[str, FirmFacts], lines: Sequence[LinePlan], settings: Settings
) -> dict[str, tuple[str, Decimal]]:
    """The park and floor area of each firm that moves into one; the park is "" where none takes its processes."""
    area = {
        line.id: line.amounts.get("space", NOTHING)
        for line in lines
        if measures().measures[line.measure].park
    }
    movers = [Mover(id, need, accepting(settings.parks, facts[id], need)) for id, need in area.items()]
    homes = housed(movers, {park.name: park.vacant for park in settings.parks})
    return {id: (homes.get(id, ""), need) for id, need in area.items()}


def space_checks(movers: Mapping[str, tuple[str, Decimal]], settings: Settings) -> Iterator[Check]:
    """Floor area wanted in each park by firms that move into it."""
    wanted: dict[str, Decimal] = {}
    for park, need in movers.values():
        wanted[park] = wanted.get(park, NOTHING) + need
    vacant = {park.name: park.vacant for park in settings.parks}
    for park, area in sorted(wanted.items()):
        there = vacant.get(park, NOTHING)
        fields = {"park": park, "area": said(area), "there": said(there), "by": said(abs(area - there))}
        if not park:
            said_ = msg("要搬迁入园的企业需 {area} m²，没有园区接收它们的工艺，请填报园区。", **fields)
        elif area > there:
            said_ = msg("园区“{park}”需 {area} m²，空置只有 {there} m²，缺 {by} m²。", **fields)
        else:
            said_ = msg("园区“{park}”需 {area} m²，空置 {there} m²，余 {by} m²。", **fields)
        outcome = Outcome.FAIL if area > there else Outcome.PASS
        yield Check("space", Able.FEASIBLE, outcome, area, there, "m²", said_)


def park_checks(home: tuple[str, Decimal] | None) -> Iterator[Check]:
    """Where a firm moves to, if it moves into a park."""
    if not home or not home[0]:
        return
    park, area = home
    said_ = msg("搬入园区“{park}”，需 {area} m²。", park=park, area=said(area))
    yield Check("space", Able.FEASIBLE, Outcome.PASS, area, None, "m²", said_)
