"""待我办理: what a person may do now, on what, since when and by when.

A task is a step that the process engine offers this person, or an entry that a case is ready for: what stands here can
be taken by the button to which it leads. What must wait (`barred`) is no task.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from tenglong.domain.access.policy import Actor, Scope, scope_of
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.campaign.cases import Move, machine
from tenglong.domain.campaign.evidence import permission_for
from tenglong.domain.campaign.lateness import due
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.process import Step
from tenglong.queries.campaign.rosters import RosterView
from tenglong.queries.campaign.steps import NextSteps, next_steps
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.matters import matter_of, open_steps
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import recorded, remembered
from tenglong.store.models import Case, Evaluation, Import, Objection, Roadmap, Scheme

AT_MOST = 8
"""So many cases are named one by one; the list holds the others."""
LOOKED_AT = 40
"""Among so many cases, the most urgent first, those are sought that this person may take a step of."""
NEWEST = 100
"""So many things of each kind are asked for their steps."""
DUTIES = {
    "import": {"staged": "accept", "failed": "restage"},
    "scheme": {"draft": "put_in_force"},
    "evaluation": {"failed": "retry", "draft": "publicise", "revised": "publicise", "publicised": "finalise"},
    "objection": {"open": "decide"},
    "roadmap": {"failed": "retry", "planned": "adopt", "adopted": "approve"},
}
"""The step with which a thing goes on from where it stands; other steps may be taken, and are nobody's duty."""


@dataclass(frozen=True)
class Task:
    """A step of a thing: `page` is the address of the thing by its name, with its id."""

    step: Step
    on: str
    page: str
    id: int
    since: date
    by: date | None = None


@dataclass(frozen=True)
class CaseTask:
    """An entry that a case waits for; `late` is how many days it is past its day. Of a case that is done, and waits
    for what comes afterwards, `by` is None."""

    kind: str
    case_id: int
    firm: str
    roster: RosterView
    since: date | None
    by: date | None
    late: int


def tasks_of(actor: Actor, today: date) -> list[Task]:
    """The steps that others' work waits for, the most urgent first."""
    found = [task for rows in _things(actor) for task in _tasks(rows, actor, today)]
    return sorted(found, key=lambda task: (task.by or date.max, task.since, task.page, task.id))


def case_tasks(actor: Actor, today: date) -> list[CaseTask]:
    """The cases that wait for this person, those due first at the head; kept until something is recorded."""
    person = hash((actor.known_as, actor.only, tuple((grant.role, grant.places) for grant in actor.grants)))
    return remembered(f"case-tasks:{person}:{today}:{recorded()}", lambda: _case_tasks(actor, today))


def forward(state: str, held: Iterable[str]) -> Move | None:
    """The move with which people of these roles take a case on from `state`; a way out with a reason is none."""
    grants = {permission for role in held for permission in roles()[role].grants}
    moves = (move for move in machine().leaving(state) if state in move.sources and not move.reason)
    return next((move for move in moves if permission_for(move.kind) in grants), None)


def _case_tasks(actor: Actor, today: date) -> list[CaseTask]:
    cases = list(_waiting(actor)[:LOOKED_AT])
    facts = facts_of_cases([case.pk for case in cases])
    steps = ((case, _forward_step(next_steps(case, actor, today, facts[case.pk]))) for case in cases)
    return list(islice((_case_task(case, kind, today) for case, kind in steps if kind), AT_MOST))


def _forward_step(steps: NextSteps) -> str:
    """The first step that this person may take now and that leads on; "" where there is none."""
    open_ = (step for step in steps.moves if not step.barred and not step.reason)
    return next((step.kind.id for step in open_), "")


def _waiting(actor: Actor) -> QuerySet[Case]:
    """The cases whose turn is one of the person's roles and that these can take on, the most urgent first."""
    turns = Q(pk__in=[])
    for grant in actor.grants:
        owned = [state.id for state in machine().states.values() if state.owner == grant.role]
        states = [state for state in owned if forward(state, [grant.role])]
        turns |= Q(place_id__in=grant.places, now__state__in=states)
    cases = Case.objects.filter(turns).select_related("firm", "roster", "roster__place", "now")
    undone = F("now__done_on").asc(nulls_first=True)
    return cases.order_by(undone, Coalesce("due_on", "roster__deadline"), "now__state_on", "pk")


def _case_task(case: Case, kind: str, today: date) -> CaseTask:
    by = due(case.due_on, case.roster.deadline)
    is_target, is_done = case.now.target_on is not None, case.now.done_on is not None
    return CaseTask(
        kind=kind,
        case_id=case.pk,
        firm=case.firm.name,
        roster=RosterView.of(case.roster),
        since=case.now.state_on,
        by=None if is_done else by.on,
        late=by.days_late(today, is_target=is_target, is_done=is_done),
    )


def _things(actor: Actor) -> Iterator[QuerySet[Any]]:
    """What may wait for a step of this person, by kind, the newest first; nothing outside their territory."""
    scope = scope_of(actor, Permission.VIEW)
    codes = [place.code for place in _places(scope)]
    yield Import.objects.filter(code__in=codes, state__in=DUTIES["import"])
    for model, kind in ((Scheme, "scheme"), (Roadmap, "roadmap")):
        yield _near(model.objects.filter(state__in=[*DUTIES[kind], "computing"]), scope)
    yield _near(Evaluation.objects.filter(state__in=[*DUTIES["evaluation"], "computing"]), scope)
    yield _near(Objection.objects.filter(state="open").select_related("evaluation"), scope)


def _places(scope: Scope) -> list[Any]:
    known = territory().places.values()
    return [place for place in known if scope.everywhere or place.id in scope.places]


def _near(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    return rows if scope.everywhere else rows.filter(place_id__in=scope.places)


def _tasks(rows: QuerySet[Any], actor: Actor, today: date) -> Iterator[Task]:
    """The tasks of things of one kind; of those of one title only the newest."""
    seen = set()
    for thing in rows.order_by("-pk")[:NEWEST]:
        matter = matter_of(thing)
        duty = DUTIES[matter.process.id].get(matter.state)
        offer = next((one for one in open_steps(thing, actor, today) if one.step.id == duty), None)
        if offer is None or offer.barred:
            continue
        on, page, since = _said(thing)
        if isinstance(thing, Roadmap) and (thing.roster_id, thing.place_id, duty) in seen:
            continue
        seen.add((getattr(thing, "roster_id", None), getattr(thing, "place_id", None), duty))
        yield Task(offer.step, on, page, thing.pk, china_date(since), getattr(thing, "due_on", None))


def _said(thing: Any) -> tuple[str, str, datetime]:
    """What a thing is called, its page, and since when it is as it is."""
    match thing:
        case Import():
            return thing.filename, "imports.one", thing.uploaded_at
        case Scheme():
            return thing.title, "evaluations.scheme", thing.imported_at
        case Evaluation():
            return (
                f"{thing.year} {thing.scheme.title}",
                "evaluations.one",
                thing.computed_at or thing.requested_at,
            )
        case Objection():
            return thing.firm.name, "evaluations.objection", thing.recorded_at
        case _:
            return thing.title, "roadmaps.one", thing.adopted_at or thing.computed_at or thing.requested_at
