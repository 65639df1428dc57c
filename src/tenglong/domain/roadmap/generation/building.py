"""From what is known of cases and what an office states to a problem (docs/algorithms/roadmap.md 10)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.days import lines
from tenglong.domain.roadmap.generation.estimates import Estimates, unknown
from tenglong.domain.roadmap.generation.land import LAND, parcels
from tenglong.domain.roadmap.generation.limits import Limits, clearances, named
from tenglong.domain.roadmap.generation.options import Options
from tenglong.domain.roadmap.generation.parts import Generated, LeftOut, LinePlan, Offer
from tenglong.domain.roadmap.generation.precedence import orders
from tenglong.domain.roadmap.generation.timing import Horizon
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.problems.format import FORMAT
from tenglong.domain.roadmap.replanning import check_begins
from tenglong.domain.roadmap.settings import Settings

__all__ = ["Generated", "LeftOut", "LinePlan", "Offer", "generate", "lines"]

DAYS_OF_A_MONTH = Decimal(365) / 12
WEIGHT_PLACES, DISCOUNT_PLACES = 6, 6
TAGS = ("zone", "team", "party", "parcel")


def generate(
    facts: Sequence[FirmFacts], settings: Settings, calendar: WorkingCalendar, facts_on: date | None = None
) -> Generated:
    """The problem of a roadmap for these cases; the same facts, settings and calendar give the same problem.

    `facts_on` is the day up to which the cases are known, the first day of the plan unless told.

    Raises:
        BadFile: the plan would begin before the day of the facts.
        BadValue: nobody is left to plan for, a target, a cap, a clearance or a choice names what no case is, or a
            zone cannot be cleared in time; the sentence says which. What names only cases that are settled is met.
    """
    check_begins(settings, facts_on or settings.start)
    known = measures()
    by_id = {firm.id: firm for firm in facts}
    options = Options(
        known, settings, Horizon(settings, calendar, facts_on), Estimates(facts, known, settings)
    )
    for firm in facts:
        options.add(firm)
    _check(options, by_id)
    tags = {id: _tags(by_id[id], named(options.parks.get(id, ()))) for id in options.offers}
    limits = Limits(options, by_id, tags)
    plots = parcels(options, facts)
    firms = [_firm(id, offers, tags[id], options, id in plots) for id, offers in options.offers.items()]
    problem = {
        "format": FORMAT,
        "name": settings.title,
        "periods": [day.isoformat() for day in settings.periods],
        "amounts": {
            one.id: {"kind": "takes" if one.takes else "brings", "unit": one.unit, "decimals": one.places}
            for one in known.amounts.values()
        },
        "timings": {name: table.spec() for name, table in options.tables.items()},
        "firms": [*firms, *(plot.row(tags[id]) for id, plot in plots.items())],
        "limits": limits.all(),
        "orders": [*orders(options, facts), *(row for plot in plots.values() for row in plot.orders())],
        "clearances": clearances(options, facts),
        "aim": _aim(settings),
    }
    return Generated(
        settings=settings,
        calendar=calendar,
        problem=problem,
        facts=by_id,
        offers=options.offers,
        fixed=options.fixed,
        parcels={id: plot.id for id, plot in plots.items()},
        idle=options.idle,
        left_out=tuple(options.left_out),
        unknown=unknown([by_id[id] for id in options.offers]),
        raised=limits.raised,
        gone=limits.gone,
    )


def _check(options: Options, facts: Mapping[str, FirmFacts]) -> None:
    """A choice for a case that has been signed, done or taken off the list since is settled: nothing is wrong."""
    if not options.offers:
        raise BadValue(msg("名单中没有还要整治的企业，不需要编制路线图。"))
    for choice in options.settings.choices:
        if choice.case not in facts:
            problem = "指定了措施的案件 {case} 不在名单中，请从指定的措施里删去。"
            raise BadValue(msg(problem, case=choice.case))


def _tags(firm: FirmFacts, park: str) -> dict[str, str]:
    """The tags of a firm; without a team it counts for that of its town."""
    found = {name: getattr(firm, name) for name in TAGS}
    found |= {"team": firm.team or firm.town or firm.place, "town": firm.place, "park": park}
    found["process"] = "、".join(firm.processes)
    return {name: value for name, value in found.items() if value}


def _firm(
    id: str, offers: Mapping[str, Offer], tags: dict[str, str], options: Options, landless: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": id, "tags": tags}
    if id in options.fixed or tags.get("zone") in options.cleared:
        row["must"] = True
    return row | {"measures": [_measure(name, offer, landless) for name, offer in offers.items()]}


def _measure(name: str, offer: Offer, landless: bool) -> dict[str, Any]:
    """A measure of the file; what a signed contract still takes has its own profiles, a parcel its own land."""
    table, first = offer.timetable, offer.first
    row = {"name": name, "from": first + 1, "until": offer.last + 1}
    amounts: dict[str, Any] = {
        id: float(value) for id, value in offer.amounts.items() if not (landless and id == LAND)
    }
    if any(offer.money):
        same = len(set(offer.money)) == 1
        amounts["money"] = float(offer.money[0]) if same else [float(one) for one in offer.money]
    if table.signed_on is None:
        return row | {"timing": table.name, "amounts": amounts}
    for id in amounts:
        if profile := table.profile(id, first):
            amounts[id] = {"total": amounts[id], "profile": profile}
    return row | {"duration": table.lasts(first), "amounts": amounts}


def _aim(settings: Settings) -> dict[str, Any] | list[dict[str, Any]]:
    aim, cost = settings.aim, {"kind": "cost", "amount": "money"}
    if aim.kind == "cost":
        return cost
    days = Decimal((settings.last_days[-1] - settings.start).days + 1) / len(settings.periods)
    discount = aim.discount_per_month ** (days / DAYS_OF_A_MONTH)
    benefit = {
        "kind": "benefit",
        "weights": {id: float(weight) for id, weight in aim.weights.items()},
        "discount": float(round(discount, DISCOUNT_PLACES)),
        "decimals": WEIGHT_PLACES,
        "source": aim.source,
    }
    if aim.kind == "benefit":
        return benefit
    return [benefit | {"tolerance": float(aim.tolerance)}, cost]
