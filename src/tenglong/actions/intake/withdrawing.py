"""Taking an import back: before acceptance it is simply dropped, afterwards its entries are voided."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tenglong.actions.intake.accepting import IMPORT
from tenglong.actions.ledger.appending import append, turned_over
from tenglong.actions.registry.book import OpenBook
from tenglong.actions.steps import Done, Taking, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.entries import Draft, causes_of, is_void
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.queries.intake.imports import import_for, is_own
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.store.models import Entry, Import, ImportWithdrawal, Roster

CASES = 2_000


def withdraw(import_id: int, *, actor: Actor, at: datetime, reason: str = "") -> Import:
    """Take the import back. Figures already printed stay as they were printed.

    What an accepted import recorded no longer counts from now on, observations and the register included, what it had
    corrected counts again as it was; firms and cases that it began stay, without entries that count.

    Raises:
        NotAllowed: the person may not; BadValue: an accepted import is withdrawn without a reason.
        Conflict: later entries build on it; the sentence names the first.
    """
    batch = import_for(import_id, actor)
    own = "withdraw" if is_own(batch, actor) else "reject"
    step = "undo" if batch.state == Import.State.ACCEPTED else own
    return take(IMPORT, step, batch, actor=actor, at=at, reason=reason)


@IMPORT.effect("withdraw", deed="withdraw_import")
@IMPORT.effect("reject", deed="withdraw_import")
def _drop(taking: Taking[Import]) -> Done:
    taking.subject.rows.all().delete()
    return _decided(taking)


@IMPORT.effect("undo", deed="withdraw_import")
def _take_back(taking: Taking[Import]) -> Done:
    _undo_register(taking.subject, taking.actor, taking.at, taking.reason)
    _undo_entries(taking.subject, taking.actor, taking.at, taking.reason)
    return _decided(taking)


def _decided(taking: Taking[Import]) -> Done:
    batch, by, at, reason = taking.subject, taking.actor.name, taking.at, taking.reason
    batch.decided_by, batch.decided_at = by, at
    ImportWithdrawal.objects.create(batch=batch, at=at, by=by, reason=reason[:300])
    return Done({"reason": reason})


def _undo_register(batch: Import, actor: Actor, at: datetime, reason: str) -> None:
    """What the import said of firms, parcels and holdings counts no longer. The book is locked before any roster, as
    accepting does, so that neither waits for the other for ever."""
    book = OpenBook(by=actor.name, at=at)
    book.take_back(batch, reason=reason)
    book.close()


def _undo_entries(batch: Import, actor: Actor, at: datetime, reason: str) -> None:
    """Turn every entry of the import over: what it recorded no longer counts, what it had taken back counts again as
    it was, evidence and order included. Case by case, so that each is checked with all its changes at once."""
    brought = Entry.objects.filter(import_id=batch.pk)
    for roster in Roster.objects.filter(pk__in=brought.values("roster_id")).order_by("pk"):
        entries = brought.filter(roster_id=roster.pk)
        cases = sorted(set(entries.values_list("case_id", flat=True)))
        for start in range(0, len(cases), CASES):
            told = facts_of_cases(cases[start : start + CASES])
            _check_not_replaced(batch, told.values())
            drafts = [draft for facts in told.values() for draft in _turned(facts, batch.pk, reason)]
            _append(batch, roster, drafts, actor, at)


def _check_not_replaced(batch: Import, histories: Iterable[Sequence[Fact]]) -> None:
    """What another import corrected since can only go after that one: else what both replaced would count again."""
    for facts in histories:
        own = {fact.id for fact in facts if _brought_by(fact) == batch.pk}
        standing = {fact.corrects for fact in facts if is_void(fact)}
        for fact in facts:
            by = _brought_by(fact)
            replaced = is_void(fact) and fact.corrects in own and fact.id not in standing
            if replaced and by is not None and by != batch.pk:
                other = Import.objects.get(pk=by)
                problem = "导入“{name}”登记的事项已由导入“{other}”更正，请先撤回“{other}”。"
                raise Conflict(msg(problem, name=batch.filename, other=other.filename))


def _brought_by(fact: Fact) -> int | None:
    found: int | None = (fact.details.get("source") or {}).get("import")
    return found


def _turned(facts: Sequence[Fact], import_id: int, reason: str) -> Iterator[Draft]:
    """The corrections that undo what an import did to one case: the last of its corrections that still stand, and its
    entries that still count. What followed by rule follows again."""
    corrected = {fact.corrects for fact in facts}
    why = {"reason": reason, "withdrawn_import": import_id}
    counting = {fact.id for fact in surviving_history(facts)}
    for fact in reversed(facts):
        mine = _brought_by(fact) == import_id and not causes_of(fact)
        if mine and (fact.id not in corrected if is_void(fact) else fact.id in counting):
            yield turned_over(fact, facts, why)


def _append(batch: Import, roster: Roster, drafts: list[Draft], actor: Actor, at: datetime) -> None:
    try:
        append(roster, drafts, by=actor.name, at=at)
    except Conflict as error:
        problem = "不能撤回导入“{name}”，之后登记的事项以它为前提：{why}"
        raise Conflict(msg(problem, name=batch.filename, why=error.message)) from error
