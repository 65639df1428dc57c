"""The review of a plan: what passes, what is conditional, what fails, by how much and where."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.legal import due_days
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.settings import Settings, default_settings
from tenglong.domain.roadmap.three_ables.checks import Check, parse_thresholds, thresholds, words, worst
from tenglong.domain.roadmap.three_ables.judging import ThreeAbles, judge
from tenglong.domain.roadmap.three_ables.outcomes import Outcome

START = date(2021, 8, 2)
FUND = {"total": 1335, "cash": {"2021-08": 635, "2021-09": 700}}
PASS, CONDITIONAL, FAIL = Outcome.PASS, Outcome.CONDITIONAL, Outcome.FAIL


def d(text: str) -> Decimal:
    return Decimal(text)


def settings(**stated: Any) -> Settings:
    given = {"fund": FUND, "three_ables": {"unit_cost": 40}} | stated
    return default_settings(START, date(2021, 11, 9), **given)


def facts(id: str = "1", **known: Any) -> FirmFacts:
    given = {
        "name": f"甲{id}厂",
        "place": "330421",
        "zone": "东",
        "team": "一组",
        "party": "owner",
        "land": d("5"),
        "floor_area": d("2000"),
        "appraised": d("100"),
        "offered": d("110"),
        "consultations": 2,
        "appraiser_on": date(2021, 7, 5),
    }
    return FirmFacts(id=id, number=int(id), **(given | known))


def deal(id: str, price: str, **known: Any) -> FirmFacts:
    """A contract that is signed and paid: 5 mu, so that a price of 100 is 20 a mu."""
    return facts(id, **{"price": d(price), "paid": d(price), "signed_on": date(2021, 7, 1), **known})


def line(id: str = "1", measure: str = "vacate_recover", start: date = START, **said: Any) -> LinePlan:
    """A line that keeps the least days of each step."""
    steps = measures().measures[measure].steps
    days = due_days(start, steps, shipped_calendar())
    given: dict[str, Any] = {
        "start_on": start,
        "done_on": days[-1],
        "amounts": {"land": d("5"), "money": d("110")},
        "milestones": tuple(zip((step.kind for step in steps), days, strict=True)),
        "cash": ((date(2021, 8, 31), d("110")),),
        "staff": ((date(2021, 8, 6), d("4")),),
        "appraisals": ((date(2021, 8, 6), d("1")),),
    }
    return LinePlan(id=id, measure=measure, batch="vacate", **(given | said))


DEALS = (deal("7", "105"), deal("8", "110"), deal("9", "120"))


def review(
    *firms: FirmFacts,
    lines: tuple[LinePlan, ...] = (line(),),
    owed: Any = None,
    deals: tuple[FirmFacts, ...] = DEALS,
    **stated: Any,
) -> ThreeAbles:
    known = [*(firms or (facts(),)), *deals]
    return judge(known, lines, settings(**stated), shipped_calendar(), owed=owed)


def told(checks: tuple[Check, ...], id: str) -> list[tuple[Outcome, str]]:
    return [(check.outcome, str(check.sentence)) for check in checks if check.id == id]


def of_firm(id: str, *firms: FirmFacts, **more: Any) -> tuple[Outcome, str]:
    found = told(review(*firms, **more).firms["1"], id)
    assert len(found) == 1
    return found[0]


def of_plan(id: str, *firms: FirmFacts, **more: Any) -> list[tuple[Outcome, str]]:
    return told(review(*firms, **more).plan, id)


def test_a_plan_without_fault_passes() -> None:
    found = review(three_ables={"unit_cost": 100})
    assert {check.id for check in found.plan if check.outcome != PASS} == set()
    assert {check.outcome for check in found.firms["1"]} == {PASS}
    assert (found.outcome, found.zones) == (PASS, {"东": PASS})
    assert [check.able for check in found.plan] == sorted(
        (check.able for check in found.plan), key=["acceptable", "affordable", "feasible"].index
    )
    assert set(words().check) == {check.id for check in found.plan} | {"space"}


def test_firms_that_wait_are_not_judged() -> None:
    found = review(facts(), facts("2"), lines=(LinePlan("2"),))
    assert found.firms == {} and found.zones == {}


@pytest.mark.parametrize(
    ("known", "outcome", "sentence"),
    [
        ({}, PASS, "报价 110 万元，为评估价 100 万元的 1.1 倍，在 0.95 至 1.2 倍之间。"),
        ({"offered": d("120")}, PASS, "报价 120 万元，为评估价 100 万元的 1.2 倍，在 0.95 至 1.2 倍之间。"),
        (
            {"offered": d("125.5")},
            FAIL,
            "报价 125.5 万元，为评估价 100 万元的 1.26 倍，高于 1.2 倍，超出 5.5 万元，请核减或复核评估。",
        ),
        (
            {"price": d("90")},
            FAIL,
            "报价 90 万元，只有评估价 100 万元的 0.9 倍，低于 0.95 倍，差 5 万元，请提高补偿或复核评估。",
        ),
        (
            {"offered": None},
            CONDITIONAL,
            "尚未报价；计划支出 110 万元，为评估价 100 万元的 1.1 倍，在 0.95 至 1.2 倍之间，报价后请填报。",
        ),
        (
            {"offered": None, "appraised": d("80")},
            CONDITIONAL,
            "计划支出 110 万元，为评估价 80 万元的 1.38 倍，高于 1.2 倍，超出 14 万元，请核减或复核评估。",
        ),
        (
            {"appraised": None},
            CONDITIONAL,
            "没有评估价，路线图定于 2021-08-09 前完成评估，届时请填报评估价和报价。",
        ),
    ],
)
def test_the_offer_is_held_against_the_appraisal(
    known: dict[str, Any], outcome: Outcome, sentence: str
) -> None:
    assert of_firm("offer", facts(**known)) == (outcome, sentence)


def test_of_a_contract_without_a_price_nothing_is_reckoned() -> None:
    signed = facts(signed_on=date(2021, 7, 1), offered=None)
    fixed = line(fixed=True, milestones=(("emptied", date(2021, 9, 1)),))
    assert of_firm("offer", signed, lines=(fixed,)) == (
        CONDITIONAL,
        "没有报价和合同价，无法与评估价核对，请填报。",
    )
    assert of_firm("deviation", signed, lines=(fixed,)) == (
        CONDITIONAL,
        "没有报价和合同价，无法核对单价，请填报。",
    )
    unknown = replace(signed, appraised=None)
    assert of_firm("offer", unknown, lines=(fixed,)) == (
        CONDITIONAL,
        "没有评估价，无法核对报价，请填报评估价。",
    )


@pytest.mark.parametrize(
    ("known", "outcome", "sentence"),
    [
        ({}, PASS, "已协商 2 轮，不少于 2 轮。"),
        ({"consultations": 1}, CONDITIONAL, "已协商 1 轮，2021-08-26 签约前还应协商 1 轮。"),
        (
            {"consultations": 0, "signed_on": START, "price": d("110")},
            FAIL,
            "已签约，但只记录了 0 轮协商，少 2 轮，请补录协商记录。",
        ),
    ],
)
def test_rounds_of_consultation_are_counted(known: dict[str, Any], outcome: Outcome, sentence: str) -> None:
    assert of_firm("consultations", facts(**known)) == (outcome, sentence)


def test_open_objections_fail() -> None:
    assert of_firm("objections", facts(objections=1)) == (
        FAIL,
        "有 1 件异议没有办结，最多允许 0 件，请先办结。",
    )
    assert of_firm("objections") == (PASS, "未办结的异议 0 件，不超过 0 件。")


@pytest.mark.parametrize(
    ("known", "outcome", "sentence"),
    [
        ({}, PASS, "单价 22 万元/亩，与同区 3 宗成交的中位数 22 万元/亩 相差 0%，不超过 15%。"),
        (
            {"offered": d("126.5")},
            PASS,
            "单价 25.3 万元/亩，与同区 3 宗成交的中位数 22 万元/亩 相差 15%，不超过 15%。",
        ),
        (
            {"offered": d("127.6")},
            CONDITIONAL,
            "单价 25.52 万元/亩，比同区 3 宗成交的中位数 22 万元/亩 高 16%，超过 15%，请书面说明。",
        ),
        (
            {"offered": d("88")},
            CONDITIONAL,
            "单价 17.6 万元/亩，比同区 3 宗成交的中位数 22 万元/亩 低 20%，超过 15%，请书面说明。",
        ),
        ({"zone": "西"}, CONDITIONAL, "区块“西”已知价格的成交只有 0 宗，不足 3 宗，待有成交后再核对单价。"),
        ({"zone": ""}, CONDITIONAL, "没有划定区块，无法与同区成交比较，请填报区块。"),
        ({"land": None}, CONDITIONAL, "没有土地面积，无法核对单价，请填报土地面积（亩）。"),
        (
            {"party": "tenant", "floor_area": None},
            CONDITIONAL,
            "没有厂房面积，无法核对单价，请填报厂房面积（m²）。",
        ),
        (
            {"party": "tenant"},
            CONDITIONAL,
            "区块“东”已知价格的成交只有 0 宗，不足 3 宗，待有成交后再核对单价。",
        ),
    ],
)
def test_unit_prices_are_compared_with_signed_deals_of_the_zone(
    known: dict[str, Any], outcome: Outcome, sentence: str
) -> None:
    assert of_firm("deviation", facts(**known)) == (outcome, sentence)


def test_a_firm_is_not_compared_with_itself() -> None:
    signed = facts(signed_on=START, price=d("110"))
    found = judge([signed, *DEALS[:2]], [line()], settings(), shipped_calendar())
    assert told(found.firms["1"], "deviation")[0][1].startswith("区块“东”已知价格的成交只有 2 宗")


def test_the_choice_of_the_appraiser_is_read_from_the_ledger() -> None:
    due = dict(line().milestones)["appraised"]
    assert of_firm("appraiser") == (PASS, "评估机构于 2021-07-05 由双方共同选定。")
    assert of_firm("appraiser", facts(appraiser_on=None)) == (
        CONDITIONAL,
        "评估机构如何选定没有登记，请核对是否共同选定或抽签选定，并登记“共同选定评估机构”。",
    )
    assert of_firm("appraiser", facts(appraiser_on=None, appraised=None)) == (
        CONDITIONAL,
        f"路线图定于 {due} 前完成评估，请在此之前与企业共同选定或抽签选定评估机构并登记。",
    )
    both = review(facts(), facts("2", appraiser_on=None), lines=(line(), line("2")))
    [(outcome, sentence)] = told(both.plan, "appraiser")
    assert outcome == CONDITIONAL and sentence.startswith("评估机构的选定：1 家通过，1 家有条件，0 家不通过")


def test_upgrades_and_closures_have_no_offer() -> None:
    found = review(lines=(line(measure="upgrade"),))
    assert [check.id for check in found.firms["1"]] == ["objections", "periods"]
    assert told(found.plan, "appraiser") == []


def test_steps_keep_the_least_days_of_law() -> None:
    due = dict(line().milestones)
    assert of_firm("periods") == (
        PASS,
        f"各步骤都不少于最短期限，{due['handed_over']} 完成，不晚于节点 2021-11-09。",
    )
    hurried = tuple(
        (kind, day - timedelta(days=2) if kind == "offered" else day) for kind, day in line().milestones
    )
    early = due["offered"] - timedelta(days=2)
    assert of_firm("periods", lines=(line(milestones=hurried),)) == (
        FAIL,
        f"“提出补偿方案”定于 {early}，按最短期限不应早于 {due['offered']}，少 2 天。",
    )


def test_the_last_step_keeps_the_deadline() -> None:
    late = line(start=date(2021, 10, 8))
    assert late.done_on is not None
    days = (late.done_on - date(2021, 11, 9)).days
    sentence = f"按最短期限到 {late.done_on} 才能完成，晚于节点 2021-11-09 {days} 天。"
    assert of_firm("periods", lines=(late,)) == (FAIL, sentence)
    assert of_firm("periods", lines=(late,), late=True) == (CONDITIONAL, sentence)


def test_firms_are_counted_by_outcome_with_the_worst_as_an_example() -> None:
    two = facts("2", offered=d("130"))
    found = of_plan("offer", facts(), two, lines=(line(), line("2")))
    assert found == [
        (
            FAIL,
            "报价与评估价之比：1 家通过，0 家有条件，1 家不通过；如“甲2厂”：报价 130 万元，为评估价 100 万元的 1.3 倍，"
            "高于 1.2 倍，超出 10 万元，请核减或复核评估。",
        )
    ]
    assert of_plan("objections") == [(PASS, "未办结的异议：1 家通过。")]
    assert review(facts(), two, lines=(line(), line("2"))).zones == {"东": FAIL}


def test_payments_are_held_against_cash_month_by_month() -> None:
    assert of_plan("cash") == [
        (PASS, "各月累计支付（含已付）都不超过累计可用；最紧的是2021 年 8 月，支付 445 万元，可用 635 万元。")
    ]
    parts = ((date(2021, 8, 1), d("200.5")), (date(2021, 9, 30), d("850")))
    assert of_plan("cash", lines=(line(cash=parts),)) == [
        (
            FAIL,
            "2021 年 9 月累计支付将达 1385.5 万元（含已付），累计可用 1335 万元，缺 50.5 万元，"
            "请追加资金或推迟签约。",
        )
    ]


def test_what_a_month_leaves_goes_on_and_nothing_comes_before_the_first() -> None:
    parts = ((date(2021, 7, 31), d("10")), (date(2021, 8, 31), d("200")), (date(2021, 12, 1), d("60")))
    assert of_plan("cash", lines=(line(cash=parts),)) == [
        (
            FAIL,
            "2021 年 7 月累计支付将达 345 万元（含已付），累计可用 0 万元，缺 345 万元，请追加资金或推迟签约。",
        ),
        (CONDITIONAL, "2021 年 9 月之后没有填报可用资金，届时还应付 60 万元，请填报。"),
    ]


def test_what_is_still_owed_counts_as_well() -> None:
    gone = deal("7", "355", paid=d("105"), state="emptied")
    owed = {"7": ((date(2021, 8, 5), d("250")),)}
    more: dict[str, Any] = {"owed": owed, "deals": (gone, *DEALS[1:])}
    assert of_plan("cash", **more)[0][1].startswith("2021 年 8 月累计支付将达 695 万元")
    assert of_plan("fund", **more) == [
        (
            PASS,
            "资金 1335 ＋ 融资 0 − 已付 335 − 合同待付 250 ＝ 可用 750（万元）。"
            "本方案在合同之外另需 110 万元，完成后余 640 万元。",
        )
    ]


def test_the_sum_is_held_against_fund_and_financing() -> None:
    small, paid = {"total": 385, "financing": 40}, "− 已付 335 − 合同待付 0 ＝ 可用"
    assert of_plan("fund", fund=small) == [
        (
            FAIL,
            f"资金 385 ＋ 融资 40 {paid} 90（万元）。本方案在合同之外另需 110 万元，缺 20 万元。",
        )
    ]
    assert of_plan("fund", fund={"total": 300}) == [
        (FAIL, f"资金 300 ＋ 融资 0 {paid} -35（万元）。已付和合同待付超出资金 35 万元，请追加资金。")
    ]
    assert of_plan("fund", fund={}) == [
        (
            CONDITIONAL,
            "没有填报资金总额；已付 335 万元，合同待付 0 万元，本方案另需 110 万元。请填报资金总额和已批准的融资。",
        )
    ]
    assert of_plan("cash", fund=small) == [(CONDITIONAL, "没有填报各月可用资金，无法核对每月支付，请填报。")]


def test_the_cost_of_a_mu_is_known_by_zone() -> None:
    tenant = line("2", amounts={"money": d("90")})
    both = (facts(), facts("2", party="tenant"))
    found = of_plan("unit_cost", *both, lines=(line(), tenant), deals=())
    assert found == [(PASS, "区块“东”全程每亩支出 40 万元（200 万元，5 亩），不超过上限 40 万元。")]
    dear = of_plan("unit_cost", facts(zone=""), three_ables={"unit_cost": 20}, deals=())
    assert dear == [
        (FAIL, "未划区块的企业全程每亩支出 22 万元（110 万元，5 亩），超过上限 20 万元，超出 2 万元。")
    ]
    unknown = of_plan("unit_cost", three_ables={}, deals=())
    assert unknown == [
        (CONDITIONAL, "区块“东”全程每亩支出 22 万元（110 万元，5 亩）；没有设定上限，请设定单位成本上限。")
    ]


def test_the_cost_of_a_mu_is_that_of_the_whole_campaign() -> None:
    begun = facts(paid=d("90"), price=d("200"), signed_on=date(2021, 7, 1))
    gone = facts("3", paid=d("70"), price=d("100"), signed_on=date(2021, 6, 1), state="emptied")
    owed = {"3": ((date(2021, 8, 5), d("30")),)}
    found = of_plan("unit_cost", begun, gone, owed=owed, deals=(), three_ables={"unit_cost": 29})
    assert found == [
        (FAIL, "区块“东”全程每亩支出 30 万元（300 万元，10 亩），超过上限 29 万元，超出 1 万元。")
    ]
    no_land = of_plan("unit_cost", facts(land=None), lines=(line(amounts={"money": d("9")}),), deals=())
    assert no_land == [(CONDITIONAL, "区块“东”支出 9 万元，没有腾出土地，不能按亩核算。")]


def test_teams_have_so_many_days_in_a_period() -> None:
    assert of_plan("team_load") == [
        (PASS, "各专班每期工日都够；最紧的是专班“一组”：2021-08-02 至 2021-08-08 需 4 工日，可用 20 工日。")
    ]
    busy = line(staff=((date(2021, 8, 6), d("20.5")), (date(2021, 10, 6), d("21"))))
    assert of_plan("team_load", lines=(busy,)) == [
        (
            FAIL,
            "专班“一组”2021-10-04 至 2021-10-10 需 21 工日，只有 8 工日，缺 13 工日（共 2 期不够），请增派力量或推迟。",
        )
    ]


def test_own_capacities_and_missing_teams_are_told() -> None:
    capacity = {"teams": {"一组": 3}}
    assert of_plan("team_load", capacity=capacity)[0][0] == FAIL
    town = facts(team="", town="西塘镇")
    assert "专班“西塘镇”" in of_plan("team_load", town)[0][1]
    assert of_plan("team_load", facts(team="")) == [
        (CONDITIONAL, "1 家企业没有专班，也不知道属于哪个镇（街道），无法核对工日，请分配专班。")
    ]


def test_open_cases_of_a_team_are_counted_by_day() -> None:
    firms = [facts(str(n)) for n in range(1, 5)]
    lines = tuple(line(str(n), start=START + timedelta(days=60 * (n == 4))) for n in range(1, 5))
    assert of_plan("team_cases", *firms, lines=lines) == [
        (PASS, "各专班同时在办都不超过 12 户，最多的专班“一组”3 户。")
    ]
    few = of_plan("team_cases", *firms, lines=lines, three_ables={"team_cases": 2})
    assert few == [
        (
            CONDITIONAL,
            "1 个专班同时在办超过 2 户，最多的专班“一组”到 2021-08-02 有 3 户，多 1 户，请增派人手或错开。",
        )
    ]


def test_appraisals_and_cases_are_held_against_what_can_be_done() -> None:
    many = line(appraisals=((date(2021, 8, 6), d("76")),), legal=((date(2021, 8, 6), d("8")),))
    assert of_plan("appraisals", lines=(many,)) == [
        (
            FAIL,
            "2021-08-02 至 2021-08-08 需 76 件评估，只有 75 件评估，缺 1 件评估（共 1 期不够），请增派力量或推迟。",
        )
    ]
    assert of_plan("legal", lines=(many,))[0][1].startswith("2021-08-02 至 2021-08-08 需 8 件案件，只有 7 件")
    assert of_plan("legal") == [(PASS, "不需要办理执法案件。")]
    assert of_plan("appraisals") == [
        (PASS, "评估能力够用；最紧的一期2021-08-02 至 2021-08-08 需 1 件评估，可用 75 件评估。")
    ]
    assert of_plan("appraisals", lines=(line(appraisals=()),)) == [(PASS, "不需要评估。")]
    nothing = {"staff_days_per_week": None, "appraisals_per_day": None, "legal_per_week": None}
    found = review(capacity=nothing).plan
    missing = {check.id for check in found if "没有填报" in str(check.sentence)}
    assert missing == {"team_load", "appraisals", "legal"}


def test_work_after_the_deadline_and_before_the_plan_has_its_period_too() -> None:
    work = ((date(2021, 7, 30), d("8")), (date(2021, 11, 20), d("99")))
    assert of_plan("legal", lines=(line(legal=work),)) == [
        (
            FAIL,
            "2021-11-17 至 2021-11-23 需 99 件案件，只有 7 件案件，缺 92 件案件（共 2 期不够），请增派力量或推迟。",
        )
    ]


def test_parks_have_space_by_process() -> None:
    park = {"name": "电镀园", "vacant": 1500, "processes": ["电镀"]}
    moving = line(measure="relocate_park", amounts={"land": d("5"), "money": d("110"), "space": d("2000")})
    assert of_plan("space", facts(processes=("电镀",)), lines=(moving,), parks=[park]) == [
        (FAIL, "园区“电镀园”需 2000 m²，空置只有 1500 m²，缺 500 m²。")
    ]
    assert of_plan("space", facts(processes=("染色",)), lines=(moving,), parks=[park]) == [
        (FAIL, "要搬迁入园的企业需 2000 m²，没有园区接收它们的工艺，请填报园区。")
    ]
    roomy = park | {"vacant": 2500}
    assert of_plan("space", facts(processes=("电镀",)), lines=(moving,), parks=[roomy]) == [
        (PASS, "园区“电镀园”需 2000 m²，空置 2500 m²，余 500 m²。")
    ]


def test_firms_are_shared_out_among_the_parks_that_take_them() -> None:
    def moves(id: str, space: str) -> LinePlan:
        return line(id, measure="relocate_park", amounts={"money": d("110"), "space": d(space)})

    parks = [{"name": "甲", "vacant": 1000}, {"name": "乙", "vacant": 600, "processes": ["电镀"]}]
    platers = (facts("1", processes=("电镀",)), facts("2", processes=("电镀",)))
    found = review(
        *platers, facts("3"), lines=(moves("1", "500"), moves("2", "400"), moves("3", "450")), parks=parks
    )
    assert told(found.plan, "space") == [
        (PASS, "园区“乙”需 400 m²，空置 600 m²，余 200 m²。"),
        (PASS, "园区“甲”需 950 m²，空置 1000 m²，余 50 m²。"),
    ]
    assert told(found.firms["1"], "space") == [(PASS, "搬入园区“甲”，需 500 m²。")]


def test_thresholds_of_the_settings_replace_the_shipped_ones() -> None:
    assert of_firm("offer", three_ables={"offer_most": "1.05"})[0] == FAIL
    with pytest.raises(BadValue) as error:
        thresholds(settings(three_ables={"gold": 1}))
    assert str(error.value).startswith("三可审查没有名为“gold”的阈值，可设：offer_least、offer_most、")


def test_every_threshold_has_its_source() -> None:
    found = thresholds(settings(three_ables={}))
    assert all(one.source == "本系统假定" or len(one.source) > 10 for one in found.values())
    assert [id for id, one in found.items() if one.value is None] == ["unit_cost"]


def test_a_broken_rule_file_is_refused() -> None:
    with pytest.raises(BadRules):
        parse_thresholds(parse_rules("x.toml", b'source = "x"\n[[threshold]]\nid = "a"\n'))


def test_a_review_is_kept_and_read_again() -> None:
    found = review(facts(appraised=None))
    again = ThreeAbles.from_json(orjson.loads(orjson.dumps(found.to_json())))
    assert again.to_json() == found.to_json()
    assert [str(check.sentence) for check in again.plan] == [str(check.sentence) for check in found.plan]
    assert [check.value for check in again.plan] == [check.value for check in found.plan]


def test_the_worst_outcome_counts() -> None:
    assert [worst(some) for some in ([], [PASS, CONDITIONAL], [FAIL, PASS])] == [PASS, CONDITIONAL, FAIL]
