"""A plan in days: what each firm does when, with its milestones and payments (docs/algorithms/roadmap.md 10)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from tenglong.domain.roadmap.facts import TENANT
from tenglong.domain.roadmap.generation.land import LAND
from tenglong.domain.roadmap.generation.parts import Generated, LinePlan
from tenglong.domain.roadmap.generation.timing import spread
from tenglong.domain.roadmap.measures import CAPACITIES, measures
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS, Problem

HANDED_OVER = "handed_over"


def lines(generated: Generated, problem: Problem, plan: Plan) -> list[LinePlan]:
    """One line for each case of the problem, in its order; cases that wait have an empty one.

    A landlord hands over only when the tenants that take part are out; where one waits its land is not free.
    """
    names, found = problem.measures.names, {}
    begun = {id for id, start in zip(problem.firms.ids, plan.start, strict=True) if start != WAITS}
    for number, id in enumerate(problem.firms.ids):
        if id in generated.offers:
            found[id] = LinePlan(id)
            if plan.measure[number] != WAITS:
                name = names[problem.measures.name[plan.measure[number]]]
                landless = id in generated.parcels and generated.parcels[id] not in begun
                found[id] = _line(id, name, generated, int(plan.start[number]), landless)
    for landlord, out in _last_tenant_out(generated, found).items():
        found[landlord] = _handed_over_after(found[landlord], out)
    return list(found.values())


def _line(id: str, name: str, generated: Generated, start: int, landless: bool) -> LinePlan:
    offer = generated.offers[id][name]
    table = offer.timetable
    amounts = dict(offer.amounts) | {
        "money": offer.money[start - offer.first],
        "bonus": offer.bonus[start - offer.first],
    }
    kinds = measures().amounts
    due = {
        amount: spread(amounts[amount], table.parts(amount, start), kinds[amount].places)
        for amount in ("money", "staff_days", *CAPACITIES)
        if amounts.get(amount)
    }
    return LinePlan(
        id=id,
        measure=name,
        batch=offer.batch,
        start_on=table.signed_on or table.horizon.starts[start],
        done_on=table.done_on(start),
        fixed=id in generated.fixed,
        amounts={
            amount: value for amount, value in amounts.items() if value and not (landless and amount == LAND)
        },
        milestones=tuple(zip((step.kind for step in table.steps), table.days[start], strict=True)),
        cash=due.get("money", ()),
        staff=due.get("staff_days", ()),
        appraisals=due.get("appraisals", ()),
        legal=due.get("legal", ()),
    )


def _last_tenant_out(generated: Generated, found: Mapping[str, LinePlan]) -> dict[str, date]:
    """By landlord that takes part, the day on which the last of its tenants is done and gone."""
    out: dict[str, date] = {}
    for id, line in found.items():
        firm = generated.facts[id]
        landlord = found.get(firm.landlord)
        if firm.party == TENANT and landlord and landlord.measure and line.done_on:
            if generated.offers[id][line.measure].timetable.measure.empties:
                out[landlord.id] = max(out.get(landlord.id, line.done_on), line.done_on)
    return out


def _handed_over_after(line: LinePlan, out: date) -> LinePlan:
    """The line of a landlord whose last step, the hand-over, waits for its tenants; its work is planned as before."""
    kind, due = line.milestones[-1]
    if kind != HANDED_OVER or out <= due:
        return line
    return replace(line, done_on=out, milestones=(*line.milestones[:-1], (kind, out)))
