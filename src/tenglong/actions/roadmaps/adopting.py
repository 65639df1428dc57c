"""Adopting a roadmap: cases get batch, measure, team and day, their plans stand in the ledger; approving them."""

from datetime import date, datetime

from django.db import transaction

from tenglong.actions.ledger import append
from tenglong.actions.roadmaps.planning import locked
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.steps import check_other_person
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import DESCRIBED
from tenglong.domain.roadmap.process import ADOPTED, REPLACED, check_step
from tenglong.queries.roadmaps import parts_of
from tenglong.queries.roadmaps_adoption import (
    BEFORE_PLANS,
    PLANNED_STATE,
    changes_of,
    needs_second_person,
    states_of_lines,
)
from tenglong.queries.states import as_said
from tenglong.store.models import Roadmap


@transaction.atomic
def adopt(*, actor: Actor, at: datetime, roadmap: Roadmap, note: str = "") -> Roadmap:
    """Put a roadmap in force; the one that was in force for the roster and place is replaced.

    Each case that starts a measure gets its batch, measure, team and day. Those that had no plan get the entry
    `planned` in the ledger, and `approved` where who adopts did not make the roadmap (else `approve` waits for a
    second person). No case that is further goes back, and no figure changes.

    Raises:
        NotAllowed: the person may not; Conflict: it is not planned, or adopted already.
    """
    found = locked(roadmap)
    step = check_step("adopt", found.state)
    actor.check_may(step.permission, found.place_id)
    check_other_person(step, actor.name, parts_of(found))
    approves = not needs_second_person(found, actor)
    earlier = Roadmap.objects.filter(roster_id=found.roster_id, place_id=found.place_id, state=ADOPTED)
    replaced = list(earlier.values_list("pk", flat=True))
    earlier.update(state=REPLACED)
    found.state, found.adopted_by, found.adopted_at, found.adopted_on = (
        step.to,
        actor.name,
        at,
        china_date(at),
    )
    if note.strip():
        found.note = note.strip()[:300]
    if approves:
        found.approved_by, found.approved_at = actor.name, at
    found.save()
    _give_out(found, actor, at)
    _record(found, BEFORE_PLANS, "planned", by=actor.name, at=at)
    approved = _record(found, PLANNED_STATE, "approved", by=actor.name, at=at) if approves else 0
    leave(
        by=actor.name,
        at=at,
        deed="adopt_roadmap",
        about=f"roadmap:{found.pk}",
        plan=found.plan_digest,
        replaces=replaced,
        approved=approved,
    )
    return found


@transaction.atomic
def approve(*, actor: Actor, at: datetime, roadmap: Roadmap) -> Roadmap:
    """Approve the plans of the cases of an adopted roadmap that still wait for it.

    Raises:
        NotAllowed: the person may not, or made or adopted the roadmap; Conflict: it is not in force, or approved.
    """
    found = locked(roadmap)
    step = check_step("approve", found.state)
    actor.check_may(step.permission, found.place_id)
    check_other_person(step, actor.name, parts_of(found))
    if found.approved_by:
        raise Conflict(msg("这份路线图的方案已由{name}批准。", name=found.approved_by))
    found.approved_by, found.approved_at = actor.name, at
    found.save(update_fields=["approved_by", "approved_at"])
    approved = _record(found, PLANNED_STATE, "approved", by=actor.name, at=at)
    leave(by=actor.name, at=at, deed="approve_roadmap", about=f"roadmap:{found.pk}", approved=approved)
    return found


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
