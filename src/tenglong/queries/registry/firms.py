"""一企一档: one firm with its names, land, observations and cases, as far as the person may see."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db.models import Q

from tenglong.domain.access.policy import Scope
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.registry.codes import read_code
from tenglong.domain.registry.industry import IndustryReading, read_industry
from tenglong.queries.registry.observations import observations
from tenglong.queries.registry.sources import file_names, named
from tenglong.store.models import Case, Evidence, Firm, FirmMerge, FirmName, Holding, Observation, Parcel


@dataclass(frozen=True)
class Neighbour:
    """A firm on the other side of a lease; `name` is "" when it lies outside what the person may see."""

    id: int
    name: str


@dataclass(frozen=True)
class Land:
    """A hold on a parcel. `landlord` for a tenant; `tenants` for an owner."""

    parcel: str
    area: Decimal | None
    address: str
    title_number: str
    relation: str
    floor_area: Decimal | None
    since: date | None
    until: date | None
    landlord: Neighbour | None
    tenants: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Observed:
    """A value that counts, with where it came from; `earlier` are the values it took the place of."""

    value: Decimal
    source: dict[str, Any]
    recorded_at: datetime
    recorded_by: str
    earlier: tuple[Decimal, ...]


@dataclass(frozen=True)
class Series:
    """One indicator over the years: the basis or method belongs to its name."""

    indicator: str
    unit: str
    basis: str
    by_year: tuple[Observed | None, ...]


@dataclass(frozen=True)
class FirmFile:
    """Everything about one firm but its timelines, which queries.campaign.timelines gives case by case."""

    firm: Firm
    code_warning: Message | None
    industry: IndustryReading
    names: list[FirmName]
    merges: list[FirmMerge]
    land: list[Land]
    years: tuple[int, ...]
    series: list[Series]
    cases: list[Case]


def firm_file(id: int, scope: Scope) -> FirmFile:
    """The file of a firm; of a record that was merged, the file of the firm it turned out to be.

    Of a firm that lies elsewhere and has a case here only what the roster says is there.

    Raises:
        NotFound: there is none, or neither it nor a case of it lies where the person may look.
    """
    firm = _firm(id)
    cases = _cases(firm, scope)
    if firm is None or not (cases or _near(firm, scope)):
        raise NotFound(msg("没有这家企业，或不在您的辖区内，请从案件列表中查找。"))
    if not _near(firm, scope):
        return _released(firm, cases)
    years, series = _observations(firm)
    return FirmFile(
        firm=firm,
        code_warning=read_code(firm.code).warning if firm.code else None,
        industry=read_industry(firm.industry),
        names=list(firm.names.order_by("since", "id")),
        merges=list(FirmMerge.objects.filter(kept=firm).select_related("absorbed").order_by("id")),
        land=_land(firm, scope),
        years=years,
        series=series,
        cases=cases,
    )


def _released(firm: Firm, cases: list[Case]) -> FirmFile:
    """What the keeper of a roster released of a firm that lies elsewhere: who it is, and its cases. Its address, land
    and figures are its own office's."""
    shown = Firm(
        pk=firm.pk, name=firm.name, code=firm.code, temporary_id=firm.temporary_id, place_id=firm.place_id
    )
    shown.synthetic = firm.synthetic
    return FirmFile(shown, None, read_industry(""), [], [], [], (), [], cases)


def evidence_file(id: int, scope: Scope) -> Evidence:
    """A file given as evidence.

    Raises:
        NotFound: there is none, or its case lies where the person may not look.
    """
    found = Evidence.objects.filter(pk=id).first()
    case = Case.objects.filter(pk=found.case_id).first() if found else None
    if found is None or case is None or not (scope.everywhere or case.place_id in scope.places):
        raise NotFound(msg("没有这份佐证材料，或不在您的辖区内。"))
    return found


def _firm(id: int) -> Firm | None:
    firm = Firm.objects.select_related("place").filter(pk=id).first()
    return _firm(firm.absorbed_by_id) if firm and firm.absorbed_by_id else firm


def _near(firm: Firm, scope: Scope) -> bool:
    return scope.everywhere or firm.place_id in scope.places


def _here(parcel: Parcel, scope: Scope) -> bool:
    """Whoever writes another office's parcel into a table learns nothing of it but its number."""
    return scope.everywhere or parcel.place_id in scope.places


def _cases(firm: Firm | None, scope: Scope) -> list[Case]:
    found = Case.objects.filter(firm=firm).select_related("roster", "now").order_by("roster_id")
    return [case for case in found if scope.everywhere or case.place_id in scope.places]


def _land(firm: Firm, scope: Scope) -> list[Land]:
    either = Holding.objects.filter(Q(firm=firm) | Q(landlord=firm)).order_by("since", "id")
    holds = list(either.select_related("parcel", "landlord", "firm"))
    tenants = defaultdict(list)
    for lease in sorted((hold for hold in holds if hold.landlord_id == firm.pk), key=attrgetter("pk")):
        tenants[lease.parcel_id].append(_neighbour(lease.firm, scope))
    return [
        Land(
            parcel=hold.parcel.number,
            area=_amount(parcel.area_micro if hold.part_micro is None else hold.part_micro),
            address=parcel.address,
            title_number=parcel.title_number,
            relation=hold.relation,
            floor_area=_amount(hold.floor_area_micro),
            since=hold.since,
            until=hold.until,
            landlord=_neighbour(hold.landlord, scope) if hold.landlord else None,
            tenants=tuple(tenants.get(hold.parcel_id, ())) if hold.relation != "tenant" else (),
        )
        for hold in holds
        for parcel in (hold.parcel if _here(hold.parcel, scope) else Parcel(),)
        if hold.firm_id == firm.pk
    ]


def _neighbour(firm: Firm, scope: Scope) -> Neighbour:
    return Neighbour(firm.pk, firm.name if _near(firm, scope) else "")


def _amount(micro: int | None) -> Decimal | None:
    return None if micro is None else from_micro(micro)


def _observations(firm: Firm) -> tuple[tuple[int, ...], list[Series]]:
    """The years, and each indicator in the order of the table that brings them."""
    found: dict[tuple[str, str, str], dict[int, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    rows = list(observations().filter(firm=firm).order_by("id"))
    names = file_names(row.source for row in rows)
    for row in rows:
        row.source = named(row.source, names)
        found[row.indicator, row.unit, row.basis][row.year].append(row)
    years = tuple(sorted({year for rows in found.values() for year in rows}))
    order = {column.id: number for number, column in enumerate(table_kind("observations").columns)}
    keys = sorted(found, key=lambda key: (order.get(key[0], len(order)), key))
    return years, [Series(*key, tuple(_observed(found[key].get(year, [])) for year in years)) for key in keys]


def _observed(rows: list[Observation]) -> Observed | None:
    if not rows:
        return None
    *earlier, last = rows
    before = tuple(from_micro(row.quantity) for row in earlier)
    return Observed(from_micro(last.quantity), last.source, last.recorded_at, last.recorded_by, before)
