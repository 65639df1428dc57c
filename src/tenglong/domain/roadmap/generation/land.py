"""Parcels: their land is free when the landlord and the last of its tenants are out, not before (roadmap.md 2.5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenglong.domain.roadmap.facts import LANDLORD, TENANT, FirmFacts
from tenglong.domain.roadmap.followers import PARCELS
from tenglong.domain.roadmap.generation.options import Options
from tenglong.domain.roadmap.generation.parts import SIGNED_BEFORE
from tenglong.domain.roadmap.generation.timing import Timetable

LAND = "land"


@dataclass(frozen=True)
class Parcel:
    """The land of a landlord: free so long after all of `waits_for` have started."""

    landlord: str
    land: Decimal
    table: Timetable
    waits_for: tuple[str, ...]

    @property
    def id(self) -> str:
        """The firm of the problem that stands for it."""
        return f"{PARCELS}:{self.landlord}"

    def row(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """That firm, as the problem file has it."""
        where = {tag: tags[tag] for tag in ("zone", "town", "parcel") if tag in tags}
        measure = {"name": PARCELS, "timing": self.table.name, "amounts": {LAND: float(self.land)}}
        return {"id": self.id, "tags": where, "measures": [measure]}

    def orders(self) -> Iterator[dict[str, Any]]:
        """It follows all that it waits for."""
        return ({"first": id, "then": self.id} for id in self.waits_for)


def parcels(options: Options, facts: Sequence[FirmFacts]) -> dict[str, Parcel]:
    """The parcels that somebody is yet to leave, by landlord; elsewhere the landlord's own measure frees the land."""
    tenants: dict[str, list[str]] = {}
    for firm in facts:
        if firm.party == TENANT and firm.landlord and _leaves(options, firm.id):
            tenants.setdefault(firm.landlord, []).append(firm.id)
    found = {}
    for firm in facts:
        lands = {offer.amounts.get(LAND) for offer in options.offers.get(firm.id, {}).values()}
        land = lands.pop() if len(lands) == 1 else None
        if firm.party == LANDLORD and firm.id in tenants and land:
            waits_for = (*([firm.id] if _open(options, firm.id) else []), *tenants[firm.id])
            found[firm.id] = Parcel(firm.id, land, _slowest(options, waits_for), waits_for)
    return found


def _open(options: Options, id: str) -> bool:
    return options.fixed.get(id) != SIGNED_BEFORE


def _leaves(options: Options, id: str) -> bool:
    """Whether a tenant is yet to sign or to be closed, and leaves the premises then."""
    offers = options.offers.get(id, {}).values()
    return _open(options, id) and any(offer.timetable.measure.empties for offer in offers)


def _slowest(options: Options, ids: Sequence[str]) -> Timetable:
    """The timetable that takes longest: nobody is out later."""
    tables = {offer.timetable.name: offer.timetable for id in ids for offer in options.offers[id].values()}
    return max(tables.values(), key=lambda table: (table.done_on(0), table.name))
