"""The case ledger (总台账) of a list of cases, as a sheet that comes in again unchanged."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from tenglong.domain.campaign.reports.changes import Known, parcel_kinds
from tenglong.domain.campaign.reports.printed import Cell, printed_columns, printed_row
from tenglong.domain.intake.kinds import Column, ColumnType
from tenglong.domain.registry.territory import Level, Place
from tenglong.domain.reporting.sheets import Kind, Sheet, SheetColumn
from tenglong.queries.campaign.cases import AT_ONCE, CaseList
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case, Parcel

SERIAL = "序号"
KINDS = {ColumnType.NUMBER: Kind.DECIMAL, ColumnType.DATE: Kind.DATE}
WIDE = {"firm_name": 34, "code": 22, "address": 34, "processes": 20}


def master_ledger(cases: CaseList, day: date) -> Sheet:
    """One row for each target of the list, with its place as it is called on `day`; the official headers and units.

    A case that is no target is left out: a row of this ledger makes it one.
    """
    columns = (SheetColumn(SERIAL, Kind.INTEGER, 6), *map(_column, printed_columns()))
    return Sheet("总台账", columns, _rows(cases, day), frozen_columns=5)


def _column(column: Column) -> SheetColumn:
    kind = KINDS.get(column.type, Kind.TEXT)
    return SheetColumn(column.header_with_unit, kind, WIDE.get(column.id, 14), places=6)


def _rows(cases: CaseList, day: date) -> Iterator[Sequence[Cell | int]]:
    ids, number = [row.id for row in cases.rows()], 0
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        found = Case.objects.select_related("firm").in_bulk(part)
        facts = facts_of_cases(part)
        histories = {id: surviving_history(facts[id]) for id in part}
        parcels = _parcels(histories)
        for id in part:
            known = Known.of(histories[id])
            if "targeted" in known.last:
                number += 1
                words = _words(found[id], day) | {"parcel_no": parcels.get(id)}
                yield [number, *printed_row(words, known)]


def _parcels(histories: dict[int, list[Any]]) -> dict[int, str]:
    """The number of the parcel that the land of each case belongs to."""
    last = {
        id: fact.parcel_id
        for id, facts in histories.items()
        for fact in facts
        if fact.kind in parcel_kinds() and fact.parcel_id
    }
    numbers = dict(Parcel.objects.filter(pk__in=last.values()).values_list("pk", "number"))
    return {id: numbers[parcel] for id, parcel in last.items() if numbers.get(parcel)}


def _names(place_id: int, day: date) -> dict[Level, str]:
    """What the place and those above it are called."""
    tree, found = territory().at(day), dict[Level, str]()
    place: Place | None = territory().home(territory().places[place_id], day)
    while place:
        found[place.level] = place.name
        above = tree.parent_code(place)
        place = tree.place(above) if above else None
    return found


def _words(case: Case, day: date) -> dict[str, Cell]:
    firm, places = case.firm, _names(case.place_id, day)
    words: dict[str, Cell] = {
        "county": places.get(Level.COUNTY) or places.get(Level.ZONE),
        "town": places.get(Level.TOWN),
        "firm_name": firm.name,
        "code": firm.code,
        "subject_type": firm.party_type,
        "scale": firm.size,
        "industry_code": firm.industry,
        "address": firm.address,
        "relation": case.party,
        "zone": case.zone,
        "processes": case.processes,
        "list_source": case.origin,
        "batch": case.batch,
        "measure": case.measure,
        "department": case.department,
        "team": case.team,
        "owner_person": case.responsible,
        "planned_finish_on": case.due_on,
    }
    return {name: value or None for name, value in words.items()}
