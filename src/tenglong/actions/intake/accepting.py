"""The process of an import at work, and its main step: what staging decided is carried out as one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from tenglong.actions.intake.applying import Applier
from tenglong.actions.intake.context import Context
from tenglong.actions.intake.holdings import PlannedRow
from tenglong.actions.intake.rows import RowPlan
from tenglong.actions.jobs import enqueue
from tenglong.actions.ledger.projection import Branch
from tenglong.actions.steps import Course, Done, Taking, happen, leave, take
from tenglong.domain.access.policy import Actor, check_still
from tenglong.domain.intake.plans import Plan
from tenglong.domain.intake.process import import_process
from tenglong.domain.intake.rows import Verdict
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.jsontext import read
from tenglong.domain.kernel.messages import Progress, msg, silent
from tenglong.domain.kernel.periods import Clock
from tenglong.domain.ledger.kinds import VOID
from tenglong.domain.registry.book import FIRM, HOLDING, PARCEL
from tenglong.queries.intake.imports import check_rights, import_for, import_matter
from tenglong.store.bulk import sparing, writing_behind
from tenglong.store.guards import adding_many
from tenglong.store.models import Case, Entry, Firm, Holding, Import, ImportRow, RegisterEntry
from tenglong.store.standing import settle


def locked(batch: Import) -> Import:
    """The import as it stands, locked: whoever decides on it does so alone."""
    return Import.objects.select_for_update(of=("self",)).select_related("roster").get(pk=batch.pk)


IMPORT: Course[Import] = Course(
    import_process(),
    see=lambda batch, actor: import_for(batch.pk, actor),
    hold=locked,
    matter=import_matter,
    named=lambda batch: f"import:{batch.pk}",
)


# What accepting a file would record, and where: whoever accepts it must be allowed to do so by hand.

EFFECTIVE = (Verdict.INSERTED, Verdict.UPDATED)
Recording = tuple[str, int]


def recordings(context: Context, plans: Iterable[RowPlan]) -> set[Recording]:
    """What accepting these rows would record: (kind of entry, place of the case)."""
    found: set[Recording] = set()
    for plan in plans:
        intended = plan.plan
        if plan.verdict not in EFFECTIVE or not (intended.entries or intended.voids):
            continue
        place = intended.case.place if intended.case else context.cases[plan.firm_id or 0].place_id
        found.update((entry.kind, place) for entry in intended.entries)
        if intended.voids:
            found.add((VOID, place))
    return found


CHUNK = 2000
_EFFECTIVE_ROWS = (Verdict.INSERTED.value, Verdict.UPDATED.value)


def request_acceptance(import_id: int, *, actor: Actor, at: datetime) -> Import:
    """Queue the acceptance of a staged import.

    Raises:
        NotFound, NotAllowed; Conflict: the import is not waiting for a decision.
    """
    return take(IMPORT, "accept", import_for(import_id, actor), actor=actor, at=at)


@IMPORT.effect("accept", deed="request_acceptance")
def _request(taking: Taking[Import]) -> Done:
    enqueue("accept_import", {"import": taking.subject.pk}, actor=taking.actor, at=taking.at)
    return Done()


@sparing()
def accept(
    import_id: int, *, actor: Actor, at: datetime, clock: Clock | None = None, progress: Progress = silent
) -> Import:
    """Carry out what staging decided: all good rows or nothing. Again after a crash it does nothing twice.

    On PostgreSQL others record in the same roster meanwhile: what the import brings is a branch of the ledger until it
    is joined, and is known from the instant that `clock` gives then (without one: `at`).

    Raises:
        NotAllowed: the person may not accept there.
        Conflict: something the file speaks of changed since it was staged; it must be staged again.
    """
    try:
        return _Acceptance(actor, at, clock or (lambda: at), progress).of(import_id)
    except Exception:
        _stop(import_id)
        raise


@dataclass(frozen=True)
class _Acceptance:
    """Who accepts, since when, and who hears of it."""

    actor: Actor
    at: datetime
    clock: Clock
    progress: Progress

    def of(self, import_id: int) -> Import:
        """Carry out what staging decided."""
        batch = import_for(import_id, self.actor)
        branch = Branch(batch.roster_id, self.at) if batch.roster_id else None
        with transaction.atomic():
            batch = locked(batch)
            check_still(import_matter(batch), "accept", self.actor)
            if batch.state != Import.State.ACCEPTED:
                self._carry_out(batch, branch)
        return batch

    def _carry_out(self, batch: Import, branch: Branch | None) -> None:
        happen(IMPORT, "entered", batch)
        check_rights(batch, self.actor)
        applier = Applier(batch, by=self.actor.name, at=self.at, branch=branch)
        _check_unchanged(batch)
        ids = list(batch.rows.filter(verdict__in=_EFFECTIVE_ROWS).order_by("id").values_list("id", flat=True))
        with writing_behind(), adding_many(len(ids), Entry, RegisterEntry):
            done = 0
            for rows in _parts(batch, ids):
                applier.apply(rows)
                done += len(rows)
                self.progress(done, len(ids), msg("正在写入台账"))
            about = f"import:{batch.pk}"
            counts = {
                "rows": len(ids), "observations": applier.observed, "certificates": applier.certified,
            }  # fmt: skip
            leave(by=self.actor.name, at=self.at, deed="accept_import", about=about, **counts)
            applier.finish(self.clock)
        batch.decided_by, batch.decided_at, batch.known_at = self.actor.name, self.at, self.clock()
        batch.save()
        settle(ImportRow, batch.pk)


@transaction.atomic
def _stop(import_id: int) -> None:
    batch = Import.objects.select_for_update().get(pk=import_id)
    if batch.state == Import.State.ACCEPTING:
        happen(IMPORT, "stopped", batch)
        batch.save(update_fields=["state"])


Kept = tuple[int, str, int, int | None, int | None, str]
"""A row as it is kept: its id, sheet, row, firm and case, and its plan as text."""


def _parts(batch: Import, ids: Sequence[int]) -> Iterator[list[PlannedRow]]:
    """The rows in parts, each read before the one before it is handed out: so what its plans say is worked out while
    that one is still being written (`writing_behind`)."""
    kept = _kept(batch, ids[:CHUNK])
    for start in range(0, len(ids), CHUNK):
        rows = [
            PlannedRow(id, sheet, row, firm_id, case_id, Plan.from_json(read(plan)))
            for id, sheet, row, firm_id, case_id, plan in kept
        ]
        kept = _kept(batch, ids[start + CHUNK : start + 2 * CHUNK])
        yield rows


def _kept(batch: Import, ids: Sequence[int]) -> list[Kept]:
    """Plans are read as text: the database's own reading takes twice as long."""
    if not ids:
        return []
    rows = batch.rows.filter(id__gte=ids[0], id__lte=ids[-1], verdict__in=_EFFECTIVE_ROWS).order_by("id")
    return list(rows.values_list("id", "sheet", "row", "firm_id", "case_id", Cast("plan", TextField())))


