"""Taking an import back: before acceptance it is simply dropped, afterwards its entries are voided."""

from datetime import date, datetime

from tenglong.actions.imports.context import CASE_FIELDS
from tenglong.actions.imports.courses import IMPORT
from tenglong.actions.ledger import append
from tenglong.actions.steps import Done, Taking, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import day_of
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import VOID
from tenglong.queries.imports import import_for
from tenglong.store.models import Case, Entry, Import, Observation

CHUNK = 20_000


def withdraw(import_id: int, *, actor: Actor, at: datetime, reason: str = "") -> Import:
    """Take the import back. Figures already printed stay as they were printed.

    Entries of an accepted import are voided, what it had corrected is recorded anew, attributes of cases go
    back and observations go; firms and cases that it began stay, without entries.

    Raises:
        NotAllowed: the person may not; BadValue: an accepted import is withdrawn without a reason.
        Conflict: later entries build on it; the sentence names the first.
    """
    batch = import_for(import_id, actor)
    own = "withdraw" if batch.uploaded_by == actor.name else "reject"
    step = "undo" if batch.state == Import.State.ACCEPTED else own
    return take(IMPORT, step, batch, actor=actor, at=at, reason=reason)


@IMPORT.effect("withdraw", deed="withdraw_import")
@IMPORT.effect("reject", deed="withdraw_import")
def _drop(taking: Taking[Import]) -> Done:
    taking.subject.rows.all().delete()
    return _decided(taking)


@IMPORT.effect("undo", deed="withdraw_import")
def _take_back(taking: Taking[Import]) -> Done:
    _undo(taking.subject, taking.actor, taking.at, taking.reason)
    return _decided(taking)


def _decided(taking: Taking[Import]) -> Done:
    taking.subject.decided_by, taking.subject.decided_at = taking.actor.name, taking.at
    return Done({"reason": taking.reason})


def _undo(batch: Import, actor: Actor, at: datetime, reason: str) -> None:
    if batch.roster:
        _undo_entries(batch, actor, at, reason)
        _undo_attributes(batch)
    if batch.summary.get("observations"):
        first, last = batch.summary["observations"]
        Observation.objects.filter(pk__gte=first, pk__lte=last, source__import=batch.pk).delete()


def _undo_entries(batch: Import, actor: Actor, at: datetime, reason: str) -> None:
    """Case by case, so that every case is checked with all its voids and restorations at once."""
    assert batch.roster is not None
    first, last = batch.summary["entries"]
    entries = Entry.objects.filter(pk__gte=first, pk__lte=last, roster_id=batch.roster.pk)
    voided = set(
        Entry.objects.filter(corrects__gte=first, corrects__lte=last).values_list("corrects", flat=True)
    )
    drafts: list[Draft] = []
    case = 0
    for entry in entries.order_by("case_id", "id").iterator():
        if entry.case_id != case and len(drafts) >= CHUNK:
            _append(batch, drafts, actor, at)
            drafts = []
        case = entry.case_id
        if entry.kind == VOID:
            drafts.append(_again(entry, reason, batch.pk))
        elif entry.pk not in voided:
            details = {"reason": reason, "kind": entry.kind, "withdrawn_import": batch.pk}
            day = day_of(entry.effective_day)
            drafts.append(Draft(entry.case_id, VOID, day, entry.parcel_id, None, entry.pk, details))
    _append(batch, drafts, actor, at)


def _append(batch: Import, drafts: list[Draft], actor: Actor, at: datetime) -> None:
    assert batch.roster is not None
    try:
        append(batch.roster, drafts, by=actor.name, at=at)
    except Conflict as error:
        problem = "不能撤回导入“{name}”，之后登记的事项以它为前提：{why}"
        raise Conflict(msg(problem, name=batch.filename, why=error.message)) from error


def _again(void: Entry, reason: str, import_id: int) -> Draft:
    """What the import had voided counts again, as a new entry."""
    old = Entry.objects.get(pk=void.corrects)
    details = {**old.details, "restores": old.pk, "withdrawn_import": import_id, "why": reason}
    return Draft(
        old.case_id, old.kind, day_of(old.effective_day), old.parcel_id, old.quantity, details=details
    )


def _undo_attributes(batch: Import) -> None:
    """Attributes go back where nobody changed them since."""
    for row in batch.rows.filter(plan__has_key="attributes").iterator():
        case = Case.objects.get(pk=row.case_id)
        for name, (before, after) in row.plan["attributes"].items():
            if _plain(getattr(case, name)) == after and name in CASE_FIELDS:
                setattr(case, name, date.fromisoformat(before) if name == "due_on" and before else before)
        case.save()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
