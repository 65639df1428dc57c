"""Any facts and settings give a problem that is accepted, whose options keep legal periods and add up."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.accounts import committed_of
from tenglong.domain.roadmap.checking import arrivals
from tenglong.domain.roadmap.facts import LANDLORD, OWNER, TENANT, FirmFacts
from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.followers import settle
from tenglong.domain.roadmap.generation.building import Generated, generate, lines
from tenglong.domain.roadmap.generation.parts import SIGNED_BEFORE
from tenglong.domain.roadmap.measures import batch_labels, measures
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.settings import Settings, default_settings
from tenglong.domain.roadmap.three_ables.money import account_of

pytestmark = pytest.mark.slow

START = date(2021, 4, 27)
CENT = Decimal("0.01")
STATES = (
    "target",
    "appraised",
    "offered",
    "signed",
    "emptied",
    "noticed",
    "performed",
    "constructing",
    "removed",
)
SIZES = st.none() | st.decimals(0, 500, places=3)
DAYS = st.dates(START - timedelta(days=90), START + timedelta(days=60))


@st.composite
def firms(draw: st.DrawFn) -> list[FirmFacts]:
    """Landlords and tenants, owners, in any state."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        state = draw(st.sampled_from(STATES))
        landlords = [one.id for one in found if one.party == LANDLORD]
        found.append(
            FirmFacts(
                str(number),
                number,
                "演示",
                "330421103",
                zone=draw(st.sampled_from(("", "东", "西"))),
                team=draw(st.sampled_from(("", "一组"))),
                party=draw(st.sampled_from(("", LANDLORD, TENANT, OWNER))),
                landlord=draw(st.sampled_from(landlords)) if landlords else "",
                processes=draw(st.sampled_from(((), ("染色",), ("电镀", "印染")))),
                batch=draw(st.sampled_from(("", *batch_labels()))),
                measure=draw(st.sampled_from(("", "", "", *measures().measures))),
                state=state,
                grade=draw(st.sampled_from(("", "A", "C", "D"))),
                land=draw(SIZES),
                floor_area=draw(SIZES),
                energy=draw(SIZES),
                jobs=draw(SIZES),
                tax=draw(SIZES),
                appraised=draw(SIZES),
                price=draw(SIZES),
                paid=draw(SIZES),
                signed_on=draw(DAYS) if state in ("signed", "emptied") else None,
            )
        )
    return found


@st.composite
def stated(draw: st.DrawFn) -> Settings:
    """Settings with any window, period and payments."""
    deadline = START + timedelta(days=draw(st.integers(60, 500)))
    share = draw(st.sampled_from(("0.3", "0.333333", "1")))
    rest = 1 - Decimal(share)
    payments = [{"name": "首付", "days": draw(st.integers(0, 30)), "share": share}]
    payments += [{"name": "尾款", "days": draw(st.integers(31, 90)), "share": rest}] if rest else []
    return default_settings(
        START,
        deadline,
        period=draw(st.sampled_from(("week", "ten_days", "month", "quarter"))),
        late=draw(st.booleans()),
        parks=[{"name": "园", "vacant": 1000, "processes": ["电镀"]}],
        fund={"total": 10_000, "cash": {"2021-05": 100}, "payments": payments},
        sequence={
            "landlord_gap_days": draw(st.integers(0, 40)),
            "polluting_within_days": draw(st.none() | st.integers(0, 60)),
        },
    )


def made(facts: list[FirmFacts], settings: Settings) -> tuple[Generated, Problem]:
    try:
        generated = generate(facts, settings, shipped_calendar())
    except BadValue:
        assume(False)
    return generated, parse_problem(generated.to_bytes(), "p.json")


@given(firms(), stated())
@settings(max_examples=60, deadline=None)
def test_every_option_keeps_its_steps_in_order_and_within_the_deadline(
    facts: list[FirmFacts], settings: Settings
) -> None:
    generated, _ = made(facts, settings)
    for id, offers in generated.offers.items():
        for offer in offers.values():
            table = offer.timetable
            assert 0 <= offer.first <= offer.last < len(settings.periods)
            assert len(offer.money) == offer.last - offer.first + 1
            for start in range(offer.first, offer.last + 1):
                days = table.days[start]
                assert all(one <= other for one, other in pairwise(days)) and days[0] >= settings.start
                assert table.signed_on or days[0] >= settings.periods[start]
                assert settings.late or id in generated.fixed or days[-1] <= settings.deadline


