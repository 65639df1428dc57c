"""The parcels that an amount of land reported for a case may belong to."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.registry.book import HOLDING, PARCEL, TENANT, holds_on, number_in
from tenglong.queries.registry.book import moved_subjects, register_at, said_of
from tenglong.store.models import Case, Entry, Holding, Parcel

# Whose land is whose on a day: own, leased in and out, and which firms sit on parcels that hang together.

AT_ONCE = 10_000
NUMBERS = ("landlord", "floor_area", "part")


class Held(NamedTuple):
    """A firm on a parcel: areas in millionths of a mu, the floor in millionths of a m²; None is not known.

    `area` is that of the parcel without the parts that some of its owners hold for themselves; `part` is such a part.
    """

    id: int
    parcel_id: int
    parcel: str
    area: int | None
    firm: int
    relation: str
    landlord: int | None
    floor: int | None
    part: int | None


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
    parts: dict[int, int] = field(default_factory=dict)


def held_on(day: date, *, known_at: datetime | None = None) -> list[Held]:
    """What is held on `day`, as known at `known_at` (None: now), in the order of ids."""
    at = register_at(day, known_at)
    areas, moved = _areas_then(at), moved_subjects(HOLDING, at)
    rows = Holding.objects.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day))
    columns = (
        "id", "parcel_id", "parcel__number", "parcel__area_micro", "firm_id", "relation", "landlord_id",
        "floor_area_micro", "part_micro",
    )  # fmt: skip
    found = [
        Held(*row)._replace(area=areas.get(row[1], row[3]))
        for row in rows.order_by("id").values_list(*columns).iterator(chunk_size=AT_ONCE)
        if row[0] not in moved
    ]
    return sorted([*found, *_held_then(moved, at, areas)]) if moved else found


def _areas_then(at: AsOf) -> dict[int, int | None]:
    """The areas of parcels that were others then."""
    moved = moved_subjects(PARCEL, at)
    said = said_of(PARCEL, moved, at)
    return {id: number_in(said.get(id, {}), "area") for id in moved}


def _held_then(moved: Collection[int], at: AsOf, areas: Mapping[int, int | None]) -> Iterator[Held]:
    """Those of the holdings of which something else is said later that were held then."""
    then = {id: said for id, said in said_of(HOLDING, moved, at).items() if holds_on(said, at.day)}
    parcels = {int(said["parcel"]) for said in then.values()}
    rows = Parcel.objects.filter(pk__in=parcels).values_list("id", "number", "area_micro")
    known = {id: (number, areas.get(id, area)) for id, number, area in rows}
    for id, said in then.items():
        parcel = int(said["parcel"])
        numbers = (number_in(said, name) for name in NUMBERS)
        yield Held(id, parcel, *known[parcel], int(said["holder"]), said["relation"], *numbers)


def land_on(day: date, kept: Mapping[int, int], *, known_at: datetime | None = None) -> dict[int, Land]:
    """The land of every firm that holds some on `day`; `kept` says which firm a merged record turned out to be.

    An owner that holds a part for itself has that part; the rest counts for the other owners in equal parts. Leased
    floors are land in proportion to the floor of the whole building, where both are known; else what is leased in is
    not known, and what is leased out stays the owner's.
    """
    parcels = _parcels(held_on(day, known_at=known_at), kept)
    found: dict[int, Land] = defaultdict(Land)
    for parcel in parcels.values():
        _share_out(parcel, found)
    for firm, number in _together(parcels.values()).items():
        found[firm].shared_parcel = number
    return dict(found)


def _parcels(held: Iterable[Held], kept: Mapping[int, int]) -> dict[int, _Parcel]:
    parcels: dict[int, _Parcel] = {}
    for one in held:
        parcel = parcels.setdefault(one.parcel_id, _Parcel(one.parcel, one.area))
        firm = kept.get(one.firm, one.firm)
        if one.relation == TENANT:
            landlord = None if one.landlord is None else kept.get(one.landlord, one.landlord)
            parcel.tenants[firm] = one.floor, landlord
        else:
            parcel.owners[firm] = one.floor
            if one.part is not None:
                parcel.parts[firm] = parcel.parts.get(firm, 0) + one.part
    return parcels


def _share_out(parcel: _Parcel, found: dict[int, Land]) -> None:
    for firm, part in parcel.parts.items():
        found[firm].owned = (found[firm].owned or 0) + part
    sharing = sorted(parcel.owners.keys() - parcel.parts.keys())
    if parcel.area is not None:
        for number, firm in enumerate(sharing):
            part = parcel.area // len(sharing) + (number < parcel.area % len(sharing))
            found[firm].owned = (found[firm].owned or 0) + part
    _lease_out(parcel, found)


def _lease_out(parcel: _Parcel, found: dict[int, Land]) -> None:
    owners, whole = sorted(parcel.owners), sum(floor or 0 for floor in parcel.owners.values())
    area = (parcel.area or 0) + sum(parcel.parts.values())
    for tenant, (floor, landlord) in sorted(parcel.tenants.items()):
        if tenant in parcel.owners or not (area and floor and whole):
            continue
        land = area * min(floor, whole) // whole
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


@dataclass(frozen=True)
class Choice:
    """A parcel by its number, with its area in mu where it is known."""

    id: int
    number: str
    area: Decimal | None


def parcels_of(case: Case) -> list[Choice]:
    """The parcels that the firm holds, and those that entries of the case name already; of a parcel of which it holds a
    part for itself, the area is that part's. What a firm of another county holds is not shown here."""
    at_home = case.firm.place.code[:6] == case.place.code[:6]
    named = Entry.objects.filter(case_id=case.pk).exclude(parcel_id=None).values("parcel_id")
    own = Q(holdings__firm_id=case.firm_id) if at_home else Q()
    rows = Parcel.objects.filter(own | Q(pk__in=named)).distinct()
    held = Holding.objects.filter(firm_id=case.firm_id, part_micro__isnull=False)
    parts = dict(held.values_list("parcel_id", "part_micro"))
    areas = ((row, parts.get(row.pk, row.area_micro)) for row in rows.order_by("number"))
    return [Choice(row.pk, row.number, None if area is None else from_micro(area)) for row, area in areas]
