"""Where firms sit on a day: their land, their floor, whose tenants they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from tenglong.domain.registry.book import TENANT
from tenglong.queries.registry.parcels import Held, Land, held_on, land_on


@dataclass(frozen=True)
class Site:
    """Own land in millionths of a mu and floor in millionths of a m²; None is not known. `landlord` is a firm."""

    parcel: str = ""
    land: int | None = None
    floor: int | None = None
    landlord: int | None = None


NOWHERE = Site()


def sites_on(
    day: date, firms: Collection[int], kept: Mapping[int, int], known_at: datetime
) -> dict[int, Site]:
    """The site of each of `firms` that holds something on `day`, as known then; of several parcels the first is named.

    A tenant's landlord is whom its lease names, else the only owner of the parcel.
    """
    held, owners = _held(held_on(day, known_at=known_at), kept)
    land, none = land_on(day, kept, known_at=known_at), Land()
    return {
        firm: _site(firm, held[firm], owners, land.get(firm, none).owned) for firm in firms if firm in held
    }


def _held(rows: Iterable[Held], kept: Mapping[int, int]) -> tuple[dict[int, list[Held]], dict[str, set[int]]]:
    held: dict[int, list[Held]] = defaultdict(list)
    owners: dict[str, set[int]] = defaultdict(set)
    for one in sorted(rows, key=attrgetter("parcel", "id")):
        firm = kept.get(one.firm, one.firm)
        landlord = None if one.landlord is None else kept.get(one.landlord, one.landlord)
        held[firm].append(one._replace(firm=firm, landlord=landlord))
        if one.relation != TENANT:
            owners[one.parcel].add(firm)
    return held, owners


def _site(firm: int, held: list[Held], owners: Mapping[str, set[int]], land: int | None) -> Site:
    floors = [one.floor for one in held if one.floor is not None]
    landlord = None
    for one in held:
        if one.relation == TENANT and landlord is None:
            others = owners.get(one.parcel, set()) - {firm}
            landlord = one.landlord or (next(iter(others)) if len(others) == 1 else None)
    return Site(held[0].parcel, land, sum(floors) if floors else None, landlord)
