"""Carrying out the plans of rows, a few thousand at a time, inside the transaction of an acceptance."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db.models import Max

from tenglong.actions.cases import opening
from tenglong.actions.consequences import turned_over
from tenglong.actions.firms import NewFirm, TemporaryNumbers, name_firms, register_firms
from tenglong.actions.imports.context import CASE_FIELDS, FIRM_FIELDS, own_parcel
from tenglong.actions.ledger import Fresh, OpenLedger, append
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import DESCRIBED, OPENED_AGAIN
from tenglong.domain.registry.industry import read_industry
from tenglong.queries.ledger import facts_of_cases
from tenglong.queries.states import CaseHead
from tenglong.queries.territory import territory
from tenglong.store.bulk import as_instant, as_json, insert, next_ids, update
from tenglong.store.models import (
    Case,
    Entry,
    Firm,
    Holding,
    Import,
    ImportRow,
    MatchPair,
    Observation,
    Parcel,
    Roster,
)

CORRECTED = "导入更正"
CASE_TEXTS = tuple(name for name in CASE_FIELDS if name != "due_on")
CASE_COLUMNS = (
    "id", "roster_id", "firm_id", "place_id", "number", *CASE_TEXTS, "due_on", "source", "created_at",
)  # fmt: skip


@dataclass(slots=True)
class PlannedRow:
    """A row that changes something, and what it plans."""

    id: int
    sheet: str
    row: int
    firm_id: int | None
    case_id: int | None
    plan: dict[str, Any]


class Applier:
    """Writes what rows plan; remembers what the file's earlier rows made."""

    def __init__(self, batch: Import, *, by: str, at: datetime):
        self._batch, self._by, self._at = batch, by, at
        self._ledger = OpenLedger(batch.roster, by=by, at=at) if batch.roster else None
        self._source: dict[str, Any] = {"import": batch.pk, "digest": batch.digest}
        self._made: dict[str, int] = {}
        self._numbers = TemporaryNumbers()
        self._homes: dict[int | None, int] = {}
        self._parcels: dict[str, int] = {}
        self._leases: list[tuple[int, list[str]]] = []
        self._number = self._last_number()
        self._processes: dict[int | None, PlannedRow] = {}
        self._codes = {place.id: place.code for place in territory().places.values()}
        self.observed = 0

    def apply(self, rows: Sequence[PlannedRow]) -> None:
        """Carry out the plans of `rows`, in their order.

        Numbers are asked for first: what is written meanwhile need not be waited for (`writing_behind`).
        """
        new_cases = [row for row in rows if "case" in row.plan] if self._ledger else []
        case_ids = next_ids(Case, len(new_cases))
        self._make_firms([row for row in rows if row.firm_id is None])
        for row in rows:
            row.firm_id = row.firm_id or self._made[row.plan["firm_key"]]
        self._update_firms(rows)
        self._note_doubts(rows)
        cases: dict[int, CaseHead] = {}
        parcels, new_parcels = self._make_parcels([row for row in rows if "parcel" in row.plan])
        if self._ledger:
            cases = self._make_cases(new_cases, case_ids)
            self._ledger.append(self._drafts(rows, parcels), fresh=Fresh(cases, new_parcels))
        self._observe(rows)
        update(ImportRow, ("firm_id", "case_id"), [(row.firm_id, row.case_id, row.id) for row in rows])

    def finish(self) -> None:
        """Tie leases to landlords that stood further down in the file, and leave the ledger."""
        if self._ledger:
            self._ledger.close()
        self._describe_firms()
        for holding_id, (code, name) in self._leases:
            landlord = Firm.objects.filter(code=code, absorbed_by=None).first() if code else None
            landlord = landlord or Firm.objects.filter(name=name, absorbed_by=None).first()
            if landlord:
                Holding.objects.filter(pk=holding_id).update(landlord=landlord)

    def _last_number(self) -> int:
        return Case.objects.filter(roster=self._batch.roster).aggregate(last=Max("number"))["last"] or 0

    def _make_firms(self, rows: Sequence[PlannedRow]) -> None:
        """One firm per key: several rows of a file may speak of the same new firm."""
        wanted = {row.plan["firm_key"]: row.plan["firm"] for row in reversed(rows)}
        new = [key for key in dict.fromkeys(row.plan["firm_key"] for row in rows) if key not in self._made]
        firms = [
            NewFirm(
                name=wanted[key]["name"],
                place_id=wanted[key]["place"],
                code=wanted[key]["code"],
                code_status=wanted[key]["status"],
                provisional=wanted[key]["provisional"],
                facts={name: wanted[key][name] for name in FIRM_FIELDS if name in wanted[key]},
            )
            for key in new
        ]
        made = register_firms(firms, at=self._at, source=self._source, numbers=self._numbers)
        self._made.update(zip(new, made, strict=True))
        self._homes.update(zip(made, (firm.place_id for firm in firms), strict=True))

    def _update_firms(self, rows: Sequence[PlannedRow]) -> None:
        changed = {row.firm_id: row.plan for row in rows if "facts" in row.plan or "code" in row.plan}
        firms = list(Firm.objects.filter(pk__in=list(changed)))
        for firm in firms:
            plan = changed[firm.pk]
            for name, (_, value) in plan.get("facts", {}).items():
                setattr(firm, name, value)
            if "industry" in plan.get("facts", {}):
                reading = read_industry(firm.industry)
                firm.industry, firm.industry_edition = reading.code, reading.edition
            if "code" in plan:
                firm.code, firm.code_status = plan["code"]
        names = [*FIRM_FIELDS, "industry_edition", "code", "code_status"]
        Firm.objects.bulk_update(firms, names, batch_size=300)
        self._processes.update((row.firm_id, row) for row in rows if "processes" in row.plan)
        further = [(row.firm_id, name) for row in rows for name in row.plan.get("names", ())]
        name_firms(further, at=self._at, source=self._source)

    def _note_doubts(self, rows: Sequence[PlannedRow]) -> None:
        """Each pair once: the question is not asked again when the file comes again."""
        pairs = [
            MatchPair(
                firm_id=row.firm_id,
                candidate_id=candidate,
                place_id=row.plan["firm"]["place"],
                probability_micro=probability,
                reasons=reasons,
                batch=self._batch,
                created_at=self._at,
            )
            for row in rows
            for candidate, probability, reasons in row.plan.get("doubts", ())
        ]
        MatchPair.objects.bulk_create(pairs, ignore_conflicts=True)

    def _make_cases(self, rows: Sequence[PlannedRow], ids: Sequence[int]) -> dict[int, CaseHead]:
        instant, cases = as_instant(self._at), []
        heads: dict[int, CaseHead] = {}
        for number, id, row in zip(count(self._number + 1), ids, rows, strict=False):
            said, row.case_id = row.plan["case"], id
            source = {**self._source, "sheet": row.sheet, "row": row.row}
            texts = (said.get(name, "") for name in CASE_TEXTS)
            fixed = (id, self._batch.roster_id, row.firm_id, said["place"], number)
            cases.append((*fixed, *texts, said.get("due_on"), as_json(source), instant))
            heads[id] = CaseHead(id, said["place"])
        self._number += len(rows)
        insert(Case, CASE_COLUMNS, cases)
        return heads

    def _make_parcels(self, rows: Sequence[PlannedRow]) -> tuple[dict[int, int], frozenset[int]]:
        """The parcel of each row, by the row's id, and which are new; new ones are made, and who holds them."""
        numbers = {
            row.id: str(row.plan["parcel"].get("number") or own_parcel(row.firm_id or 0))
            for row in rows
            if "id" not in row.plan["parcel"]
        }
        known = Parcel.objects.filter(number__in=[n for n in numbers.values() if n not in self._parcels])
        self._parcels.update(known.values_list("number", "id"))
        others = [row.firm_id for row in rows if row.firm_id not in self._homes]
        self._homes.update(Firm.objects.filter(pk__in=others).values_list("id", "place_id"))
        new: dict[str, tuple[int | None, int]] = {}
        for row in rows:
            number = numbers.get(row.id)
            if number and number not in self._parcels:
                new.setdefault(number, (row.plan["parcel"].get("area"), self._homes[row.firm_id]))
        ids = next_ids(Parcel, len(new))
        made = [(id, number, *said, "", "") for id, (number, said) in zip(ids, new.items(), strict=True)]
        insert(Parcel, ("id", "number", "area_micro", "place_id", "address", "title_number"), made)
        self._parcels.update(zip(new, ids, strict=True))
        found = {row.id: row.plan["parcel"].get("id") or self._parcels[numbers[row.id]] for row in rows}
        self._make_holdings(rows, found)
        return found, frozenset(ids)

    def _make_holdings(self, rows: Sequence[PlannedRow], parcels: dict[int, int]) -> None:
        said = [(row, row.plan["parcel"]["holding"]) for row in rows if "holding" in row.plan["parcel"]]
        ids, source = next_ids(Holding, len(said)), as_json(self._source)
        made = [
            (id, parcels[row.id], row.firm_id, hold["relation"], hold["floor"], source)
            for id, (row, hold) in zip(ids, said, strict=True)
        ]
        insert(Holding, ("id", "parcel_id", "firm_id", "relation", "floor_area_micro", "source"), made)
        leases = ((id, hold["landlord"]) for id, (_, hold) in zip(ids, said, strict=True))
        self._leases += [lease for lease in leases if any(lease[1])]

    def _drafts(self, rows: Sequence[PlannedRow], parcels: dict[int, int]) -> list[Draft]:
        voided = [id for row in rows for id in row.plan.get("voids", ())]
        corrected = Entry.objects.filter(pk__in=voided).values_list("case_id", flat=True)
        told = facts_of_cases(corrected) if voided else {}
        old = {fact.id: fact for facts in told.values() for fact in facts}
        drafts: list[Draft] = []
        for row in rows:
            place = {**self._source, "sheet": row.sheet}
            case_id, parcel_id = row.case_id or 0, parcels.get(row.id)
            drafts.extend(self._description(row, {**place, "cell": f"{row.row}"}))
            for id in row.plan.get("voids", ()):
                why = {"reason": CORRECTED, "source": {**place, "cell": f"{row.row}"}}
                drafts.append(turned_over(old[id], told[old[id].case_id], why))
            for kind, day, quantity, cell, reason, land in row.plan.get("entries", ()):
                details: dict[str, Any] = {"source": {**place, "cell": cell}}
                if reason:
                    details["reason"] = reason
                on = parcel_id if land else None
                drafts.append(Draft(case_id, kind, date.fromisoformat(day), on, quantity, None, details))
        return drafts

    def _description(self, row: PlannedRow, source: dict[str, Any]) -> Iterator[Draft]:
        """What the row says of its case: from the start where it opens the case, else from the day of the file."""
        day = self._batch.business_day
        if "case" in row.plan:
            said = {name: row.plan["case"].get(name) or "" for name in CASE_FIELDS}
            place = self._codes[row.plan["case"]["place"]]
            yield opening(row.case_id or 0, row.firm_id or 0, place, day, said=said, source=source)
        elif "attributes" in row.plan:
            said = {name: after or "" for name, (_, after) in row.plan["attributes"].items()}
            kind = OPENED_AGAIN if row.plan.get("again") else DESCRIBED
            yield Draft(row.case_id or 0, kind, day, details={"said": said, "source": source})

    def _describe_firms(self) -> None:
        """What a table of firms says of the cases that they have, on whichever roster."""
        cases = Case.objects.filter(firm_id__in=list(self._processes)).select_related("roster").order_by("id")
        drafts: dict[Roster, list[Draft]] = defaultdict(list)
        for case in cases:
            row = self._processes[case.firm_id]
            if case.processes != row.plan["processes"]:
                source = {**self._source, "sheet": row.sheet, "cell": f"{row.row}"}
                details = {"said": {"processes": row.plan["processes"]}, "source": source}
                drafts[case.roster].append(
                    Draft(case.pk, DESCRIBED, self._batch.business_day, details=details)
                )
        for roster, described in drafts.items():
            append(roster, described, by=self._by, at=self._at)

    def _observe(self, rows: Sequence[PlannedRow]) -> None:
        found = [
            Observation(
                firm_id=row.firm_id,
                year=year,
                indicator=indicator,
                quantity=quantity,
                unit=unit,
                basis=basis,
                batch=self._batch,
                source={**self._source, "sheet": row.sheet, "cell": cell},
                recorded_at=self._at,
                recorded_by=self._by,
            )
            for row in rows
            for year, indicator, quantity, unit, basis, cell in row.plan.get("observations", ())
        ]
        Observation.objects.bulk_create(found, batch_size=500)
        self.observed += len(found)