@given(firms(), stated())
@settings(max_examples=60, deadline=None)
def test_what_a_line_says_by_day_is_what_the_problem_counts_by_period(
    facts: list[FirmFacts], settings: Settings
) -> None:
    generated, problem = made(facts, settings)
    amounts = {amount.id: number for number, amount in enumerate(problem.amounts)}
    for number, id in enumerate(problem.firms.ids):
        for measure in problem.measures_of(number) if id in generated.offers else ():
            for start in (int(problem.measures.first[measure]), int(problem.measures.last[measure])):
                plan = Plan.waiting(len(problem.firms))
                plan.measure[number], plan.start[number] = measure, start
                line = next(one for one in lines(generated, problem, plan) if one.id == id)
                horizon = generated.offers[id][line.measure].timetable.horizon
                counted: dict[tuple[int, int], int] = defaultdict(int)
                for amount, period, value in problem.parts_of(measure, start):
                    counted[amount, period] += value
                due = {
                    "money": line.cash,
                    "staff_days": line.staff,
                    "appraisals": line.appraisals,
                    "legal": line.legal,
                }
                told: dict[tuple[int, int], int] = defaultdict(int)
                for name, parts in due.items():
                    for day, value in parts:
                        places = problem.amounts[amounts[name]].places
                        told[amounts[name], horizon.period_of(day)] += int(value.scaleb(places))
                assert told == {
                    key: value for key, value in counted.items() if key[0] in {amounts[n] for n in due}
                }
                for name, value in line.amounts.items():
                    if name in amounts:
                        whole = sum(v for (amount, _), v in counted.items() if amount == amounts[name])
                        assert problem.amounts[amounts[name]].natural(whole) == value
                assert line.done_on is not None
                ends = {period for (amount, period) in counted if amount == amounts["write_off"]}
                assert ends == {horizon.period_of(line.done_on)}


@given(firms(), stated(), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_money_adds_up_whatever_is_planned(facts: list[FirmFacts], settings: Settings, days: int) -> None:
    today = settings.start - timedelta(days=days)
    try:
        generated = generate(facts, settings, shipped_calendar(), today)
    except BadValue:
        assume(False)
    problem = parse_problem(generated.to_bytes(), "p.json")
    plan = Plan.waiting(len(problem.firms))
    for number, id in enumerate(problem.firms.ids):
        if generated.offers.get(id):
            measure = problem.measures_of(number)[0]
            plan.measure[number], plan.start[number] = measure, problem.measures.first[measure]
    planned = [line for line in lines(generated, problem, plan) if line.measure]
    owed = {one.id: one.owed for one in generated.left_out}
    account = account_of(facts, planned, settings, owed)
    paid = sum((one.paid or 0 for one in facts), Decimal(0))
    assert (account.paid, account.committed) == (paid, sum(map(committed_of, facts), Decimal(0)))
    assert account.free == Decimal(10_000) - paid - account.committed
    assert account.left == Decimal(10_000) - paid - account.to_pay and account.planned >= -CENT * len(facts)
    assert all(day >= today for line in planned for day, _ in line.cash)
    for line in planned:
        firm = generated.facts[line.id]
        if generated.fixed.get(line.id) == SIGNED_BEFORE and firm.price is not None:
            assert line.amounts.get("money", 0) >= half_up(committed_of(firm), 2)
    (row,) = (limit for limit in generated.problem["limits"] if limit["id"] == "money")
    left_out = sum((value for parts in owed.values() for _, value in parts), Decimal(0))
    assert row["at_most"] == float(10_000 - paid - left_out)


@st.composite
def one_parcel(draw: st.DrawFn) -> list[FirmFacts]:
    """A landlord and its tenants, some of them under way or gone."""
    under_way = st.sampled_from(("", "", "offered", "signed", "emptied", "case_filed"))
    lord = FirmFacts("0", 0, "演示", "330421103", party=LANDLORD, batch="vacate", land=Decimal(3))
    found = [replace(lord, state=draw(under_way))]
    for number in range(1, draw(st.integers(2, 5))):
        batch = draw(st.sampled_from(("vacate", "vacate", "enforce", "upgrade")))
        tenant = FirmFacts(str(number), number, "演示", "330421103", party=TENANT, landlord="0", batch=batch)
        state = draw(under_way)
        found.append(replace(tenant, state=state, signed_on=START if state == "signed" else None))
    return found


@given(st.one_of(one_parcel(), firms()), stated())
@settings(max_examples=100, deadline=None)
def test_the_land_of_a_parcel_is_free_when_landlord_and_tenants_are_out(
    facts: list[FirmFacts], settings: Settings
) -> None:
    generated, problem = made(facts, settings)
    plan = Plan.waiting(len(problem.firms))
    for number, id in enumerate(problem.firms.ids):
        if generated.offers.get(id):
            measure = problem.measures_of(number)[-1]
            plan.measure[number], plan.start[number] = measure, problem.measures.last[measure]
    settle(problem, plan.measure, plan.start)
    by_id = {line.id: line for line in lines(generated, problem, plan)}
    land = [amount.id for amount in problem.amounts].index("land")
    arrived = arrivals(problem, plan)
    counted = problem.amounts[land].natural(int(arrived.value[arrived.amount == land].sum()))
    assert sum(line.amounts.get("land", 0) for line in by_id.values()) == counted
    for landlord, parcel in generated.parcels.items():
        number = problem.firms.ids.index(parcel)
        line = by_id[landlord]
        assert line.done_on is not None
        free = arrived.period[(arrived.amount == land) & (arrived.firm == number)]
        horizon = next(iter(generated.offers[landlord].values())).timetable.horizon
        if dict(line.milestones).get("handed_over"):
            assert all(horizon.period_of(line.done_on) <= period for period in free.tolist())
