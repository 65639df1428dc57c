"""Whose land is whose on a day: own, leased in and out, and which firms sit on parcels that hang together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet

from tenglong.store.models import Holding, Import

OWNER, TENANT = "owner", "tenant"


@dataclass
class Land:
    """A firm's land in millionths of a mu; None is not known. `shared_parcel` is there where others sit too."""

    owned: int | None = None
    rented_in: int | None = None
    rented_out: int | None = None
    shared_parcel: str = ""

    @property
    def used(self) -> int | None:
        """用地面积: own + leased in − leased out (domain.md §3.1); None when neither own nor leased in is known."""
        if self.owned is None and self.rented_in is None:
            return None
        return max((self.owned or 0) + (self.rented_in or 0) - (self.rented_out or 0), 0)


@dataclass
class _Parcel:
    number: str
    area: int | None
    owners: dict[int, int | None] = field(default_factory=dict)
    tenants: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)


def holdings_on(day: date, *, known_at: datetime | None = None) -> QuerySet[Holding]:
    """What is held on `day`; with `known_at` without what imports brought that were accepted later."""
    held = Holding.objects.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day))
    if known_at is None:
        return held
    later = Import.objects.filter(state=Import.State.ACCEPTED, decided_at__gt=known_at)
    return held.exclude(source__import__in=list(later.values_list("pk", flat=True)))


def land_on(day: date, kept: Mapping[int, int], *, known_at: datetime | None = None) -> dict[int, Land]:
    """The land of every firm that holds some on `day`; `kept` says which firm a merged record turned out to be.

    A parcel with several owners counts for each in equal parts. Leased floors are land in proportion to the floor
    of the whole building, where both are known; else what is leased in is not known, and what is leased out stays
    the owner's.
    """
    parcels = _parcels(holdings_on(day, known_at=known_at), kept)
    found: dict[int, Land] = defaultdict(Land)
    for parcel in parcels.values():
        _share_out(parcel, found)
    for firm, number in _together(parcels.values()).items():
        found[firm].shared_parcel = number
    return dict(found)


def _parcels(held: QuerySet[Holding], kept: Mapping[int, int]) -> dict[int, _Parcel]:
    rows = held.order_by("id").values_list(
        "parcel_id",
        "parcel__number",
        "parcel__area_micro",
        "firm_id",
        "relation",
        "landlord_id",
        "floor_area_micro",
    )
    parcels: dict[int, _Parcel] = {}
    for id, number, area, firm, relation, landlord, floor in rows.iterator(chunk_size=10_000):
        parcel = parcels.setdefault(id, _Parcel(number, area))
        firm = kept.get(firm, firm)
        if relation == TENANT:
            parcel.tenants[firm] = floor, kept.get(landlord, landlord)
        else:
            parcel.owners[firm] = floor
    return parcels


def _share_out(parcel: _Parcel, found: dict[int, Land]) -> None:
    owners = sorted(parcel.owners)
    if parcel.area is not None:
        for number, firm in enumerate(owners):
            part = parcel.area // len(owners) + (number < parcel.area % len(owners))
            found[firm].owned = (found[firm].owned or 0) + part
    whole = sum(floor or 0 for floor in parcel.owners.values())
    for tenant, (floor, landlord) in sorted(parcel.tenants.items()):
        if tenant in parcel.owners or not (parcel.area and floor and whole):
            continue
        land = parcel.area * min(floor, whole) // whole
        found[tenant].rented_in = (found[tenant].rented_in or 0) + land
        lessor = landlord if landlord in parcel.owners else owners[0]
        found[lessor].rented_out = (found[lessor].rented_out or 0) + land


def _together(parcels: Iterable[_Parcel]) -> dict[int, str]:
    """For each firm that shares its parcels: the smallest number of those that hang together through their firms."""
    parent: dict[str, str] = {}

    def root(number: str) -> str:
        while parent.setdefault(number, number) != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[int, str] = {}
    for parcel in parcels:
        lessors = {landlord for _, landlord in parcel.tenants.values() if landlord}
        for firm in sorted({*parcel.owners, *parcel.tenants, *lessors}):
            one, other = sorted((root(first.setdefault(firm, parcel.number)), root(parcel.number)))
            parent[other] = one
    found = {firm: root(number) for firm, number in first.items()}
    firms = Counter(found.values())
    return {firm: number for firm, number in found.items() if firms[number] > 1}
