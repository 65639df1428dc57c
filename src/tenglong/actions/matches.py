"""Deciding that two records are one firm, and taking the decision back months later.

What was printed is never touched: a doubled case is removed by an entry, not deleted, and undoing voids that
entry. Figures as known before either moment stay what they were.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tenglong.actions.consequences import turned_over
from tenglong.actions.ledger import append
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import standing
from tenglong.domain.campaign.moves import machine
from tenglong.domain.kernel.errors import BadValue, Conflict, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.entries import Draft, causes_of, part_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.queries.ledger import facts_of_cases, taken_back
from tenglong.queries.matches import pair_in
from tenglong.queries.states import surviving_history
from tenglong.store.models import Case, Entry, Firm, FirmMerge, MatchPair, Roster

DUPLICATE = "重复"


@dataclass(frozen=True)
class Deed:
    """Who decides, when and why."""

    actor: Actor
    at: datetime
    reason: str


@transaction.atomic
def decide(pair_id: int, same: bool, *, actor: Actor, at: datetime, reason: str = "") -> MatchPair:
    """Say whether the new record is the known firm. If so, its cases go over to the firm that is kept; where
    the kept firm is on the roster already, the doubled case is removed from the roster (reason: 重复).

    Raises:
        NotFound: no such question in the person's territory. NotAllowed. Conflict: it is answered already.
        BadValue: two firms are said to be the same without a reason.
    """
    pair = pair_in(scope_of(actor, Permission.MATCH), pair_id)
    actor.check_may(Permission.MATCH, pair.place_id)
    if pair.state != MatchPair.State.OPEN:
        raise Conflict(msg("这条比对已有结论（{by}），如需更改请先撤销原结论。", by=pair.decided_by))
    if same and not reason.strip():
        raise BadValue(msg("认定为同一家企业须写明依据，请补充理由。"))
    pair.state = MatchPair.State.SAME if same else MatchPair.State.DIFFERENT
    pair.decided_by, pair.decided_at = actor.name, at
    if same:
        pair.merge = _merge(pair.candidate, pair.firm, Deed(actor, at, reason.strip()))
        others = MatchPair.objects.filter(firm=pair.firm, state=MatchPair.State.OPEN).exclude(pk=pair.pk)
        others.update(state=MatchPair.State.DIFFERENT, decided_by=actor.name, decided_at=at, merge=pair.merge)
    pair.save()
    leave(
        by=actor.name,
        at=at,
        deed="decide_match",
        about=f"firm:{pair.firm_id}",
        same=same,
        reason=reason.strip(),
    )
    return pair


@transaction.atomic
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
    if not reason.strip():
        raise BadValue(msg("撤销合并须写明理由，请补充理由。"))
    if merge.kept.absorbed_by is not None:
        problem = "“{kept}”后来并入了“{third}”，请先撤销那次合并，再撤销这一次。"
        raise Conflict(msg(problem, kept=merge.kept.name, third=merge.kept.absorbed_by.name))
    effects = merge.voidable_entries
    merge.absorbed.absorbed_by = None
    merge.absorbed.save()
    Case.objects.filter(pk__in=effects["moved"], firm=merge.kept).update(firm=merge.absorbed)
    _void_all(effects["entries"], Deed(actor, at, reason.strip()))
    merge.undone_by, merge.undone_at = actor.name, at
    merge.save()
    MatchPair.objects.filter(merge=merge).update(
        state=MatchPair.State.OPEN, merge=None, decided_by="", decided_at=None
    )
    leave(by=actor.name, at=at, deed="undo_merge", about=f"firm:{merge.absorbed_id}", reason=reason.strip())
    return merge


@transaction.atomic
def reopen(pair_id: int, *, actor: Actor, at: datetime, reason: str) -> MatchPair:
    """Take back that two records are different firms: the question is open again.

    Raises:
        NotFound: no such question in the person's territory. BadValue: no reason.
        Conflict: it is open, or its answer came with a merge, which must be undone instead.
    """
    pair = pair_in(scope_of(actor, Permission.MATCH), pair_id)
    actor.check_may(Permission.MATCH, pair.place_id)
    if pair.state != MatchPair.State.DIFFERENT or pair.merge_id is not None:
        raise Conflict(msg("这条比对没有单独的结论可以撤销；已合并的请撤销合并。"))
    if not reason.strip():
        raise BadValue(msg("撤销结论须写明理由，请补充理由。"))
    pair.state, pair.decided_by, pair.decided_at = MatchPair.State.OPEN, "", None
    pair.save()
    leave(by=actor.name, at=at, deed="reopen_match", about=f"firm:{pair.firm_id}", reason=reason.strip())
    return pair


def _merge(kept: Firm, absorbed: Firm, deed: Deed) -> FirmMerge:
    if kept.absorbed_by_id or absorbed.absorbed_by_id or kept.pk == absorbed.pk:
        gone = absorbed if absorbed.absorbed_by_id else kept
        raise Conflict(msg("“{name}”已并入其他企业，请先撤销那次合并。", name=gone.name))
    effects: dict[str, Any] = {"moved": [], "entries": []}
    theirs = {case.roster_id: case for case in Case.objects.filter(firm=kept)}
    for case in Case.objects.select_related("roster", "now").filter(firm=absorbed).order_by("id"):
        if case.roster_id in theirs:
            effects["entries"] += [entry.id for entry in _absorb(case, theirs[case.roster_id], deed)]
        else:
            Case.objects.filter(pk=case.pk).update(firm=kept)
            effects["moved"].append(case.pk)
    absorbed.absorbed_by = kept
    absorbed.save()
    return FirmMerge.objects.create(
        kept=kept,
        absorbed=absorbed,
        decided_by=deed.actor.name,
        decided_at=deed.at,
        reason=deed.reason[:300],
        voidable_entries=effects,
    )


def _absorb(case: Case, kept: Case, deed: Deed) -> list[Fact]:
    """Take a doubled case off the roster; what counts of its parcels is told by the case that is kept, of the same day,
    so that a merge never changes what a parcel freed."""
    today, details = china_date(deed.at), {"reason": DUPLICATE, "why": deed.reason}
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
    return append(case.roster, drafts, by=deed.actor.name, at=deed.at)


def _void_all(entry_ids: list[int], deed: Deed) -> None:
    """Void what the merge had recorded, a case's entries together; what somebody voided already stays so."""
    gone = taken_back(entry_ids)
    case_ids = set(Entry.objects.filter(pk__in=entry_ids).values_list("case_id", flat=True))
    drafts: dict[int, list[Draft]] = defaultdict(list)
    for facts in facts_of_cases(case_ids).values():
        for fact in facts:
            if fact.id in entry_ids and fact.id not in gone and not causes_of(fact):
                drafts[fact.roster_id].append(turned_over(fact, facts, {"reason": deed.reason}))
    for roster in Roster.objects.filter(pk__in=list(drafts)):
        append(roster, drafts[roster.pk], by=deed.actor.name, at=deed.at)
