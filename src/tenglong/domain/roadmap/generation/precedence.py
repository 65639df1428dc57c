"""Who comes before whom: landlords before tenants, polluting processes before their neighbours (roadmap.md 2.4)."""

from collections.abc import Iterator, Sequence
from typing import Any

from tenglong.domain.roadmap.facts import TENANT, FirmFacts
from tenglong.domain.roadmap.generation.limits import gap_in_periods
from tenglong.domain.roadmap.generation.options import Options
from tenglong.domain.roadmap.generation.parts import SIGNED_BEFORE
from tenglong.domain.roadmap.measures import SIGNED


def orders(options: Options, facts: Sequence[FirmFacts]) -> list[dict[str, Any]]:
    """The orders of the problem. Contracts that are signed wait for nobody, nor does enforcement."""
    return [*_landlords_first(options, facts), *_polluting_first(options, facts)]


def _landlords_first(options: Options, facts: Sequence[FirmFacts]) -> Iterator[dict[str, Any]]:
    sequence = options.settings.sequence
    if not sequence.landlord_first:
        return
    gap = gap_in_periods(options.horizon, sequence.landlord_gap_days)
    for firm in facts:
        if (
            firm.party == TENANT
            and _signs(options, firm.id)
            and _signs(options, firm.landlord, also_signed=True)
        ):
            yield {"first": firm.landlord, "then": firm.id, "gap": gap}


def _polluting_first(options: Options, facts: Sequence[FirmFacts]) -> Iterator[dict[str, Any]]:
    sequence = options.settings.sequence
    if not sequence.polluting_before_neighbours:
        return
    tenants: dict[str, tuple[list[str], list[str]]] = {}
    for firm in facts:
        if firm.party == TENANT and firm.landlord and _signs(options, firm.id):
            clean = set(firm.processes).isdisjoint(sequence.polluting)
            tenants.setdefault(firm.landlord, ([], []))[clean].append(firm.id)
    for before, others in tenants.values():
        yield from ({"first": first, "then": then} for first in before for then in others)


def _signs(options: Options, id: str, *, also_signed: bool = False) -> bool:
    """Whether a firm of the problem may be offered a contract, which is not signed yet."""
    if options.fixed.get(id) == SIGNED_BEFORE:
        return also_signed
    return any(offer.timetable.measure.has(SIGNED) for offer in options.offers.get(id, {}).values())
