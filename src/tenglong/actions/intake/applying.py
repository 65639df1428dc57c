"""Carrying out the plans of rows, a few thousand at a time, inside the transaction of an acceptance."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db.models import Max

from tenglong.actions.intake.context import CASE_FIELDS
from tenglong.actions.intake.holdings import LandApplier, PlannedRow
from tenglong.actions.ledger.appending import Fresh, OpenLedger, append, on_own_parts, turned_over
from tenglong.actions.ledger.projection import Branch
from tenglong.actions.registry.book import (
    NewFirm,
    OpenBook,
    Statement,
    TemporaryNumbers,
    name_firms,
    register_firms,
)
from tenglong.actions.uplift.certificates import Brought, write_rows
from tenglong.domain.campaign.cases import opening
from tenglong.domain.intake.plans import CaseToOpen, Change, FirmToMake, Granted, Question
from tenglong.domain.kernel.periods import Clock
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import DESCRIBED, OPENED_AGAIN
from tenglong.domain.registry.book import FIRM
from tenglong.domain.uplift.certificates import Certificate
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import CaseHead
from tenglong.queries.registry.territory import territory
from tenglong.store.bulk import as_instant, as_json, insert, next_ids, update
from tenglong.store.models import (
    Case,
    Entry,
    Import,
    ImportRow,
    MatchPair,
    Observation,
    Roster,
)

CORRECTED = "导入更正"
AT_ONCE = 1000
CASE_TEXTS = tuple(name for name in CASE_FIELDS if name != "due_on")
CASE_COLUMNS = (
    "id", "roster_id", "firm_id", "place_id", "number", *CASE_TEXTS, "due_on", "source", "created_at",
)  # fmt: skip


class Applier:
    """Writes what rows plan; remembers what the file's earlier rows made."""

    def __init__(self, batch: Import, *, by: str, at: datetime, branch: Branch | None = None):
        self._batch, self._by, self._at = batch, by, at
        self._ledger = OpenLedger(batch.roster, by=by, at=at, branch=branch) if batch.roster else None
        self._source: dict[str, Any] = {"import": batch.pk, "digest": batch.digest}
        self._made: dict[str, int] = {}
        self._numbers = TemporaryNumbers()
        self._book = OpenBook(by=by, at=at)
        self._book.lock()
        self._land = LandApplier(self._book, self._source, batch, at, self._numbers)
        self._number = self._last_number()
        self._processes: dict[int | None, PlannedRow] = {}
        self._codes = {place.id: place.code for place in territory().places.values()}
        self._asked: set[tuple[int | None, int | None]] = set()
        self._among: list[tuple[PlannedRow, Question]] = []
        self.observed = self.certified = 0

    def apply(self, rows: Sequence[PlannedRow]) -> None:
        """Carry out the plans of `rows`, in their order.

        Numbers are asked for first: what is written meanwhile need not be waited for (`writing_behind`).
        """
        new_cases = [row for row in rows if row.plan.case] if self._ledger else []
        known = [(row.firm_id, row.case_id) for row in rows]
        case_ids = next_ids(Case, len(new_cases))
        self._make_firms([row for row in rows if row.firm_id is None])
        for row in rows:
            row.firm_id = row.firm_id or self._made[row.plan.firm_key]
        self._update_firms(rows)
        self._note_doubts(rows)
        cases: dict[int, CaseHead] = {}
        parcels, new_parcels = self._land.apply(rows)
        if self._ledger:
            cases = self._make_cases(new_cases, case_ids)
            self._ledger.append(on_own_parts(self._drafts(rows, parcels)), fresh=Fresh(cases, new_parcels))
        self._observe(rows)
        self._certify(rows)
        found = [(row.firm_id, row.case_id, row.id) for row in rows]
        told = [now for now, before in zip(found, known, strict=True) if now[:2] != before]
        update(ImportRow, ("firm_id", "case_id"), told)

    def finish(self, clock: Clock) -> None:
        """Ask which firms of the file may be one, tie leases to landlords that stood further down in the file, and
        leave book and ledger: what was written is known from now on, as `clock` has it. The ledger comes last: those
        who record in it wait from then on.

        Raises:
            Conflict: somebody recorded meanwhile what the import speaks of too.
        """
        self._ask(self._among)
        self._land.finish()
        self._book.close(clock())
        self._describe_firms(clock())
        if self._ledger:
            self._ledger.close(clock)

    def _last_number(self) -> int:
        return Case.objects.filter(roster=self._batch.roster).aggregate(last=Max("number"))["last"] or 0

    def _make_firms(self, rows: Sequence[PlannedRow]) -> None:
        """One firm per key: several rows of a file may speak of the same new firm."""
        wanted = {row.plan.firm_key: row.plan.firm for row in reversed(rows) if row.plan.firm}
        new = [key for key in dict.fromkeys(row.plan.firm_key for row in rows) if key not in self._made]
        firms = [_new_firm(wanted[key]) for key in new]
        made = register_firms(firms, book=self._book, at=self._at, source=self._source, numbers=self._numbers)
        self._made.update(zip(new, made, strict=True))

    def _update_firms(self, rows: Sequence[PlannedRow]) -> None:
        """What was not known of a firm is said from the start, what was known otherwise from the day of the file."""
        said: list[Statement] = []
        for row in rows:
            firm, where = row.firm_id or 0, {**self._source, "sheet": row.sheet, "cell": f"{row.row}"}
            facts = dict(_facts(row))
            gaps = {name: str(now) for name, (was, now) in facts.items() if not was}
            changed = {name: str(now) for name, (was, now) in facts.items() if was}
            if gaps:
                said.append(Statement(FIRM, firm, gaps, None, where))
            if changed:
                said.append(Statement(FIRM, firm, changed, self._batch.business_day, where))
        self._book.tell(said)
        self._processes.update((row.firm_id, row) for row in rows if row.plan.processes)
        further = [(row.firm_id or 0, name) for row in rows for name in row.plan.names]
        name_firms(further, book=self._book, source=self._source)

    def _note_doubts(self, rows: Sequence[PlannedRow]) -> None:
        """Each pair once: the question is not asked again when the file comes again."""
        self._ask((row, one) for row in rows if row.plan.firm for one in row.plan.doubts if not one.key)
        self._among += [(row, one) for row in rows if row.plan.firm for one in row.plan.doubts if one.key]

    def _ask(self, questions: Iterable[tuple[PlannedRow, Question]]) -> None:
        pairs = {
            (row.firm_id, candidate): self._pair(row, candidate, one)
            for row, one in questions
            if (candidate := one.firm_id or self._made.get(one.key)) and candidate != row.firm_id
        }
        new = [
            pair for (firm, other), pair in pairs.items() if not {(firm, other), (other, firm)} & self._asked
        ]
        self._asked.update(pairs)
        if new:
            MatchPair.objects.bulk_create(new, batch_size=AT_ONCE)

    def _pair(self, row: PlannedRow, candidate: int, one: Question) -> MatchPair:
        return MatchPair(
            firm_id=row.the_firm,
            candidate_id=candidate,
            place_id=row.plan.firm.place if row.plan.firm else 0,
            probability_micro=one.probability_micro,
            reasons=one.reasons,
            batch=self._batch,
            created_at=self._at,
        )

    def _make_cases(self, rows: Sequence[PlannedRow], ids: Sequence[int]) -> dict[int, CaseHead]:
        instant, cases = as_instant(self._at), []
        heads: dict[int, CaseHead] = {}
        for number, id, (row, opened) in zip(count(self._number + 1), ids, _opening(rows), strict=False):
            row.case_id = id
            place, said = opened.place, opened.said
            source = {**self._source, "sheet": row.sheet, "row": row.row}
            texts = (said.get(name, "") for name in CASE_TEXTS)
            fixed = (id, self._batch.roster_id, row.firm_id, place, number)
            cases.append((*fixed, *texts, said.get("due_on"), as_json(source), instant))
            heads[id] = CaseHead(id, place)
        self._number += len(rows)
        insert(Case, CASE_COLUMNS, cases)
        return heads

    def _drafts(self, rows: Sequence[PlannedRow], parcels: dict[int, int]) -> list[Draft]:
        voided = [id for row in rows for id in row.plan.voids]
        corrected = Entry.objects.filter(pk__in=voided).values_list("case_id", flat=True)
        told = facts_of_cases(corrected) if voided else {}
        old = {fact.id: fact for facts in told.values() for fact in facts}
        drafts: list[Draft] = []
        for row in rows:
            place = {**self._source, "sheet": row.sheet}
            case_id, parcel_id = row.case_id or 0, parcels.get(row.id)
            drafts.extend(self._description(row, {**place, "cell": f"{row.row}"}))
            for id in row.plan.voids:
                why = {"reason": CORRECTED, "source": {**place, "cell": f"{row.row}"}}
                drafts.append(turned_over(old[id], told[old[id].case_id], why))
            for kind, day, quantity, cell, reason, of_land in row.plan.entries:
                details: dict[str, Any] = {"source": {**place, "cell": cell}}
                if reason:
                    details["reason"] = reason
                on = parcel_id if of_land else None
                drafts.append(Draft(case_id, kind, day, on, quantity, None, details))
        return drafts

    def _description(self, row: PlannedRow, source: dict[str, Any]) -> Iterator[Draft]:
        """What the row says of its case: from the start where it opens the case, else from the day of the file."""
        day = self._batch.business_day
        if opened := row.plan.case:
            said = {name: opened.said.get(name) or "" for name in CASE_FIELDS}
            place = self._codes[opened.place]
            yield opening(row.case_id or 0, row.firm_id or 0, place, day, said=said, source=source)
        elif row.plan.attributes:
            said = {name: after or "" for name, (_, after) in row.plan.attributes.items()}
            kind = OPENED_AGAIN if row.plan.again else DESCRIBED
            yield Draft(row.case_id or 0, kind, day, details={"said": said, "source": source})

    def _describe_firms(self, at: datetime) -> None:
        """What a table of firms says of the cases that they have, on whichever roster."""
        cases = Case.objects.filter(firm_id__in=list(self._processes)).select_related("roster").order_by("id")
        drafts: dict[Roster, list[Draft]] = defaultdict(list)
        for case in cases:
            row = self._processes[case.firm_id]
            if case.processes != row.plan.processes:
                source = {**self._source, "sheet": row.sheet, "cell": f"{row.row}"}
                details = {"said": {"processes": row.plan.processes}, "source": source}
                drafts[case.roster].append(
                    Draft(case.pk, DESCRIBED, self._batch.business_day, details=details)
                )
        for roster, described in drafts.items():
            append(roster, described, by=self._by, at=at)

    def _observe(self, rows: Sequence[PlannedRow]) -> None:
        found = [
            Observation(
                firm_id=row.the_firm,
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
            for year, indicator, quantity, unit, basis, cell, _ in row.plan.observations
        ]
        if found:
            Observation.objects.bulk_create(found, batch_size=500)
        self.observed += len(found)

    def _certify(self, rows: Sequence[PlannedRow]) -> None:
        said = [
            (_interval(row.firm_id or 0, one), {**self._source, "sheet": row.sheet, "cell": one.cell})
            for row in rows
            if (one := row.plan.certificate)
        ]
        self.certified += write_rows(said, Brought(self._by, self._at, self._batch))


def _interval(firm_id: int, one: Granted) -> Certificate:
    until, ended = (date.fromisoformat(day) if day else None for day in (one.until, one.ended))
    return Certificate(one.kind, firm_id, one.number, date.fromisoformat(one.granted), until, ended)


def _facts(row: PlannedRow) -> Iterator[tuple[str, Change]]:
    """What a row says of its firm by attribute."""
    yield from (row.plan.facts or {}).items()
    yield from (row.plan.code or {}).items()


def _new_firm(firm: FirmToMake) -> NewFirm:
    return NewFirm(
        name=firm.name,
        place_id=firm.place,
        code=firm.code,
        code_status=firm.status,
        provisional=firm.provisional,
        facts=firm.facts,
    )


def _opening(rows: Sequence[PlannedRow]) -> Iterator[tuple[PlannedRow, CaseToOpen]]:
    """The rows that open a case, each with it."""
    return ((row, row.plan.case) for row in rows if row.plan.case)
