"""Adopting a roadmap: cases get batch, measure, team and day, their plans stand in the ledger; approving them."""

from datetime import date, datetime

from tenglong.actions.ledger.appending import append
from tenglong.actions.roadmap.courses import ROADMAP
from tenglong.actions.steps import Done, Taking, happen, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import DESCRIBED
from tenglong.domain.roadmap.process import ADOPTED
from tenglong.queries.ledger.states import as_said
from tenglong.queries.roadmap.adoption import (
    BEFORE_PLANS,
    PLANNED_STATE,
    changes_of,
    dates_not_kept,
    in_force_before,
    states_of_lines,
)
from tenglong.queries.roadmap.steps import needs_second_person
from tenglong.store.models import Roadmap


def adopt(*, actor: Actor, at: datetime, roadmap: Roadmap, note: str = "", dates_seen: int = 0) -> Roadmap:
    """Put a roadmap in force; the one that was in force for the roster and place is replaced.

    Each case that starts a measure gets its batch, measure, team and day. Those that had no plan get the entry
    `planned` in the ledger, and `approved` where who adopts did not make the roadmap (else `approve` waits for a
    second person). No case that is further goes back, and no figure changes. `dates_seen` says how many dates that the
    roadmap in force announced and this one does not keep were looked at: all of them have to be.

    Raises:
        NotAllowed: the person may not; Conflict: it is not planned, or adopted already, or dates were not looked at.
    """
    return take(ROADMAP, "adopt", roadmap, actor=actor, at=at, note=note, dates_seen=dates_seen)


def approve(*, actor: Actor, at: datetime, roadmap: Roadmap) -> Roadmap:
    """Approve the plans of the cases of an adopted roadmap that still wait for it.

    Raises:
        NotAllowed: the person may not, or made or adopted the roadmap; Conflict: it is not in force, or approved.
    """
    return take(ROADMAP, "approve", roadmap, actor=actor, at=at)


@ROADMAP.effect("adopt", deed="adopt_roadmap")
def _adopt(taking: Taking[Roadmap], *, note: str, dates_seen: int) -> Done:
    found, actor, at = taking.subject, taking.actor, taking.at
    _check_seen(found, dates_seen)
    approves = not needs_second_person(found, actor)
    replaced = _replace_earlier(found)
    found.adopted_by, found.adopted_at, found.adopted_on = actor.name, at, china_date(at)
    if note.strip():
        found.note = note.strip()[:300]
    if approves:
        found.approved_by, found.approved_at = actor.name, at
    _give_out(found, actor, at)
    _record(found, BEFORE_PLANS, "planned", by=actor.name, at=at)
    approved = _record(found, PLANNED_STATE, "approved", by=actor.name, at=at) if approves else 0
    return Done({"plan": found.plan_digest, "replaces": replaced, "approved": approved})


@ROADMAP.effect("approve", deed="approve_roadmap")
def _approve(taking: Taking[Roadmap]) -> Done:
    found, actor, at = taking.subject, taking.actor, taking.at
    found.approved_by, found.approved_at = actor.name, at
    return Done({"approved": _record(found, PLANNED_STATE, "approved", by=actor.name, at=at)})


def _check_seen(roadmap: Roadmap, seen: int) -> None:
    """Raises Conflict: announced dates never slide without somebody having looked at each."""
    count = len(dates_not_kept(roadmap, in_force_before(roadmap)))
    if seen != count:
        problem = (
            "采纳后有 {count} 户已公布的安排不能照原定日期办理，请先逐户看过“原定—现定”清单，"
            "并确认这一户数（您确认的是 {seen} 户）。"
        )
        raise Conflict(msg(problem, count=count, seen=seen))


def _replace_earlier(roadmap: Roadmap) -> list[int]:
    """The roadmap that was in force for the roster and place is replaced; its number, if there was one."""
    earlier = list(Roadmap.objects.filter(roster=roadmap.roster_id, place=roadmap.place_id, state=ADOPTED))
    for one in earlier:
        happen(ROADMAP, "replaced", one)
        one.save(update_fields=["state"])
    return [one.pk for one in earlier]


def _give_out(roadmap: Roadmap, actor: Actor, at: datetime) -> None:
    """Batch, measure, team and day of each case, said in the ledger."""
    day = china_date(at)
    drafts = [
        Draft(one.case.pk, DESCRIBED, day, details={"said": as_said(one.after), "roadmap": roadmap.pk})
        for one in changes_of(roadmap)
    ]
    append(roadmap.roster, drafts, by=actor.name, at=at)


def _record(roadmap: Roadmap, state: str, kind: str, *, by: str, at: datetime) -> int:
    """Write an entry for each case that stands in `state`; how many there were."""
    day: date = china_date(at)
    cases = [case for case, now in states_of_lines(roadmap).items() if now == state]
    details = {"roadmap": roadmap.pk, "requested_by": roadmap.requested_by}
    append(roadmap.roster, [Draft(case, kind, day, details=details) for case in sorted(cases)], by=by, at=at)
    return len(cases)