def _check_unchanged(batch: Import) -> None:
    """Nothing that the plans rest on may have moved since they were made."""
    known = batch.summary["known"]
    rows = batch.rows.filter(verdict__in=_EFFECTIVE_ROWS)
    cases, firms = rows.exclude(case_id=None).values("case_id"), rows.exclude(firm_id=None).values("firm_id")
    moved = Entry.objects.filter(roster_id=batch.roster_id or 0, id__gt=known["entry"])
    changed = Case.objects.filter(pk__in=moved.values("case_id")).filter(pk__in=cases)
    begun = Case.objects.filter(pk__gt=known["case"], roster=batch.roster, firm_id__in=firms)
    merged = Firm.objects.filter(pk__in=firms).exclude(absorbed_by=None)
    name = _first_name(changed.values_list("firm__name", flat=True))
    name = name or _first_name(begun.values_list("firm__name", flat=True))
    name = name or _first_name(_said_anew(known["register"], firms).values_list("name", flat=True))
    name = name or _first_name(merged.values_list("name", flat=True)) or _newly_known(batch, known["firm"])
    if name:
        problem = "预检之后，“{name}”等企业的资料已有变化，请对本文件重新预检后再确认。"
        raise Conflict(msg(problem, name=name))


def _said_anew(last_id: int, firms: Any) -> Any:
    """Those of `firms` of which, or of whose land, the register book says something since."""
    said = RegisterEntry.objects.filter(id__gt=last_id)
    of = {kind: said.filter(subject_type=kind).values("subject") for kind in (FIRM, HOLDING, PARCEL)}
    held = Holding.objects.filter(Q(pk__in=of[HOLDING]) | Q(parcel__in=of[PARCEL])).values("firm_id")
    return Firm.objects.filter(pk__in=firms).filter(Q(pk__in=of[FIRM]) | Q(pk__in=held))


def _first_name(names) -> str:
    return names.first() or ""


def _newly_known(batch: Import, last_firm: int) -> str:
    """A firm registered since, that the file would register a second time."""
    since = list(Firm.objects.filter(pk__gt=last_firm).values_list("name", "code")[:5000])
    if not since:
        return ""
    names, codes = {name for name, _ in since}, {code for _, code in since if code}
    new_rows = batch.rows.filter(verdict__in=_EFFECTIVE_ROWS, firm_id=None).values_list("plan", flat=True)
    for plan in new_rows.iterator():
        firm = Plan.from_json(plan).firm
        if firm and (firm.name in names or firm.code in codes):
            return firm.name
    return ""
