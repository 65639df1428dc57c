"""Problems from facts and settings, and plans in days."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.kernel.errors import BadFile, BadValue
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.facts import LANDLORD, TENANT, FirmFacts
from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.followers import settle
from tenglong.domain.roadmap.generation.building import Generated, LinePlan, generate, lines
from tenglong.domain.roadmap.generation.parts import CHOSEN, DONE, OUT, SIGNED_BEFORE, TOO_LATE, UNSUITED
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS, Problem
from tenglong.domain.roadmap.settings import default_settings
from tenglong.domain.roadmap.solvers.choose import solve
from tests.unit.domain.roadmap.invented import DEADLINE, START, TOWN, ZONES, firm, province, xitang

LORD = firm("1", party=LANDLORD, batch="vacate", land=Decimal(3), parcel="P1", energy=Decimal(10))
RENTER = firm(
    "2", party=TENANT, batch="vacate", landlord="1", parcel="P1", energy=Decimal(20), jobs=Decimal(4)
)


def made(*facts: FirmFacts, **stated: Any) -> Generated:
    return generate(facts, default_settings(START, DEADLINE, **stated), shipped_calendar())


def read(generated: Generated) -> Problem:
    return parse_problem(generated.to_bytes(), "p.json")


def limits(generated: Generated) -> dict[str, Any]:
    return {row["id"]: row for row in generated.problem["limits"]}


def planned(generated: Generated, **starts: int) -> dict[str, LinePlan]:
    """The lines of a plan in which firms take their first measure in a period; `f7=0`: firm 7 in the first."""
    problem = read(generated)
    plan = Plan.waiting(len(problem.firms))
    for number, id in enumerate(problem.firms.ids):
        if f"f{id}" in starts:
            plan.measure[number], plan.start[number] = problem.measures_of(number)[0], starts[f"f{id}"]
    return {line.id: line for line in lines(generated, problem, plan)}


def test_the_land_is_the_landlords_and_the_floor_its_tenants() -> None:
    offers = made(LORD, RENTER).offers
    lord, renter = offers["1"]["vacate_recover"].amounts, offers["2"]["vacate_recover"].amounts
    assert (lord["land"], "floor_area" in lord) == (Decimal(3), False)
    assert ("land" in renter, renter["floor_area"]) == (False, Decimal(1600))  # 3 mu × 0.8
    assert (renter["jobs"], renter["appraisals"], renter["write_off"]) == (4, 1, 1)


def test_tenants_share_the_floor_of_their_landlord() -> None:
    offers = made(LORD, RENTER, replace(RENTER, id="3")).offers
    assert offers["3"]["vacate_recover"].amounts["floor_area"] == Decimal(800)


@pytest.mark.parametrize(
    ("known", "money"),
    [
        ({}, Decimal("239.80")),  # (3 mu × 30 + 1600 m² × 0.08) × 1.1
        ({"appraised": Decimal(200)}, Decimal("220.00")),
        ({"appraised": Decimal(200), "offered": Decimal(210)}, Decimal("231.00")),
        ({"offered": Decimal(210), "price": Decimal(250)}, Decimal("250.00")),
    ],
)
def test_what_is_known_of_the_price_replaces_the_estimate(known: dict[str, Any], money: Decimal) -> None:
    assert made(replace(LORD, **known)).offers["1"]["vacate_recover"].money[0] == money


def test_the_bonus_falls_with_the_day_of_signing() -> None:
    offer = made(replace(LORD, appraised=Decimal(1000))).offers["1"]["vacate_recover"]
    signed = [offer.timetable.signing_day(start) for start in range(12)]
    assert signed[:2] == [date(2021, 5, 24), date(2021, 5, 28)]  # days 28 and 32
    assert offer.bonus[:2] == (Decimal(100), Decimal(60))
    assert [start for start in range(12) if offer.bonus[start] == 30][0] == 6
    assert offer.bonus[11] == 0


def test_prices_and_estimates_of_the_settings_replace_those_of_the_rules() -> None:
    offer = made(LORD, prices={"land": 50, "building": 0}, bonus={"rate": 0}).offers["1"]["vacate_recover"]
    assert offer.money[0] == Decimal(150)
    renter = made(RENTER, estimates={"workshop": 100}).offers["2"]["vacate_recover"]
    assert renter.amounts["floor_area"] == Decimal(100)


def test_what_is_not_known_is_named() -> None:
    assert made(RENTER).unknown == {"2": ("floor_area", "wastewater", "cod", "tax")}


def test_a_measure_that_cannot_be_done_in_time_is_not_offered() -> None:
    facts = [LORD, firm("3", batch="upgrade"), firm("4", measure="relocate_park")]
    found = generate(facts, default_settings(START, date(2021, 7, 10), period="week"), shipped_calendar())
    offer = found.offers["1"]["vacate_recover"]
    assert offer.timetable.done_on(offer.last) <= date(2021, 7, 10) < offer.timetable.done_on(offer.last + 1)
    assert found.idle == {"3": TOO_LATE, "4": UNSUITED}
    assert set(
        generate(facts, default_settings(START, date(2021, 7, 10), late=True), shipped_calendar()).idle
    ) == {"4"}


def test_who_is_done_takes_no_part_but_is_still_paid() -> None:
    gone = replace(
        RENTER,
        state="emptied",
        signed_on=date(2021, 3, 20),
        emptied_on=date(2021, 4, 20),
        price=Decimal(100),
        paid=Decimal(30),
    )
    found = made(LORD, gone, firm("3", state="removed"), fund={"total": 1000, "cash": {"2021-05": 500}})
    assert [(one.id, one.why) for one in found.left_out] == [("2", DONE), ("3", OUT)]
    assert found.left_out[0].owed == ((date(2021, 5, 4), Decimal(50)), (date(2021, 6, 18), Decimal(20)))
    assert (limits(found)["money"]["at_most"], limits(found)["money:2021-05"]["at_most"]) == (900, 420)
    assert found.gone == {"money": 100, "money:2021-05": 80}
    assert list(found.offers) == ["1"]


def test_a_signed_contract_is_fixed_and_counts_from_its_day() -> None:
    signed = replace(RENTER, state="signed", signed_on=date(2021, 4, 20), price=Decimal(100))
    found = made(LORD, signed)
    assert found.fixed == {"2": SIGNED_BEFORE}
    row = found.problem["firms"][1]
    assert (row["must"], row["measures"][0]["from"], row["measures"][0]["until"]) == (True, 1, 1)
    line = planned(found, f2=0)["2"]
    assert line.milestones == (("emptied", date(2021, 5, 20)), ("handed_over", date(2021, 5, 25)))
    assert [day for day, _ in line.cash] == [date(2021, 4, 27), date(2021, 6, 4), date(2021, 7, 19)]
    assert (line.start_on, line.fixed, line.amounts["money"]) == (date(2021, 4, 20), True, Decimal(100))
    assert found.problem["orders"] == []


@pytest.mark.parametrize(
    ("paid", "cash"),
    [
        (0, ((date(2021, 6, 10), 80), (date(2021, 7, 19), 20))),  # first and second instalment are overdue
        (30, ((date(2021, 6, 10), 50), (date(2021, 7, 19), 20))),
        (90, ((date(2021, 7, 19), 10),)),
        (100, ()),
        (130, ()),
    ],
)
def test_a_contract_pays_what_the_ledger_does_not_say_was_paid(
    paid: int, cash: tuple[tuple[date, int], ...]
) -> None:
    signed = replace(
        RENTER, state="signed", signed_on=date(2021, 4, 20), price=Decimal(100), paid=Decimal(paid)
    )
    today = date(2021, 6, 10)
    settings = default_settings(date(2021, 6, 14), DEADLINE, fund={"total": 500})
    found = generate([LORD, signed], settings, shipped_calendar(), today)
    line = planned(found, f2=0)["2"]
    assert (line.cash, line.amounts.get("money", 0)) == (cash, sum(value for _, value in cash))
    assert [day for _, day in line.milestones] == [today, date(2021, 6, 16)]  # nothing happens before today
    assert limits(found)["money"]["at_most"] == 500 - paid


def test_what_was_paid_to_a_case_that_was_taken_off_the_list_is_gone() -> None:
    off = firm("3", state="removed", paid=Decimal(40))
    ended = firm("4", state="suspended", paid=Decimal(10), price=Decimal(60), signed_on=date(2021, 3, 1))
    found = made(LORD, off, ended, fund={"total": 500})
    assert [sum(value for _, value in one.owed) for one in found.left_out] == [0, 50]
    assert limits(found)["money"]["at_most"] == 500 - 40 - 10 - 50


def test_nothing_is_planned_before_the_day_of_the_facts() -> None:
    with pytest.raises(BadFile, match="开始日期 2021-04-27 早于依据情况的日期 2021-04-28"):
        generate([LORD], default_settings(START, DEADLINE), shipped_calendar(), date(2021, 4, 28))


def test_staff_days_lie_on_the_days_of_their_step() -> None:
    table = made(LORD).offers["1"]["vacate_recover"].timetable
    parts = dict(table.parts("staff_days", 0))
    assert sum(parts.values()) == 1 and len(parts) > len(table.steps)
    appraised = table.days[0][
        0
    ]  # 6 May, the fifth working day; three of them are in the week and period before
    assert parts[date(2021, 4, 30)] == Decimal("0.18") and date(2021, 4, 30) < appraised
    assert all(shipped_calendar().works(day) for day in parts)


def test_a_case_under_way_goes_on_with_its_next_step() -> None:
    offer = made(replace(LORD, state="offered")).offers["1"]["vacate_recover"]
    assert [step.kind for step in offer.timetable.steps] == ["signed", "emptied", "handed_over"]
    assert "appraisals" not in offer.amounts
    assert offer.amounts["staff_days"] == Decimal("3.55")  # half of 4 + 3 × 0.5 + 1600 × 0.001


def test_a_choice_is_kept() -> None:
    choice = {"case": "1", "measure": "close", "start": "2021-06-02"}
    found = made(LORD, choices=[choice])
    offer = found.offers["1"]["close"]
    assert (found.fixed, offer.first, offer.last) == ({"1": CHOSEN}, 5, 5)
    with pytest.raises(BadValue, match="案件 9 不在名单中"):
        made(LORD, choices=[choice | {"case": "9"}])


def test_capacities_follow_the_office_days_of_each_period() -> None:
    rows = limits(made(LORD, firm("3", batch="upgrade", team="", town="西塘镇")))
    assert rows["staff:第1攻坚小组:1"]["at_most"] == 16  # four office days before Labour Day is over
    assert rows["appraisals:2"]["at_most"] == 60  # 6, 7, 8 and 10 May
    assert rows["legal:4"]["at_most"] == 7
    assert rows["staff:西塘镇:4"]["where"] == {"team": "西塘镇"}


def test_contracts_that_take_more_than_there_is_raise_the_capacity() -> None:
    many = [
        replace(RENTER, id=str(n), state="signed", signed_on=date(2021, 3, 1), price=Decimal(9))
        for n in range(2, 60)
    ]
    found = made(*many)
    taken = found.raised["staff:第1攻坚小组:1"]
    assert taken > 16 and limits(found)["staff:第1攻坚小组:1"]["at_most"] == float(taken)


def test_months_of_cash_add_up_and_hold_for_periods_that_begin_in_them() -> None:
    rows = limits(made(LORD, fund={"total": 100, "financing": 20, "cash": {"2021-06": 30, "2021-05": 40}}))
    assert rows["money"]["at_most"] == 120
    assert (rows["money:2021-05"]["until"], rows["money:2021-05"]["at_most"]) == (5, 40)  # until 25 May
    assert (rows["money:2021-06"]["until"], rows["money:2021-06"]["at_most"]) == (10, 70)


def test_a_target_counts_what_is_done_and_a_period_ends_with_its_day() -> None:
    gone = replace(LORD, id="9", done_on=date(2021, 4, 1), land=Decimal(5))
    target = {"amount": "land", "by": "2021-09-30", "at_least": 7, "zone": ZONES[0]}
    found = made(LORD, gone, targets=[target])
    row = limits(found)[f"target:land:{ZONES[0]}:2021-09-30"]
    assert (row["at_least"], row["until"], row["where"]) == (2, 23, {"zone": ZONES[0]})
    assert found.settings.periods[22:24] == (date(2021, 9, 28), date(2021, 10, 1))
    assert found.settings.last_days[22] == date(2021, 9, 30)
    assert limits(made(LORD, gone, targets=[target | {"at_least": 5}])).keys() & {row["id"]} == set()


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (
            {"targets": [{"amount": "land", "by": "2021-09-30", "at_least": 7, "town": "1"}]},
            "“1”没有要整治的企业",
        ),
        ({"caps": {"jobs": [{"at_most": 7, "zone": "北"}]}}, "“北”没有要整治的企业"),
        ({"clearances": [{"zone": "北", "by": "2021-09-30"}]}, "“北”没有要整治的企业"),
        ({"clearances": [{"zone": ZONES[0], "by": "2021-05-30"}]}, "2 家企业没有来得及完成的措施"),
    ],
)
def test_what_cannot_be_is_said(stated: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadValue) as error:
        made(LORD, RENTER, **stated)
    assert sentence in str(error.value)


GONE = {"zone": "北", "place": "330421999", "town": "北镇"}


@pytest.mark.parametrize("settled", [{"done_on": date(2021, 4, 1)}, {"state": "removed"}])
@pytest.mark.parametrize(
    "stated",
    [
        {"clearances": [{"zone": "北", "by": "2021-09-30"}]},
        {"clearances": [{"zone": "北", "by": "2021-09-30", "bonus": 30}]},
        {"caps": {"jobs": [{"at_most": 7, "zone": "北"}, {"at_most": 7, "town": "330421999"}]}},
        {"targets": [{"amount": "land", "by": "2021-09-27", "at_least": 0, "zone": "北"}]},
        {"targets": [{"amount": "land", "by": "2021-09-27", "at_least": 0, "town": "330421999"}]},
        {"choices": [{"case": "9", "measure": "close", "start": "2021-06-02"}]},
    ],
)
def test_what_names_only_cases_that_are_settled_asks_nothing(
    stated: dict[str, Any], settled: dict[str, Any]
) -> None:
    gone = replace(LORD, id="9", **GONE, **settled)
    found = made(LORD, RENTER, gone, **stated)
    assert found.problem == made(LORD, RENTER, gone).problem and len(read(found).firms) == 3


def test_a_target_of_a_finished_place_is_met_by_what_it_brought() -> None:
    gone = replace(LORD, id="9", **GONE, done_on=date(2021, 4, 1), land=Decimal(5))
    early = {"amount": "land", "by": "2021-05-03", "at_least": 5, "zone": "北"}
    assert found_limits(gone, early) == found_limits(gone)
    with pytest.raises(BadValue, match="“北”已没有要整治的企业，目标“land”还差 2"):
        found_limits(gone, early | {"by": "2021-09-30", "at_least": 7})


def found_limits(gone: FirmFacts, *targets: dict[str, Any]) -> dict[str, Any]:
    """The limits with a firm that is done."""
    return limits(made(LORD, gone, targets=list(targets)))


def test_a_choice_for_a_case_that_was_signed_since_is_passed_over() -> None:
    signed = replace(RENTER, state="signed", signed_on=date(2021, 3, 1))
    choice = {"case": RENTER.id, "measure": "close"}
    found = made(LORD, signed, choices=[choice])
    assert found.problem == made(LORD, signed).problem and found.fixed == {RENTER.id: SIGNED_BEFORE}


def test_nobody_to_plan_for_is_said() -> None:
    with pytest.raises(BadValue, match="没有还要整治的企业"):
        made(replace(LORD, state="removed"))


def test_caps_and_parks_become_limits() -> None:
    plater = firm(
        "5", party="owner", grade="C", processes=("电镀",), floor_area=Decimal(700), jobs=Decimal(9)
    )
    parks = [{"name": "一园", "vacant": 500, "processes": ["染色"]}, {"name": "二园", "vacant": 900}]
    found = made(plater, parks=parks, caps={"tax": 50, "jobs": [{"at_most": 7, "town": TOWN}]})
    assert found.problem["firms"][0]["tags"]["park"] == "二园"
    assert found.offers["5"]["relocate_park"].amounts["space"] == 700
    rows = limits(found)
    assert rows["space:二园"] == {
        "id": "space:二园",
        "amount": "space",
        "where": {"park": "二园"},
        "at_most": 900,
    }
    assert (rows["tax"]["at_most"], rows[f"jobs:{TOWN}"]["at_most"]) == (50, 7)
    assert "relocate_park" not in made(plater).offers["5"]


def test_a_firm_may_choose_among_the_parks_that_take_it() -> None:
    firms = [
        firm(id, party="owner", grade="C", processes=process, floor_area=Decimal(area), jobs=Decimal(9))
        for id, process, area in (("5", ("电镀",), 700), ("6", ("染色",), 300), ("7", ("电镀",), 400))
    ]
    parks = [{"name": "一园", "vacant": 500, "processes": ["染色", "电镀"]}, {"name": "二园", "vacant": 900}]
    found = made(*firms, parks=parks)
    tags = {row["id"]: row["tags"].get("park") for row in found.problem["firms"]}
    assert (tags["5"], tags["6"], tags["7"]) == ("二园", "一园、二园", "一园、二园")
    rows = limits(found)
    assert (rows["space:二园"]["where"], rows["space:二园"]["at_most"]) == ({"park": "二园"}, 900)
    both = rows["space:一园、二园"]
    assert (both["where"], both["at_most"]) == ({"park": ["一园、二园", "二园"]}, 1400)


def test_landlords_come_before_tenants_and_polluting_neighbours_first() -> None:
    dyer = replace(RENTER, id="3", processes=("染色",))
    closed = replace(RENTER, id="4", batch="enforce")
    found = made(LORD, RENTER, dyer, closed, sequence={"landlord_gap_days": 10, "polluting_within_days": 20})
    assert [row for row in found.problem["orders"] if row["then"] != "parcel:1"] == [
        {"first": "1", "then": "2", "gap": 2},
        {"first": "1", "then": "3", "gap": 2},
        {"first": "3", "then": "2"},
    ]
    assert found.offers["3"]["vacate_recover"].last == 2
    free = {"landlord_first": False, "polluting_before_neighbours": False}
    rows = made(LORD, RENTER, dyer, sequence=free).problem["orders"]
    assert [row for row in rows if row["then"] != "parcel:1"] == []


def test_a_zone_that_must_be_cleared_is_done_by_the_day() -> None:
    by = date(2021, 8, 31)
    found = made(LORD, RENTER, clearances=[{"zone": ZONES[0], "by": by}])
    assert [row["must"] for row in found.problem["firms"][:2]] == [True, True]
    offer = found.offers["1"]["vacate_recover"]
    assert offer.timetable.done_on(offer.last) <= by < offer.timetable.done_on(offer.last + 1)
    wish = made(LORD, RENTER, clearances=[{"zone": ZONES[0], "by": by, "bonus": 30}])
    row = {"id": ZONES[0], "where": {"zone": ZONES[0]}, "by": offer.last + 1, "bonus": 30}
    assert wish.problem["clearances"] == [row]
    assert read(wish).firms.ids[-1] == f"clearance:{ZONES[0]}"


def test_aims_are_benefit_cost_or_one_after_the_other() -> None:
    month = made(LORD, period="month").problem["aim"]
    assert (month["kind"], month["weights"]["cod"]) == ("benefit", 9.9)
    assert 0.97 < month["discount"] < 0.975  # April has four days
    assert made(LORD, aim={"kind": "cost"}).problem["aim"] == {"kind": "cost", "amount": "money"}
    both = made(LORD, aim={"kind": "lexicographic", "tolerance": "0.02"}).problem["aim"]
    assert [(one["kind"], one.get("tolerance")) for one in both] == [("benefit", 0.02), ("cost", None)]


def test_a_parcel_is_free_when_its_last_tenant_is_out() -> None:
    closed = replace(RENTER, id="3", batch="enforce")
    stays = replace(RENTER, id="4", batch="upgrade")
    gone = replace(RENTER, id="5", state="emptied")
    found = made(LORD, RENTER, closed, stays, gone)
    assert found.parcels == {"1": "parcel:1"}
    row = found.problem["firms"][-1]
    assert (row["id"], row["measures"][0]["amounts"]) == ("parcel:1", {"land": 3})
    assert "land" not in found.problem["firms"][0]["measures"][0]["amounts"]
    waits_for = [row["first"] for row in found.problem["orders"] if row["then"] == "parcel:1"]
    assert waits_for == ["1", "2", "3"]


def test_a_landlord_carries_its_land_itself_when_nobody_is_left_to_leave() -> None:
    signed = replace(RENTER, state="signed", signed_on=START)
    found = made(LORD, signed)
    assert found.parcels == {}
    assert found.problem["firms"][0]["measures"][0]["amounts"]["land"] == 3


def test_the_line_of_a_landlord_has_its_land_once_the_parcel_is_free() -> None:
    found = made(LORD, RENTER)
    assert "land" not in planned(found, f1=0)["1"].amounts
    problem = read(found)
    plan = Plan.waiting(3)
    plan.measure[:2], plan.start[:2] = [0, 1], [0, 3]
    settle(problem, plan.measure, plan.start)
    assert (plan.measure[2], plan.start[2]) == (2, 3)
    assert lines(found, problem, plan)[0].amounts["land"] == 3


def test_who_waits_has_an_empty_line() -> None:
    assert planned(made(LORD, RENTER), f1=0)["2"] == LinePlan("2")


def test_a_landlord_hands_over_after_its_last_tenant_is_out() -> None:
    found = made(LORD, RENTER)
    own = planned(found, f1=0)["1"]
    assert own.done_on == dict(own.milestones)["handed_over"] == date(2021, 6, 28)
    later = planned(found, f1=0, f2=4)["1"]
    assert later.done_on == dict(later.milestones)["handed_over"] == date(2021, 7, 26)
    assert later.staff == own.staff
    assert planned(found, f1=4, f2=0)["1"].done_on == date(2021, 7, 26)


def test_a_line_falls_into_the_periods_of_the_problem() -> None:
    found = made(LORD, fund={"payments": [{"name": "全款", "days": 10, "share": 1}]})
    problem, line = read(found), planned(found, f1=1)["1"]
    period = {amount.id: n for n, amount in enumerate(problem.amounts)}
    parts = {amount: arrival for amount, arrival, _ in problem.parts_of(0, 1)}
    starts = problem.starts
    assert starts[parts[period["land"]]] <= line.done_on < starts[parts[period["land"]] + 1]  # type: ignore[operator]
    assert starts[parts[period["money"]]] <= line.cash[0][0] < starts[parts[period["money"]] + 1]


@pytest.mark.slow
def test_the_cluster_is_planned_with_the_defaults() -> None:
    facts = xitang()
    found = generate(facts, default_settings(START, DEADLINE, period="ten_days"), shipped_calendar())
    assert generate(facts, found.settings, shipped_calendar()).to_bytes() == found.to_bytes()
    problem = read(found)
    assert (len(found.offers), found.idle, found.left_out) == (1075, {}, ())
    solution = solve(problem, seconds=120, gap=0.02)
    assert solution.plan is not None and check(problem, solution.plan, solution.certificate) == ()
    assert not (solution.plan.measure == WAITS).any()
    by_id = {line.id: line for line in lines(found, problem, solution.plan)}
    assert all(line.done_on and line.done_on <= DEADLINE for line in by_id.values())
    renters = [
        (by_id[one.id], by_id[one.landlord]) for one in facts if one.batch == "vacate" and one.landlord
    ]
    assert all(renter.start_on >= lord.start_on for renter, lord in renters)  # type: ignore[operator]
    signed = [day for line in by_id.values() for kind, day in line.milestones if kind == "signed"]
    assert sum((day - START).days < 100 for day in signed) > 600
    assert len({line.start_on for line in by_id.values()}) >= 8


@pytest.mark.slow
def test_a_list_of_the_province_is_planned_by_quarters() -> None:
    found = generate(
        province(200),
        default_settings(date(2021, 1, 1), date(2022, 12, 31), period="quarter"),
        shipped_calendar(),
    )
    problem = read(found)
    solution = solve(problem, seconds=60, work=100, gap=0.02)
    assert solution.plan is not None and check(problem, solution.plan, solution.certificate) == ()
    taken = {
        problem.measures.names[problem.measures.name[one]]
        for one in np.unique(solution.plan.measure)
        if one >= 0
    }
    assert {"vacate_recover", "upgrade", "merge"} <= taken
