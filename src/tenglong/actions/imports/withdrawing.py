"""Taking an import back: before acceptance it is simply dropped, afterwards its entries are voided."""

from datetime import date, datetime

from django.db import transaction

from tenglong.actions.imports.context import CASE_FIELDS
from tenglong.actions.ledger import append
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import day_of
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import VOID
from tenglong.queries.imports import import_for
from tenglong.queries.territory import territory
from tenglong.store.models import Case, Entry, Import, ImportWithdrawal

CHUNK = 20_000
DECIDABLE = (Import.State.QUEUED, Import.State.STAGED, Import.State.FAILED)


@transaction.atomic
def withdraw(import_id: int, *, actor: Actor, at: datetime, reason: str = "") -> Import:
    """Take the import back. Figures already printed stay as they were printed.

    Entries of an accepted import are voided, what it had corrected is recorded anew, attributes of cases go
    back and observations count no longer from now on; firms and cases that it began stay, without entries.

    Raises:
        NotAllowed: the person may not; BadValue: an accepted import is withdrawn without a reason.
        Conflict: later entries build on it; the sentence names the first.
    """
    batch = Import.objects.select_for_update().get(pk=import_for(import_id, actor).pk)
    here = territory().at(batch.business_day).place(batch.code)
    own = actor.user_id is not None and actor.user_id == batch.uploaded_by_id
    if batch.state == Import.State.WITHDRAWN:
        return batch
    if batch.state in DECIDABLE:
        actor.check_may(Permission.IMPORT if own else Permission.ACCEPT, here.id)
        batch.rows.all().delete()
    elif batch.state == Import.State.ACCEPTED:
        actor.check_may(Permission.ACCEPT, here.id)
        actor.check_may(Permission.CORRECT, here.id)
        if not reason.strip():
            raise BadValue(msg("撤回已确认的导入须写明理由，请补充理由。"))
        _undo(batch, actor, at, reason.strip())
    else:
        raise Conflict(msg("导入“{name}”正在处理中，请稍后再撤回。", name=batch.filename))
    batch.state, batch.decided_by, batch.decided_at = Import.State.WITHDRAWN, actor.name, at
    batch.save()
    ImportWithdrawal.objects.create(batch=batch, at=at, by=actor.name, reason=reason.strip()[:300])
    leave(by=actor.name, at=at, deed="withdraw_import", about=f"import:{batch.pk}", reason=reason.strip())
    return batch


def _undo(batch: Import, actor: Actor, at: datetime, reason: str) -> None:
    if batch.roster:
        _undo_entries(batch, actor, at, reason)
        _undo_attributes(batch)


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
