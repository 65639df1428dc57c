"""Where firms sit on a day: their land, their floor, whose tenants they are."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from tenglong.queries.holdings import TENANT, Land, holdings_on, land_on
from tenglong.store.models import Holding


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
    held, owners = _held(holdings_on(day, known_at=known_at), kept)
    land, none = land_on(day, kept, known_at=known_at), Land()
    return {
        firm: _site(firm, held[firm], owners, land.get(firm, none).owned) for firm in firms if firm in held
    }


def _held(
    rows: QuerySet[Holding], kept: Mapping[int, int]
) -> tuple[dict[int, list[tuple[Any, ...]]], dict[str, set[int]]]:
    columns = ("firm_id", "parcel__number", "relation", "landlord_id", "floor_area_micro")
    held: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    owners: dict[str, set[int]] = defaultdict(set)
    ordered = rows.order_by("parcel__number", "id").values_list(*columns)
    for firm, parcel, relation, landlord, floor in ordered.iterator(chunk_size=10_000):
        firm = kept.get(firm, firm)
        held[firm].append((parcel, relation, kept.get(landlord, landlord), floor))
        if relation != TENANT:
            owners[parcel].add(firm)
    return held, owners


def _site(firm: int, held: list[tuple[Any, ...]], owners: Mapping[str, set[int]], land: int | None) -> Site:
    floors = [floor for *_, floor in held if floor is not None]
    landlord = None
    for parcel, relation, named, _ in held:
        if relation == TENANT and landlord is None:
            others = owners.get(parcel, set()) - {firm}
            landlord = named or (next(iter(others)) if len(others) == 1 else None)
    return Site(held[0][0], land, sum(floors) if floors else None, landlord)
