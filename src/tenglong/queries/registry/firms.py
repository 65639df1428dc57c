"""一企一档: one firm with its names, land, observations and cases, as far as the person may see."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from tenglong.domain.access.policy import Scope
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.registry.codes import read_code
from tenglong.domain.registry.industry import IndustryReading, read_industry
from tenglong.queries.reading import read
from tenglong.queries.registry.book import observations
from tenglong.queries.registry.firm_cases import CaseNow, cases_of_firm
from tenglong.queries.registry.sources import file_names, named
from tenglong.store.models import Case, Evidence


@dataclass(frozen=True)
class FirmFacts:
    """What is said of a firm now; `absorbed_by_id` is the firm that the record turned out to be. `doubtful_code` is one
    that a table gave beside the known code, and that fails its check."""

    id: int
    name: str
    code: str
    doubtful_code: str
    temporary_id: str | None
    party_type: str
    size: str
    industry: str
    address: str
    synthetic: bool
    place_id: int
    absorbed_by_id: int | None


@dataclass(frozen=True)
class Named:
    """A name the firm has or had; `until` is the first day on which it no longer has it."""

    name: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Merged:
    """A record, by its own number and name, that was found to be this firm; undone, who took that back and when."""

    firm_id: int
    name: str
    decided_by: str
    decided_at: datetime
    reason: str
    undone_by: str
    undone_at: datetime | None


@dataclass(frozen=True)
class Neighbour:
    """A firm on the other side of a lease; `name` is "" when it lies outside what the person may see."""

    id: int
    name: str


@dataclass(frozen=True)
class Land:
    """A hold on a parcel. `landlord` for a tenant; `tenants` for an owner. Of another office's parcel nothing but its
    number is shown: anybody may write one into a table."""

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

    firm: FirmFacts
    code_warning: Message | None
    industry: IndustryReading
    names: list[Named]
    merges: list[Merged]
    land: list[Land]
    years: tuple[int, ...]
    series: list[Series]
    cases: list[CaseNow]


class _Seen(NamedTuple):
    """An observation that counts, with its indicator."""

    indicator: str
    unit: str
    basis: str
    year: int
    quantity: int
    source: dict[str, Any]
    recorded_at: datetime
    recorded_by: str


class _Hold(NamedTuple):
    """A hold on a parcel by the firm, or under it as landlord."""

    firm: tuple[int, str, int]
    landlord: tuple[int | None, str | None, int | None]
    id: int
    parcel_id: int
    place_id: int
    number: str
    area: int | None
    address: str
    title_number: str
    relation: str
    floor_area: int | None
    since: date | None
    until: date | None


FIRM = """
SELECT id, name, code, doubtful_code, temporary_id, party_type, size, industry, address, synthetic, place_id,
       absorbed_by_id
FROM store_firm WHERE id = %s
"""
NAMES = "SELECT name, since, until FROM store_firmname WHERE firm_id = %s ORDER BY since, id"
MERGES = """
SELECT m.absorbed_id, f.name, m.decided_by, m.decided_at, m.reason, m.undone_by, m.undone_at
FROM store_firmmerge m JOIN store_firm f ON f.id = m.absorbed_id WHERE m.kept_id = %s ORDER BY m.id
"""
HOLDS = """
SELECT f.id, f.name, f.place_id, l.id, l.name, l.place_id, h.id, h.parcel_id, p.place_id, p.number,
       COALESCE(h.part_micro, p.area_micro), p.address, p.title_number, h.relation, h.floor_area_micro, h.since, h.until
FROM store_holding h JOIN store_parcel p ON p.id = h.parcel_id JOIN store_firm f ON f.id = h.firm_id
     LEFT JOIN store_firm l ON l.id = h.landlord_id
