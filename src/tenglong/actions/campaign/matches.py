"""Deciding that two records are one firm, and taking the decision back months later.

What was printed is never touched: a doubled case is removed by an entry, not deleted, and undoing voids that
entry. Figures as known before either moment stay what they were.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from tenglong.actions.ledger.appending import append, turned_over
from tenglong.actions.registry.book import hold_register
from tenglong.actions.steps import Course, Done, Taking, happen, take
from tenglong.domain.access.policy import Actor, offers, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import machine, standing
from tenglong.domain.campaign.processes import match_process
from tenglong.domain.kernel.errors import Conflict, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.entries import Draft, causes_of, part_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.queries.campaign.matches import pair_in
from tenglong.queries.ledger.fold import facts_of_cases, taken_back
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.matters import match_matter
from tenglong.store.models import Case, Entry, Firm, FirmMerge, MatchPair, Roster

DUPLICATE = "重复"
SAYS_YES, SAYS_NO = ("same", "claim", "confirm"), ("different", "deny")


MATCH: Course[MatchPair] = Course(
    match_process(),
    see=lambda pair, actor: pair_in(scope_of(actor, Permission.MATCH), pair.pk),
    hold=lambda pair: MatchPair.objects.select_for_update().get(pk=pair.pk),
    matter=match_matter,
    named=lambda pair: f"firm:{pair.firm_id}",
)
"""The process of a question at work."""


def decide(pair_id: int, same: bool, *, actor: Actor, at: datetime, reason: str = "") -> MatchPair:
    """Say whether the new record is the known firm. If so, its cases go over to the firm that is kept; where
    the kept firm is on the roster already, the doubled case is removed from the roster (reason: 重复).
    Where the known firm is another office's, the office of the record claims first, and the other one confirms.

    Raises:
        NotFound: no such question in the person's territory. NotAllowed. Conflict: it is answered already.
        BadValue: two firms are said to be the same without a reason.
    """
    pair = pair_in(scope_of(actor, Permission.MATCH), pair_id)
    step = _step(pair, SAYS_YES if same else SAYS_NO, actor, at)
    return take(MATCH, step, pair, actor=actor, at=at, reason=reason)


def _step(pair: MatchPair, wanted: tuple[str, ...], actor: Actor, at: datetime) -> str:
    """The step by which this person may give the answer, else the first."""
    found = {offer.step.id for offer in offers(match_matter(pair), actor, china_date(at))}
    return next((step for step in wanted if step in found), wanted[0])


def undo(merge_id: int, *, actor: Actor, at: datetime, reason: str) -> FirmMerge:
    """Take a merge back: the record stands for itself again, with its cases; the question is open again.

    Raises:
        NotFound: no such merge in the person's territory. Conflict: it was taken back already, or the kept
        firm has been merged into a third one since. BadValue: no reason.
    """
    merge = FirmMerge.objects.select_related("kept__absorbed_by", "absorbed").filter(pk=merge_id).first()
    if merge is None or not actor.may(Permission.MATCH, merge.absorbed.place_id):
        raise NotFound(msg("没有第 {id} 次合并，请从比对清单中选择。", id=merge_id))
    if merge.undone_at is not None:
        raise Conflict(msg("这次合并已由 {by} 撤销，无需重复撤销。", by=merge.undone_by))
    pair = MatchPair.objects.get(merge=merge, state=MatchPair.State.SAME)
    return take(MATCH, "undo", pair, actor=actor, at=at, reason=reason, merge=merge)


def reopen(pair_id: int, *, actor: Actor, at: datetime, reason: str) -> MatchPair:
    """Take back that two records are different firms: the question is open again.

    Raises:
        NotFound: no such question in the person's territory. BadValue: no reason.
        Conflict: it is open, or its answer came with a merge, which must be undone instead.
    """
    pair = pair_in(scope_of(actor, Permission.MATCH), pair_id)
    return take(MATCH, "reopen", pair, actor=actor, at=at, reason=reason)


@MATCH.effect("claim", deed="claim_match")
def _claim(taking: Taking[MatchPair]) -> Done:
    taking.subject.decided_by = taking.actor.name
    return Done({"reason": taking.reason})


@MATCH.effect("same", deed="decide_match")
@MATCH.effect("confirm", deed="decide_match")
def _same(taking: Taking[MatchPair]) -> Done:
    pair, by, at = taking.subject, taking.actor.name, taking.at
    pair.decided_by, pair.decided_at = by, at
    pair.merge = _merge(pair.candidate, pair.firm, taking)
    others = MatchPair.objects.select_for_update().filter(firm=pair.firm, state__in=MatchPair.WAITING)
    for other in others.exclude(pk=pair.pk):
        happen(MATCH, "settled", other)
        other.decided_by, other.decided_at, other.merge = by, at, pair.merge
        other.save()
    return Done({"same": True, "reason": taking.reason})


@MATCH.effect("different", deed="decide_match")
@MATCH.effect("deny", deed="decide_match")
def _different(taking: Taking[MatchPair]) -> Done:
    taking.subject.decided_by, taking.subject.decided_at = taking.actor.name, taking.at
    return Done({"same": False, "reason": taking.reason})


@MATCH.effect("undo", deed="undo_merge")
def _undo(taking: Taking[MatchPair], *, merge: FirmMerge) -> Done:
    if merge.kept.absorbed_by is not None:
        problem = "“{kept}”后来并入了“{third}”，请先撤销那次合并，再撤销这一次。"
        raise Conflict(msg(problem, kept=merge.kept.name, third=merge.kept.absorbed_by.name))
    hold_register(taking.at)
    effects = merge.voidable_entries
    merge.absorbed.absorbed_by = None
    merge.absorbed.save(update_fields=["absorbed_by"])
    Case.objects.filter(pk__in=effects["moved"], firm=merge.kept).update(firm=merge.absorbed)
    _void_all(effects["entries"], taking)
    merge.undone_by, merge.undone_at = taking.actor.name, taking.at
    merge.save()
    for other in MatchPair.objects.select_for_update().filter(merge=merge).exclude(pk=taking.subject.pk):
        happen(MATCH, "unsettled", other)
        _open_again(other)
        other.save()
    _open_again(taking.subject)
    return Done({"reason": taking.reason}, gives=merge)


@MATCH.effect("reopen", deed="reopen_match")
def _reopen(taking: Taking[MatchPair]) -> Done:
    _open_again(taking.subject)
    return Done({"reason": taking.reason})


def _open_again(pair: MatchPair) -> None:
    pair.merge, pair.decided_by, pair.decided_at = None, "", None


def _merge(kept: Firm, absorbed: Firm, taking: Taking[MatchPair]) -> FirmMerge:
    hold_register(taking.at)
    if kept.absorbed_by_id or absorbed.absorbed_by_id or kept.pk == absorbed.pk:
        gone = absorbed if absorbed.absorbed_by_id else kept
        raise Conflict(msg("“{name}”已并入其他企业，请先撤销那次合并。", name=gone.name))
    effects: dict[str, Any] = {"moved": [], "entries": []}
    theirs = {case.roster_id: case for case in Case.objects.filter(firm=kept)}
    for case in Case.objects.select_related("roster", "now").filter(firm=absorbed).order_by("id"):
        if case.roster_id in theirs:
            effects["entries"] += [entry.id for entry in _absorb(case, theirs[case.roster_id], taking)]
        else:
            Case.objects.filter(pk=case.pk).update(firm=kept)
            effects["moved"].append(case.pk)
    absorbed.absorbed_by = kept
    absorbed.save(update_fields=["absorbed_by"])
    return FirmMerge.objects.create(
        kept=kept,
        absorbed=absorbed,
        decided_by=taking.actor.name,
        decided_at=taking.at,
        reason=taking.reason[:300],
        voidable_entries=effects,
    )


def _absorb(case: Case, kept: Case, taking: Taking[MatchPair]) -> list[Fact]:
    """Take a doubled case off the roster; what counts of its parcels is told by the case that is kept, of the same day,
    so that a merge never changes what a parcel freed."""
    today, details = china_date(taking.at), {"reason": DUPLICATE, "why": taking.reason}
    history = surviving_history(facts_of_cases([case.pk])[case.pk])
    now = standing(history)
    steps = (["resumed"] if now.suspended else []) + ["absorbed"]
    if now.state not in machine().moves["absorbed"].sources:
        return []
    drafts = [Draft(case.pk, kind, today, details=details) for kind in steps]
    lines = {id for _, on, _, quantity, id in case.now.lines if on and quantity}
    drafts += [
        Draft(
            kept.pk,
            fact.kind,
            fact.effective_on,
            fact.parcel_id,
            fact.quantity,
            None,
            {**details, "of": fact.id},
            part_of(fact),
        )
        for fact in history
        if fact.id in lines and fact.parcel_id is not None and case.now.target_on
    ]
    return append(case.roster, drafts, by=taking.actor.name, at=taking.at)


def _void_all(entry_ids: list[int], taking: Taking[MatchPair]) -> None:
    """Void what the merge had recorded, a case's entries together; what somebody voided already stays so."""
    gone = taken_back(entry_ids)
    case_ids = set(Entry.objects.filter(pk__in=entry_ids).values_list("case_id", flat=True))
    drafts: dict[int, list[Draft]] = defaultdict(list)
    for facts in facts_of_cases(case_ids).values():
        for fact in facts:
            if fact.id in entry_ids and fact.id not in gone and not causes_of(fact):
                drafts[fact.roster_id].append(turned_over(fact, facts, {"reason": taking.reason}))
    for roster in Roster.objects.filter(pk__in=list(drafts)):
        append(roster, drafts[roster.pk], by=taking.actor.name, at=taking.at)
