"""What comes after a file: who accepts it, and once it counts what is to be settled, approved and frozen."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign import evidence
from tenglong.domain.campaign.cases import machine
from tenglong.queries.access.names import holders
from tenglong.queries.intake.imports import uploaders
from tenglong.queries.registry.territory import territory
from tenglong.store.models import CaseState, Import, MatchPair, Roster, User

NOBODY = "nobody"
SETTLES_ROSTER = ("pushed_roster", "roster_review")


@dataclass(frozen=True)
class NextStep:
    """Something to do after a file: `step` is accept, mend, settle, decide, freeze, list or evaluate.

    `count` of rows, questions or cases; `owner` is the role whose turn it is; `who` may do it (user names), where it
    is not the asker's own to do.
    """

    step: str
    count: int = 0
    owner: str = ""
    roster: str = ""
    who: tuple[str, ...] = ()
    own: bool = True


def next_steps(batch: Import, actor: Actor, today: date) -> tuple[NextStep, ...]:
    """What is to be done next about a file, in the order in which it is best done."""
    if batch.state == Import.State.STAGED:
        return (_accept(batch, actor, today),)
    if batch.state != Import.State.ACCEPTED:
        return ()
    found = [NextStep("mend", batch.rejected)] if batch.rejected else []
    if questions := MatchPair.objects.filter(batch=batch, state__in=MatchPair.WAITING).count():
        found.append(_by(NextStep("settle", questions), Permission.MATCH, _place(batch), actor, today))
    if batch.roster:
        found += _of_roster(batch, batch.roster, actor, today)
    else:
        found.append(NextStep("list" if batch.kind == "firms" else "evaluate"))
    return tuple(found)


def _accept(batch: Import, actor: Actor, today: date) -> NextStep:
    """By a second person where the file approves: not by who handed it in, nor by who handed in what it approves."""
    step = NextStep("accept", batch.inserted + batch.updated)
    step = _by(step, Permission.ACCEPT, _place(batch), actor, today)
    approves = any(evidence.approves(kind) for kind, _ in batch.summary.get("recordings", ()))
    if not approves:
        return step
    hands = {*(person for _, person in batch.summary.get("hands", ())), *uploaders(batch)}
    ids = [person for person in hands if isinstance(person, int)]
    barred = hands | set(User.objects.filter(pk__in=ids).values_list("username", flat=True))
    who = tuple(name for name in step.who if name not in barred)
    return replace(step, who=who, own=step.own and actor.known_as.isdisjoint(hands))


def _of_roster(batch: Import, roster: Roster, actor: Actor, today: date) -> list[NextStep]:
    """Whose turn it is with the cases of the file, and the freezing of what it made of the roster."""
    cases = batch.rows.filter(case_id__isnull=False).values("case_id")
    states = CaseState.objects.filter(case_id__in=cases).values_list("state").annotate(n=Count("case_id"))
    turns = Counter[str]()
    for state, count in states:
        turns[machine().states[state].owner] += count
    del turns[NOBODY]
    found = [NextStep("decide", turns[owner], owner, roster.code) for owner in sorted(turns)]
    frozen = roster.versions.filter(frozen_at__gte=batch.decided_at).exists()
    if batch.kind in SETTLES_ROSTER and not frozen:
        step = NextStep("freeze", roster=roster.code)
        found.append(_by(step, Permission.FREEZE, roster.place_id, actor, today))
    return found


def _by(step: NextStep, permission: Permission, place_id: int, actor: Actor, today: date) -> NextStep:
    """The step with those who may take it, and whether the asker is one of them."""
    who = holders(permission, place_id, territory().at(today))
    return replace(step, who=who, own=actor.may(permission, place_id))


def _place(batch: Import) -> int:
    return territory().at(batch.business_day).place(batch.code).id