WHERE h.firm_id = %s OR h.landlord_id = %s ORDER BY h.since, h.id
"""


def firm_file(id: int, scope: Scope) -> FirmFile:
    """The file of a firm; of a record that was merged, the file of the firm it turned out to be.

    Of a firm that lies elsewhere and has a case here only what the roster says is there.

    Raises:
        NotFound: there is none, or neither it nor a case of it lies where the person may look.
    """
    firm = _firm(id)
    cases = cases_of_firm(firm.id, scope) if firm else []
    if firm is None or not (cases or _near(firm.place_id, scope)):
        raise NotFound(msg("没有这家企业，或不在您的辖区内，请从案件列表中查找。"))
    if not _near(firm.place_id, scope):
        return _released(firm, cases)
    years, series = _observations(firm.id)
    return FirmFile(
        firm=firm,
        code_warning=read_code(firm.code).warning if firm.code else None,
        industry=read_industry(firm.industry),
        names=read(Named, NAMES, firm.id),
        merges=read(Merged, MERGES, firm.id),
        land=_land(firm.id, scope),
        years=years,
        series=series,
        cases=cases,
    )


def _released(firm: FirmFacts, cases: list[CaseNow]) -> FirmFile:
    """What the keeper of a roster released of a firm that lies elsewhere: who it is, and its cases. Its address, land
    and figures are its own office's."""
    shown = replace(firm, doubtful_code="", party_type="", size="", industry="", address="")
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


def _firm(id: int) -> FirmFacts | None:
    firm = next(iter(read(FirmFacts, FIRM, id)), None)
    return _firm(firm.absorbed_by_id) if firm and firm.absorbed_by_id else firm


def _near(place_id: int | None, scope: Scope) -> bool:
    return scope.everywhere or place_id in scope.places


def _land(firm_id: int, scope: Scope) -> list[Land]:
    holds = read(lambda *row: _Hold(row[:3], row[3:6], *row[6:]), HOLDS, firm_id, firm_id)
    tenants: dict[int, list[Neighbour]] = defaultdict(list)
    for lease in sorted((hold for hold in holds if hold.landlord[0] == firm_id), key=attrgetter("id")):
        tenants[lease.parcel_id].append(_neighbour(*lease.firm, scope))
    return [
        Land(
            parcel=hold.number,
            area=_amount(hold.area) if here else None,
            address=hold.address if here else "",
            title_number=hold.title_number if here else "",
            relation=hold.relation,
            floor_area=_amount(hold.floor_area),
            since=hold.since,
            until=hold.until,
            landlord=_neighbour(*hold.landlord, scope) if hold.landlord[0] else None,
            tenants=tuple(tenants.get(hold.parcel_id, ())) if hold.relation != "tenant" else (),
        )
        for hold in holds
        for here in (_near(hold.place_id, scope),)
        if hold.firm[0] == firm_id
    ]


def _neighbour(id: Any, name: Any, place_id: Any, scope: Scope) -> Neighbour:
    return Neighbour(id, name if _near(place_id, scope) else "")


def _amount(micro: int | None) -> Decimal | None:
    return None if micro is None else from_micro(micro)


def _observations(firm_id: int) -> tuple[tuple[int, ...], list[Series]]:
    """The years, and each indicator in the order of the table that brings them."""
    found: dict[tuple[str, str, str], dict[int, list[_Seen]]] = defaultdict(lambda: defaultdict(list))
    rows = observations().filter(firm_id=firm_id).values_list("id", *_Seen._fields)
    seen = [_Seen(*row) for _, *row in sorted(rows, key=itemgetter(0))]
    names = file_names(row.source for row in seen)
    for row in seen:
        by_year = found[row.indicator, row.unit, row.basis]
        by_year[row.year].append(row._replace(source=named(row.source, names)))
    years = tuple(sorted({year for rows in found.values() for year in rows}))
    order = {column.id: number for number, column in enumerate(table_kind("observations").columns)}
    keys = sorted(found, key=lambda key: (order.get(key[0], len(order)), key))
    return years, [Series(*key, tuple(_observed(found[key].get(year, [])) for year in years)) for key in keys]


def _observed(rows: list[_Seen]) -> Observed | None:
    if not rows:
        return None
    *earlier, last = rows
    before = tuple(from_micro(row.quantity) for row in earlier)
    return Observed(from_micro(last.quantity), last.source, last.recorded_at, last.recorded_by, before)
