"""What adopting a roadmap would change, and what the roadmap in force says of one case."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.roadmap.process import ADOPTED
from tenglong.domain.roadmap.promises import Fate
from tenglong.domain.roadmap.slips import days_late, reached_on
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.firm_cases import CaseNow
from tenglong.queries.roadmap.calendar import counting_of
from tenglong.queries.roadmap.lines import LineRow, MilestoneRow, all_lines, line_of, town_of
from tenglong.queries.roadmap.overview import RoadmapNamed, adopted_roadmap
from tenglong.queries.roadmap.promises import PromiseRow, promise_rows
from tenglong.queries.roadmap.steps import needs_second_person
from tenglong.store.models import Case, CaseState, Roadmap, RoadmapLine, RoadmapMilestone

BEFORE_PLANS, PLANNED_STATE = "target", "planned"
"""The states of a case to which a plan is new, and in which it waits for its approval."""
ATTRIBUTES = ("batch", "measure", "team", "due_on")


@dataclass(frozen=True)
class AdoptionPreview:
    """What would happen: `changed` of `cases` get another batch, measure, team or day; `entries` are written by kind.

    `further` cases are past their plan already and stay where they are. `replaces` is the roadmap now in force, `dates`
    what it announced and would not be kept, case by case; `second_person` says that the approval of the plans waits for
    somebody else.
    """

    cases: int
    changed: int
    entries: dict[str, int]
    further: int
    replaces: RoadmapNamed | None
    dates: tuple[PromiseRow, ...]
    second_person: bool


@dataclass(frozen=True)
class PlannedMilestone:
    """A milestone of a case: `done_on` when it was reached, `days` late (0: in time, or not due yet).

    One that is not reached is counted anew when a notice of holidays is entered; `provisional`: it may move with one.
    """

    kind: str
    due_on: date
    provisional: bool
    done_on: date | None
    days: int


@dataclass(frozen=True)
class CasePlan:
    """What the roadmap in force says of a case."""

    roadmap: RoadmapNamed
    line: LineRow
    milestones: tuple[PlannedMilestone, ...]


@dataclass(frozen=True)
class Change:
    """A case whose attributes differ from its line: before and after, by name."""

    case: Case
    before: dict[str, Any]
    after: dict[str, Any]


def adoption_preview(roadmap: Roadmap, actor: Actor) -> AdoptionPreview:
    """What adopting would do if `actor` did it now; call it with a roadmap that the person sees whole."""
    states = states_of_lines(roadmap)
    counts = Counter(states.values())
    second = needs_second_person(roadmap, actor)
    entries = {"planned": counts[BEFORE_PLANS]}
    if not second:
        entries["approved"] = counts[BEFORE_PLANS] + counts[PLANNED_STATE]
    current = in_force_before(roadmap)
    return AdoptionPreview(
        cases=len(states),
        changed=len(changes_of(roadmap)),
        entries={kind: count for kind, count in entries.items() if count},
        further=len(states) - counts[BEFORE_PLANS] - counts[PLANNED_STATE],
        replaces=RoadmapNamed.of(current) if current else None,
        dates=tuple(dates_not_kept(roadmap, current)),
        second_person=second,
    )


def in_force_before(roadmap: Roadmap) -> Roadmap | None:
    """The roadmap that adopting this one would replace."""
    rows = Roadmap.objects.filter(roster_id=roadmap.roster_id, place_id=roadmap.place_id, state=ADOPTED)
    return rows.exclude(pk=roadmap.pk).first()


def dates_not_kept(roadmap: Roadmap, current: Roadmap | None) -> list[PromiseRow]:
    """What the roadmap in force announced and this one does not keep: to be seen before it is adopted."""
    if current is None:
        return []
    fates = [fate for fate in Fate if fate != Fate.KEPT]
    return promise_rows(roadmap, Scope(everywhere=True), fates, before=current)


def states_of_lines(roadmap: Roadmap) -> dict[int, str]:
    """The states of the cases for which something is planned, as they stand now."""
    planned = RoadmapLine.objects.filter(roadmap=roadmap).exclude(measure="")
    rows = CaseState.objects.filter(case__in=planned.values("case_id")).values_list("case_id", "state")
    return dict(rows)


def changes_of(roadmap: Roadmap) -> list[Change]:
    """The cases that adopting would change, to the days as they count now; a line without a team leaves the team."""
    done_on = _moved(roadmap)
    lines = RoadmapLine.objects.filter(roadmap=roadmap).exclude(measure="").select_related("case")
    found = []
    for line in lines.defer("amounts", "checks").order_by("case_id").iterator(chunk_size=2_000):
        case = line.case
        wanted = {
            "batch": line.batch,
            "measure": line.measure,
            "team": line.team or case.team,
            "due_on": done_on.get(line.case_id, line.done_on),
        }
        after = {name: value for name, value in wanted.items() if getattr(case, name) != value}
        if after:
            found.append(Change(case, {name: getattr(case, name) for name in after}, after))
    return found


def _moved(roadmap: Roadmap) -> dict[int, date | None]:
    """The last day of each case, where a notice of holidays was entered since the roadmap was planned."""
    if not counting_of(roadmap).moved:
        return {}
    return {line.row.case_id: line.row.done_on for line in all_lines(roadmap, Scope(everywhere=True))}


def planned_of_case(case: Case | CaseNow, scope: Scope, today: date) -> CasePlan | None:
    """What the roadmap in force says of a case, with what was reached; None where no roadmap speaks of it."""
    code, _ = town_of(case.place_id, today)
    roadmap = adopted_roadmap(case.roster, scope, code)
    if roadmap is None:
        return None
    try:
        line = line_of(roadmap, case.id, scope)
    except NotFound:
        return None
    return CasePlan(RoadmapNamed.of(roadmap), line.row, _milestones(roadmap, case, line.milestones, today))


def _milestones(
    roadmap: Roadmap, case: Case | CaseNow, counted: Sequence[MilestoneRow], today: date
) -> tuple[PlannedMilestone, ...]:
    words, stands = vocabulary(), dict[str, date]()
    for fact in surviving_history(facts_of_cases([case.id])[case.id]):
        kind = words.kind(fact.kind)
        if kind.on:
            stands[kind.slot] = fact.effective_on
        else:
            stands.pop(kind.slot, None)
    rows = list(RoadmapMilestone.objects.filter(roadmap=roadmap, case_id=case.id).order_by("due_on", "id"))
    reached = reached_on([(row.slot, row.due_on) for row in rows], stands)
    return tuple(
        PlannedMilestone(one.kind, one.due_on, one.provisional, None, days_late(one.due_on, None, today))
        if day is None
        else PlannedMilestone(row.kind, row.due_on, False, day, days_late(row.due_on, day, today))
        for row, one, day in zip(rows, counted, reached, strict=True)
    )
