"""The review of plans against sums written out day by day."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.settings import default_settings
from tenglong.domain.roadmap.three_ables.judging import ThreeAbles, judge
from tenglong.domain.roadmap.three_ables.outcomes import Outcome

pytestmark = pytest.mark.slow

START, DEADLINE = date(2021, 8, 2), date(2021, 10, 31)
DAYS = st.integers(0, 120).map(lambda n: START + timedelta(days=n))
SIZES = st.integers(0, 40).map(Decimal)
PARTS = st.lists(st.tuples(DAYS, SIZES), max_size=4).map(tuple)


@st.composite
def lines(draw: st.DrawFn) -> list[LinePlan]:
    """Some upgrades, with work and payments at any time."""
    found = []
    for n in range(draw(st.integers(1, 6))):
        start = draw(DAYS)
        done = start + timedelta(days=draw(st.integers(0, 90)))
        plan = LinePlan(str(n), "upgrade", "upgrade", start, done, cash=draw(PARTS), staff=draw(PARTS))
        found.append(plan)
    return found


def reviewed(plan: list[LinePlan], **stated: object) -> ThreeAbles:
    teams = ("甲", "乙")
    facts = [FirmFacts(one.id, int(one.id), one.id, "330421", team=teams[int(one.id) % 2]) for one in plan]
    return judge(facts, plan, default_settings(START, DEADLINE, **stated), shipped_calendar())


@given(lines(), st.dictionaries(st.sampled_from(["2021-08", "2021-10"]), st.integers(0, 150), min_size=1))
def test_a_month_fails_exactly_when_more_is_due_by_its_end_than_there_is(
    plan: list[LinePlan], cash: dict[str, int]
) -> None:
    checks = [one for one in reviewed(plan, fund={"cash": cash}).plan if one.id == "cash"]
    short = []
    for month in ("2021-08", "2021-09", "2021-10"):
        due = sum((value for one in plan for day, value in one.cash if f"{day:%Y-%m}" <= month), Decimal(0))
        there = sum(value for stated, value in cash.items() if stated <= month)
        moves = month in cash or any(f"{day:%Y-%m}" == month for one in plan for day, _ in one.cash)
        if month <= max(cash) and moves and due > there:
            short.append((due, Decimal(there)))
    failed = [(one.value, one.limit) for one in checks if one.outcome == Outcome.FAIL]
    assert failed == short
    later = sum(value for one in plan for day, value in one.cash if f"{day:%Y-%m}" > max(cash))
    assert [one.value for one in checks if one.outcome == Outcome.CONDITIONAL] == ([later] if later else [])
    assert any(one.outcome == Outcome.PASS for one in checks) is not bool(short)


@given(lines())
def test_the_busiest_day_of_the_busiest_team_is_found(plan: list[LinePlan]) -> None:
    found = [one for one in reviewed(plan, three_ables={"team_cases": 0}).plan if one.id == "team_cases"]
    open_ = Counter(
        (int(one.id) % 2, n)
        for one in plan
        if one.start_on and one.done_on
        for n in range(one.start_on.toordinal(), one.done_on.toordinal() + 1)
    )
    assert [one.value for one in found] == [Decimal(max(open_.values()))]


@given(lines(), st.integers(1, 30))
def test_a_team_fails_exactly_when_a_week_holds_more_than_its_days(plan: list[LinePlan], each: int) -> None:
    found = [
        one for one in reviewed(plan, capacity={"staff_days_per_week": each}).plan if one.id == "team_load"
    ]
    over = set()
    for team in range(2):
        work: Counter[date] = Counter()
        for one in plan:
            for day, value in one.staff if int(one.id) % 2 == team else ():
                work[week_of(day)] += int(value)
        over |= {team for first, used in work.items() if used * 5 > each * office(first)}
    assert len([one for one in found if one.outcome == Outcome.FAIL]) == len(over)


def week_of(day: date) -> date:
    """The first day of the period: weeks from the start, cut at the deadline, from which they begin anew."""
    if day <= DEADLINE:
        return START + timedelta(days=(day - START).days // 7 * 7)
    first = DEADLINE + timedelta(days=1)
    return first + timedelta(days=(day - first).days // 7 * 7)


def office(first: date) -> int:
    days = [first + timedelta(days=n) for n in range(7)]
    return sum(shipped_calendar().works(day) for day in days if first > DEADLINE or day <= DEADLINE)
