"""A planned roadmap as it is kept: lines, milestones, summed flows, totals, checks and prices."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tenglong.actions.roadmap.searching import point_row
from tenglong.domain.kernel.quantities import half_up, to_micro
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.roadmap.accounts import committed_of
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.building import LinePlan
from tenglong.domain.roadmap.plans import Plan, Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.shadow_prices import ShadowPrice, shadow_prices
from tenglong.domain.roadmap.three_ables.checks import worst
from tenglong.domain.roadmap.three_ables.judging import ThreeAbles
from tenglong.domain.roadmap.what_if import totals
from tenglong.domain.roadmap.wording import Names
from tenglong.queries.ledger.fold import last_id_at
from tenglong.queries.roadmap.histories import payments_of_cases
from tenglong.queries.roadmap.results import PriceRow
from tenglong.queries.roadmap.views import COMMITTED, PAID
from tenglong.store.bulk import as_json, insert
from tenglong.store.models import Case, Roadmap, RoadmapFlow, RoadmapLine, RoadmapMilestone

LINE_COLUMNS = (
    "roadmap_id", "case_id", "place_id", "zone", "team", "batch", "measure", "start_on", "done_on", "fixed", "adjusted",
    "amounts", "checks", "outcome",
)  # fmt: skip
MILESTONE_COLUMNS = ("roadmap_id", "case_id", "place_id", "kind", "slot", "due_on")
FLOW_COLUMNS = ("roadmap_id", "place_id", "zone", "team", "measure", "start_on", "amount", "day", "quantity")
SPREAD = ("money", "staff_days", "appraisals", "legal")
"""Amounts that a line says day by day; the others come when the case is done."""
GAP_PLACES, PRICE_PLACES = 8, 8


@dataclass(frozen=True)
class Placed:
    """Where a case is, as the roadmap names it."""

    place_id: int
    zone: str
    team: str


@dataclass(frozen=True)
class Moved:
    """What one case brings, takes or was paid on a day."""

    id: str
    amount: str
    day: date
    quantity: Decimal


@dataclass(frozen=True)
class Outcome:
    """Everything that planning found: the plan in days, and judged. `owed` is what contracts of cases that take no part
    any more still pay, `adjusted` are the cases changed by hand."""

    problem: Problem
    solution: Solution
    plan: Plan
    lines: Sequence[LinePlan]
    placed: Mapping[str, Placed]
    ables: ThreeAbles
    names: Names
    facts: Mapping[str, FirmFacts]
    owed: Sequence[Moved]
    adjusted: frozenset[str] = frozenset()


def put_lines(roadmap: Roadmap, outcome: Outcome) -> None:
    """Write lines, milestones and flows; call it while the roadmap is being planned."""
    placed, lines = outcome.placed, [line for line in outcome.lines if line.id in outcome.placed]
    insert(RoadmapLine, LINE_COLUMNS, (_line(roadmap.pk, one, outcome) for one in lines))
    words = vocabulary()
    insert(
        RoadmapMilestone,
        MILESTONE_COLUMNS,
        [
            (roadmap.pk, int(one.id), placed[one.id].place_id, kind, words.kind(kind).slot, due_on)
            for one in lines
            for kind, due_on in one.milestones
        ],
    )
    moves = [*_history(roadmap, outcome), *outcome.owed]
    insert(RoadmapFlow, FLOW_COLUMNS, ((roadmap.pk, *row) for row in _flows(lines, moves, outcome)))


def fill(roadmap: Roadmap, outcome: Outcome) -> None:
    """Write what the roadmap says of itself as a whole into its columns, without saving it."""
    problem, solution = outcome.problem, outcome.solution
    roadmap.status, roadmap.reason = solution.status, solution.reason
    roadmap.method = solution.method
    roadmap.value = f"{problem.aim.natural(outcome.plan.value):f}"
    certificate = solution.certificate
    roadmap.bound = f"{problem.aim.natural(certificate.bound):f}" if certificate else ""
    gap = _worst_gap(problem, solution)
    roadmap.gap = "" if gap is None else f"{half_up(gap, GAP_PLACES):f}"
    roadmap.trajectory = [point_row(problem, one) for one in solution.trajectory]
    roadmap.totals = {name: f"{amount:f}" for name, amount in totals(problem, outcome.plan).items()}
    roadmap.checks = [one.to_json() for one in outcome.ables.plan]
    if certificate:
        prices = shadow_prices(problem, outcome.plan, certificate, outcome.names)
        roadmap.prices = [_price(one).to_json() for one in prices]


def _worst_gap(problem: Problem, solution: Solution) -> Fraction | None:
    """What is proven for every aim of a list: the largest of their gaps; None where one is not known."""
    gaps = [solution.gap, *(one.reached.gap for one in problem.floors if one.reached is not None)]
    known = [one for one in gaps if one is not None]
    return max(known) if len(known) == len(gaps) else None


def places_of(ids: Sequence[str]) -> dict[str, int]:
    """The place of each case, by its number as text."""
    found: dict[str, int] = {}
    for start in range(0, len(ids), 900):
        part = [int(id) for id in ids[start : start + 900]]
        found |= {
            str(id): place for id, place in Case.objects.filter(pk__in=part).values_list("id", "place_id")
        }
    return found


def _line(roadmap_id: int, line: LinePlan, outcome: Outcome) -> tuple[Any, ...]:
    where, checks = outcome.placed[line.id], outcome.ables.firms.get(line.id, ())
    return (
        roadmap_id,
        int(line.id),
        where.place_id,
        where.zone,
        where.team,
        line.batch,
        line.measure,
        line.start_on,
        line.done_on,
        line.fixed,
        line.id in outcome.adjusted,
        as_json({name: f"{amount:f}" for name, amount in line.amounts.items()}),
        as_json([one.to_json() for one in checks]),
        worst(one.outcome for one in checks) if line.measure else "",
    )


def _history(roadmap: Roadmap, outcome: Outcome) -> Iterator[Moved]:
    """What was paid to each case by the day of the facts, and what its contract takes on that day."""
    at = AsOf(roadmap.facts_on, last_id_at(roadmap.roster_id, roadmap.known_at))
    for case, day, value in payments_of_cases(roadmap.roster_id, at):
        if str(case) in outcome.facts:
            yield Moved(str(case), PAID, day, value)
    for firm in outcome.facts.values():
        if committed := committed_of(firm):
            yield Moved(firm.id, COMMITTED, roadmap.facts_on, committed)


def _flows(lines: Sequence[LinePlan], moves: Sequence[Moved], outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    """Everything summed; money of a case without a line counts for the measure that was decided for it."""
    sums: dict[tuple[Any, ...], int] = defaultdict(int)
    planned = {line.id: line for line in lines if line.measure}
    for one in (*(move for line in lines for move in _moves(line)), *moves):
        where, line, firm = outcome.placed[one.id], planned.get(one.id), outcome.facts[one.id]
        measure = line.measure if line else firm.measure
        start = (line and line.start_on) or firm.signed_on or one.day
        sums[where.place_id, where.zone, where.team, measure, start, one.amount, one.day] += to_micro(
            one.quantity
        )
    return ((*key, micro) for key, micro in sums.items() if micro)


def _moves(line: LinePlan) -> Iterator[Moved]:
    if line.done_on is None:
        return
    by_day = {
        "money": line.cash,
        "staff_days": line.staff,
        "appraisals": line.appraisals,
        "legal": line.legal,
    }
    for amount in SPREAD:
        for day, quantity in by_day[amount]:
            yield Moved(line.id, amount, day, quantity)
    for amount, quantity in line.amounts.items():
        if amount not in SPREAD:
            yield Moved(line.id, amount, line.done_on, quantity)


def _price(one: ShadowPrice) -> PriceRow:
    return PriceRow(
        limit=one.limit,
        label=one.label,
        unit=one.unit,
        per_unit=half_up(one.per_unit, PRICE_PLACES),
        step=one.step,
        per_step=half_up(one.per_step, PRICE_PLACES),
        sentences=one.sentences,
    )
