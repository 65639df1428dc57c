"""A roadmap changed by hand, before it is kept: what the change breaks, what it costs, and what would be otherwise."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.adjusting import (
    Choice,
    Verdict,
    adjusted,
    changed_firms,
    options_in_words,
    verdict,
)
from tenglong.domain.roadmap.generation.building import LinePlan
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.three_ables.checks import Check
from tenglong.domain.roadmap.wording import Names
from tenglong.queries.roadmap.files import generated_of, in_days, problem_of, solution_of
from tenglong.queries.roadmap.lines import line_of
from tenglong.queries.roadmap.names import names_of
from tenglong.queries.roadmap.overview import check_sees_all
from tenglong.queries.roadmap.settings import settings_of
from tenglong.store.models import Roadmap

Choices = Mapping[int, tuple[str, date] | None]
"""Measure and start by case; None: it waits."""
GAP_PLACES = 8


@dataclass(frozen=True)
class Changed:
    """A plan with some choices changed by hand, against the problem and certificate of the roadmap."""

    problem: Problem
    plan: Plan
    certificate: Certificate | None
    verdict: Verdict
    firms: frozenset[str]
    names: Names


@dataclass(frozen=True)
class LineChange:
    """A case whose option would change: measure, start and last day before and after; without a measure it waits."""

    case_id: int
    name: str
    before: tuple[str, date | None, date | None]
    after: tuple[str, date | None, date | None]


@dataclass(frozen=True)
class Preview:
    """What would happen: `broken` says what the change breaks (nothing: it is `allowed`), `difference` what it costs.

    `gap` is a share, against the same certified bound; `checks` are the three-ables of the changed plan.
    """

    allowed: bool
    broken: tuple[Message, ...]
    difference: Message
    value: Decimal
    gap: Decimal | None
    lines: tuple[LineChange, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class OptionRow:
    """What a case may be changed to; without a measure it waits. `chosen` is what the roadmap says now."""

    measure: str
    start_on: date | None
    label: Message
    chosen: bool


def preview_adjustment(roadmap: Roadmap, choices: Choices, scope: Scope) -> Preview:
    """What changing the roadmap by hand would do; nothing is written.

    Raises:
        NotFound: the person may see a part of the roadmap only.
        BadValue: a case has no such option; Conflict: the rules by which options are made have changed since.
    """
    check_sees_all(roadmap, scope)
    found = changed_by_hand(roadmap, choices, scope)
    generated = generated_of(roadmap)
    planned, ables = in_days(generated, found.problem, found.plan)
    gap = found.verdict.gap
    return Preview(
        allowed=not found.verdict.broken,
        broken=found.verdict.broken,
        difference=found.verdict.difference,
        value=found.problem.aim.natural(found.plan.value),
        gap=None if gap is None else half_up(gap, GAP_PLACES),
        lines=_line_changes(roadmap, planned, found),
        checks=ables.plan,
    )


def changed_by_hand(roadmap: Roadmap, choices: Choices, scope: Scope) -> Changed:
    """The plan with these choices, and what is wrong with it; raises BadValue where a case has no such option."""
    problem, plan, certificate = solution_of(roadmap)
    names = names_of(roadmap, scope)
    starts = settings_of(roadmap).periods
    wanted: dict[str, Choice] = {
        str(case): None if said is None else (said[0], max(bisect_right(starts, said[1]), 1))
        for case, said in choices.items()
    }
    changed = adjusted(problem, plan, wanted, names)
    firms = frozenset(problem.firms.ids[firm] for firm in changed_firms(plan, changed))
    judged = verdict(problem, plan, changed, certificate, names)
    return Changed(problem, changed, certificate, judged, firms, names)


def options_of(roadmap: Roadmap, case_id: int, scope: Scope) -> tuple[OptionRow, ...]:
    """What a case may be changed to, waiting last.

    Raises:
        NotFound: the case has no line, or not for this person.
    """
    row = line_of(roadmap, case_id, scope).row
    problem = problem_of(roadmap)
    firm = problem.firms.ids.index(str(case_id))
    found = []
    for choice, said in options_in_words(problem, firm, Names(measures=names_of(roadmap, scope).measures)):
        measure, start_on = ("", None) if choice is None else (choice[0], problem.starts[choice[1] - 1])
        label = said if isinstance(said, Message) else Message(said)
        found.append(OptionRow(measure, start_on, label, (measure, start_on) == (row.measure, row.start_on)))
    return tuple(found)


def _line_changes(roadmap: Roadmap, planned: list[LinePlan], found: Changed) -> tuple[LineChange, ...]:
    ids = [int(id) for id in found.firms if id.isdigit()]
    before = {
        str(case): (measure, start_on, done_on)
        for case, measure, start_on, done_on in roadmap.lines.filter(case_id__in=ids).values_list(
            "case_id", "measure", "start_on", "done_on"
        )
    }
    return tuple(
        LineChange(
            int(line.id),
            found.names.firm(line.id),
            before[line.id],
            (line.measure, line.start_on, line.done_on),
        )
        for line in planned
        if line.id in before and line.id in found.firms
    )
