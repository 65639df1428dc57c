"""Every shipped method on a few invented firms, with totals and grades that were worked out by hand."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.provenance import numbers
from tenglong.domain.evaluation.results import Outcome
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.shipped import shipped, shipped_scheme

Firm = dict[str, Any]


def run(id: str, firms: Iterable[Mapping[str, Any]], last: Iterable[Firm] = ()) -> dict[str, Outcome]:
    """The outcomes by firm; `firms` of the scheme's year, `last` of the year before."""
    scheme = shipped_scheme(id)
    rows = [
        *({"year": scheme.year, **firm} for firm in firms),
        *({"year": scheme.year - 1, **f} for f in last),
    ]
    return {outcome.id: outcome for outcome in evaluate(scheme, rows, year=scheme.year).outcomes}


def results(outcomes: Mapping[str, Outcome]) -> dict[str, tuple[str, str]]:
    """Total and grade, or status and what is said of a firm without a total."""
    return {
        id: (str(one.total) if one.total is not None else one.status, one.grade)
        for id, one in outcomes.items()
    }


def above(id: str, **facts: Any) -> Firm:
    """A firm above designated size with one unit of everything, but for `facts`."""
    columns = ["tax", "value_added", "revenue", "rd", "land", "energy", "emissions", "staff", "cod"]
    return {"id": id, "scale": "规上", **dict.fromkeys(columns, 1), **facts}


# domain.md §3.8
GOLDEN = above("甲", tax=300, land=15, value_added=1200, energy=500, emissions=Decimal("0.4"), staff=60)
GOLDEN |= {"rd": Decimal("2.5"), "revenue": 100}
GOLDEN_SMALL = {"id": "甲", "scale": "规下", "tax": 45, "land": 9, "electricity": 300}


def test_huangyan_2022() -> None:
    only_tax = {"id": "丙", "scale": "规上", "tax": Decimal("24.097"), "land": 1}
    outcomes = run("huangyan-2022", [GOLDEN, {**GOLDEN, "id": "乙", "emissions": None}, only_tax])
    # 乙 is given 甲's score for emissions, the only one there is; so is 丙: 30 + 6.0854.
    assert results(outcomes) == {"甲": ("79.8565", "A"), "乙": ("79.8565", "A"), "丙": ("36.0854", "C")}
    scores = [round(float(item.score or 0), 4) for item in outcomes["甲"].items]
    assert scores == [24.8994, 11.7509, 17.8174, 6.0854, 11.0254, 8.2781]


def test_huangyan_2022_has_no_score_for_zero_emissions_but_the_average() -> None:
    outcomes = run("huangyan-2022", [GOLDEN, {**GOLDEN, "id": "乙", "emissions": 0}])
    assert results(outcomes)["乙"] == ("79.8565", "A")


def test_huangyan_2022_small() -> None:
    second = {**GOLDEN_SMALL, "id": "乙", "electricity": 30}
    outcomes = run("huangyan-2022-small", [GOLDEN_SMALL, second, {**GOLDEN, "id": "丙"}])
    # The source prints no cap: 30万 kWh give 318.8776 points for power alone (§3.8).
    assert results(outcomes) == {"甲": ("53.4521", "B"), "乙": ("340.4419", "A"), "丙": ("out_of_scope", "")}


def test_huangyan_2021() -> None:
    # 600/26.01 + 1600/132.27 + 48/2.54 + 30000/4861.08 + 200/17.45 + 0.25/0.0305
    outcomes = run("huangyan-2021", [GOLDEN, above("乙", tax=None, value_added=None, rd=None)])
    assert results(outcomes) == {"甲": ("79.8917", "A"), "乙": ("6.1715", "B")}


def test_huangyan_2021_small() -> None:
    one = {"id": "甲", "scale": "规下", "tax": Decimal("16.601058"), "land": 2}
    other = {"id": "乙", "scale": "规下", "tax": Decimal("0.236565"), "land": 1, "electricity": 1}
    assert results(run("huangyan-2021-small", [one, other])) == {
        "甲": ("25.0000", "B"),
        "乙": ("50.7125", "A"),
    }


def test_huaian_measures_against_twice_last_year_in_the_county() -> None:
    def firm(id: str, tax: int, revenue: int, land: int, energy: int, **facts: Any) -> Firm:
        common = {"county": "甲县", "scale": "规上", "years_in_operation": 9}
        return {"id": id, "tax": tax, "revenue": revenue, "land": land, "energy": energy, **common, **facts}

    last = [firm("甲", 10, 100, 2, 20), firm("乙", 30, 300, 2, 20)]  # 10, 100 and 1, so 20, 200 and 2
    firms = [
        firm("甲", 40, 400, 2, 20),
        firm("乙", 20, 200, 2, 20),
        firm("丙", 0, 60, 3, 10, scale="规下"),
        firm("丁", 90, 900, 1, 1, years_in_operation=Decimal("1.5")),
        firm("戊", 90, 900, 1, 1, utility=True),
        firm("己", 90, 900, 2, 1, scale="规下"),
    ]
    assert results(run("huaian-2024", firms, last)) == {
        "甲": ("100.00", "A"),
        "乙": ("50.00", "B"),
        "丙": ("3.50", "C"),
        "丁": ("not_rated", "T"),
        "戊": ("not_rated", "T"),
        "己": ("out_of_scope", ""),
    }


def test_a_city_of_anhui() -> None:
    firms = [above("甲", tax=30, rd=3), above("乙", tax=10), above("丙", tax=99, start_up=True)]
    # Averages 20 and 2: 甲 45 × 1.5 + 20 + 15 + 15 × 1.5 + 5; 乙 half of 45 and of 15.
    assert results(run("gu456-anhui", firms)) == {
        "甲": ("130.00", "A"),
        "乙": ("70.00", "B"),
        "丙": ("not_rated", "不定等级"),
    }


def test_a_city_of_anhui_ranks_small_firms_by_tax_per_mu() -> None:
    def small(id: str, tax: int, **facts: Any) -> Firm:
        common = {"scale": "规下", "in_zone": True, "years_since_founded": 4}
        return {"id": id, "tax": tax, "land": 5, **common, **facts}

    firms = [
        small("甲", 60),
        small("乙", 40),
        small("丙", 32, land=4, rented_floor=3000),
        small("丁", 15),
        small("戊", 99, years_since_founded=3),
        small("己", 99, land=4, rented_floor=2999),
    ]
    assert results(run("gu456-anhui-small", firms)) == {
        "甲": ("12.00", "A"),
        "乙": ("8.00", "B"),
        "丙": ("8.00", "B"),
        "丁": ("3.00", "C"),
        "戊": ("out_of_scope", ""),
        "己": ("out_of_scope", ""),
    }


def test_jingning_has_the_published_numbers_of_each_grade() -> None:
    outcomes = run("jingning-2022", [above(str(tax), tax=tax) for tax in range(1, 40)])
    # The average tax is 20: 30 × 39/20 is cut at 45.
    assert [str(outcomes[id].total) for id in ("39", "20", "1")] == ["115.00", "100.00", "71.50"]
    assert Counter(one.grade for one in outcomes.values()) == {"A": 11, "B": 21, "C": 7}


def test_jingning_leaves_eight_small_firms_without_a_grade() -> None:
    firms = [
        {"id": str(tax), "scale": "规下", "in_park": True, "tax": tax, "land": 2, "no_grade": tax > 28}
        for tax in range(1, 37)
    ]
    outcomes = run("jingning-2022-small", firms)
    assert Counter(one.grade for one in outcomes.values()) == {"A": 4, "B": 21, "D": 3, "暂无评价": 8}
    assert results(outcomes)["28"] == ("14.00", "A")


def test_shandong_gives_no_more_than_its_share_of_a_and_no_less_of_d() -> None:
    outcomes = run("shandong-2019", [above(str(tax), tax=tax, county="甲县") for tax in range(1, 6)])
    # The average tax is 3: 20 × 5/3 is cut at 30; the other four indicators give 80.
    assert results(outcomes) == {
        "5": ("110.00", "A"),
        "4": ("106.67", "B"),
        "3": ("100.00", "B"),
        "2": ("93.33", "C"),
        "1": ("86.67", "D"),
    }


def test_shandong_ranks_small_firms_by_tax_per_mu() -> None:
    firms = [
        {"id": id, "scale": "规下", "county": "甲县", "tax": tax, "land": 1}
        for id, tax in zip("甲乙丙丁", (9, 9, 5, 1), strict=True)
    ]
    # A fifth of four firms is none; two that are equal go down together.
    assert results(run("shandong-2019-small", firms)) == {
        "甲": ("9.00", "B"),
        "乙": ("9.00", "B"),
        "丙": ("5.00", "B"),
        "丁": ("1.00", "D"),
    }


@pytest.mark.parametrize(
    ("first", "last", "grades"),
    [
        ({}, {}, ("A", "D")),
        ({"vetoed": True}, {"newly_established": True}, ("C", "C")),
        ({"vetoed": False}, {"newly_above_scale": True, "vetoed": True}, ("A", "D")),
        ({}, {"major_construction": True, "vetoed": False}, ("A", "C")),
    ],
)
def test_changle_protects_new_firms_unless_they_are_vetoed(
    first: Firm, last: Firm, grades: tuple[str, str]
) -> None:
    firms = [above(str(tax), tax=tax) for tax in range(1, 21)]
    firms[0] |= last
    firms[-1] |= first
    outcomes = run("changle-2023", firms)
    # The average tax is 10.5: 20 × 1/10.5 + 80 and 20 × 1.5 + 80.
    assert (str(outcomes["20"].total), str(outcomes["1"].total)) == ("110.00", "81.90")
    assert (outcomes["20"].grade, outcomes["1"].grade) == grades
    by_quota = Counter(one.grade_by_quota for one in outcomes.values())
    # 16 to 20 are all at the cap: five share the first rank, and a tie at the cut goes up.
    assert by_quota == {"A": 5, "B": 10, "C": 4, "D": 1}


def test_a_city_takes_points_off_where_less_is_better() -> None:
    def firm(id: str, energy: int | None, cod: str, so2: str, **facts: Any) -> Firm:
        last = {"value_added_last": 100, "energy_last": 100}
        return {
            "id": id,
            "value_added": 100,
            "energy": energy,
            "cod": Decimal(cod),
            "so2": Decimal(so2),
            **last,
            **facts,
        }

    firms = [
        firm("甲", 80, "0.1", "0"),  # 20 % less: 12; (2 − 1/2) × 2 = 3; (2 − 0) × 2 = 4
        firm("乙", 90, "0.3", "0.6"),  # 10 % less: 6; (2 − 3/2) × 2 = 1; three times the average: 0
        firm("丙", 0, "0.2", "0", underreported=True),  # no energy: −3; 2; 4; −3
        firm("丁", None, "0.2", "0.2"),  # no energy: −3; 2; (2 − 1) × 2 = 2
        firm("戊", 1, "9", "9", star_firm=True),
    ]
    assert results(run("yuyao-like-2012", firms)) == {
        "甲": ("19.00", ""),
        "乙": ("7.00", ""),
        "丙": ("0.00", ""),
        "丁": ("1.00", ""),
        "戊": ("not_rated", ""),
    }


def test_jingde_scores_between_the_least_and_the_most() -> None:
    same = {"renovation_investment": 1, "new_investment": 1}
    outcomes = run("jingde-2022", [above(str(tax), tax=tax, **same) for tax in (1, 2, 3)])
    # Tax: 20 × 0.2, 20 × 0.6, 20; the other six are equal and give their whole weights, 80.
    assert results(outcomes) == {"1": ("84.00", "B"), "2": ("92.00", "B"), "3": ("100.00", "A")}


def test_cixi_ranks_each_of_its_four_lists_by_itself() -> None:
    lists = ("规上企业", "3亩(含)以上规下企业", "3亩以下规下企业", "租赁企业")
    expected = {6: ("3.00", "A"), 4: ("2.00", "B"), 2: ("1.00", "C")}
    firms = [
        {"id": f"{name}{tax}", "list_name": name, "tax": tax, "land": 2} for name in lists for tax in expected
    ]
    outcomes = run("cixi-2024", [*firms, {"id": "无", "list_name": None, "tax": 1, "land": 1}])
    assert results(outcomes) == {
        **{f"{name}{tax}": said for name in lists for tax, said in expected.items()},
        "无": ("out_of_scope", ""),
    }


def demo(id: str, tax: int | None, industry: str = "17", **facts: Any) -> Firm:
    """A firm of which only tax and land are known: its other indicators do not count, COD counts as nothing."""
    return {
        "id": id,
        "county": "嘉善县",
        "scale": "规上",
        "industry": industry,
        "tax": tax,
        "land": 1,
        **facts,
    }


DEMO = [
    *(demo(f"印染{tax}", tax) for tax in range(1, 6)),
    demo("纽扣8", 8, "41"),
    demo("纽扣2", 2, "41"),
    demo("水厂", 9, utility=True),
    demo("在建", 9, under_construction=True),
    demo("新厂", 9, years_in_operation=1),
    demo("无税", None),
]


def test_the_demonstration_measures_by_industry_or_where_it_is_too_small_by_all() -> None:
    outcomes = run("demo-jiaxing-2020", DEMO)
    # 40 points for tax and none for COD, made up to a hundred: 80 × value ÷ 3, or ÷ (25 ÷ 7); at most 120.
    assert results(outcomes) == {
        "纽扣8": ("120.00", "A"),
        "印染5": ("120.00", "A"),
        "印染4": ("106.67", "B"),
        "印染3": ("80.00", "B"),
        "印染2": ("53.33", "B"),
        "纽扣2": ("44.80", "C"),
        "印染1": ("26.67", "C"),
        "水厂": ("not_rated", "T"),
        "在建": ("not_rated", "T"),
        "新厂": ("not_rated", "T"),
        "无税": ("not_rated", ""),
    }
    assert outcomes["无税"].reason == "no_tax_per_mu"
    assert (outcomes["纽扣8"].rank, outcomes["印染5"].rank) == (1, 2)  # equal totals by tax per mu


@pytest.mark.parametrize(
    ("id", "facts", "total", "grade"),
    [
        ("印染2", {"high_tech": True, "pinzibiao": True}, "57.33", "B"),  # 3 + 2, at most 4
        ("印染3", {"penalised": True}, "75.00", "B"),
        ("印染1", {"fell_below_scale": True}, "26.67", "D"),
        ("印染1", {"fell_below_scale": True, "newly_above_scale": True}, "26.67", "C"),
        ("纽扣2", {"growing_tech": True}, "44.80", "B"),
        ("印染4", {"growing_tech": True}, "106.67", "B"),
        ("印染3", {"county_top": True}, "80.00", "A"),
        ("印染5", {"accident": True}, "120.00", "C"),
        ("印染4", {"county_top": True, "tax_fraud": True}, "106.67", "D"),
    ],
)
def test_the_demonstration_adjusts(id: str, facts: Firm, total: str, grade: str) -> None:
    firms = [{**firm, **facts} if firm["id"] == id else firm for firm in DEMO]
    assert results(run("demo-jiaxing-2020", firms))[id] == (total, grade)


def test_the_demonstration_gives_one_parcel_one_result() -> None:
    others = [demo(f"印染{tax}", tax) for tax in (4, 2, 2, 2)]
    shared = [demo("房东", 1, parcel="甲", land=2), demo("租户", 5, "41", parcel="甲", land=None)]
    outcomes = run("demo-jiaxing-2020", [{**firm, "id": f"{n}"} for n, firm in enumerate(others)] + shared)
    # (1 + 5) ÷ 2 = 3 of the landlord's industry, whose average is 16 ÷ 6: 80 × 3 ÷ 2.6667.
    assert results(outcomes)["房东"] == results(outcomes)["租户"] == ("90.00", "B")
    assert outcomes["房东"].peers == 5


def test_every_shipped_method_was_tried() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    assert [id for id in shipped() if f'run("{id}"' not in tests] == []


# ---- against the records of the sources ------------------------------------------------------------

NAMES = {
    "亩均税收": "tax_per_mu",
    "亩均增加值": "va_per_mu",
    "亩均销售收入": "revenue_per_mu",
    "单位能耗增加值": "va_per_tce",
    "单位排放增加值": "va_per_emission",
    "全员劳动生产率": "labour_productivity",
    "R&D占比": "rd_intensity",
    "R&D经费支出占主营业务收入之比": "rd_intensity",
    "研发经费投入强度": "rd_intensity",
    "单位用电税收": "tax_per_kwh",
    "绿色发展(单位能(电)耗税收)": "tax_per_tce",
}


@pytest.fixture(scope="module")
def records(shared: Path) -> dict[str, Any]:
    """The nine records, with their numbers as they are written."""
    path = shared / "data/06_worked/evaluation_methods/methods.json"
    return {one["id"]: one for one in json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)}


def test_every_record_is_shipped(records: dict[str, Any]) -> None:
    assert len(records) == 9
    assert set(records) <= set(shipped())


def test_weights_and_benchmarks_are_those_of_the_records(records: dict[str, Any]) -> None:
    compared = 0
    for id, record in records.items():
        indicators = {one.id: one for one in shipped_scheme(id).indicator}
        for key in ("weights", "baselines"):
            found = {NAMES[name]: Decimal(value) for name, value in record.get(key, {}).items()}
            if key == "weights":
                shipped_ones = {one.id: one.weight for one in indicators.values()}
            else:
                shipped_ones = {
                    one.id: one.benchmark.given
                    for one in indicators.values()
                    if one.benchmark and one.benchmark.given
                }
            if found:
                assert found == shipped_ones, (id, key)
                compared += len(found)
    assert compared == 2 * (6 + 2 + 6 + 2) + 3 + 5


def test_the_indicators_of_jingning_are_those_of_the_record(records: dict[str, Any]) -> None:
    found = [NAMES[name] for name in records["jingning-2022"]["indicators"]]
    assert found == [one.id for one in shipped_scheme("jingning-2022").indicator]


def test_the_shares_of_the_grades_are_those_of_the_records(records: dict[str, Any]) -> None:
    for id in ("huaian-2024", "gu456-anhui"):
        grades = shipped_scheme(id).grades
        assert grades is not None
        shares = [int(step.share) for step in grades.steps if step.share is not None]
        limits = [int(number) for number in re.findall(r"\d+", records[id]["classes"])]
        ends = [sum(shares[: n + 1]) for n in range(len(shares))]
        assert {*ends, 100 - ends[-1]} <= set(limits), id
    assert records["shandong-2019"]["classes"].startswith("A<=20%, D>=5%")
    shandong = shipped_scheme("shandong-2019").grades
    assert shandong is not None
    assert (shandong.steps[0].share, sum(step.share or 0 for step in shandong.steps)) == (20, 95)


def test_the_rules_of_the_one_where_less_is_better_are_those_of_the_record(records: dict[str, Any]) -> None:
    energy, cod, so2 = shipped_scheme("yuyao-like-2012").indicator
    formula = records["yuyao-like-2012"]["formula"]
    assert "能耗下降率(12分): 指标/最高值*12" in formula
    assert (energy.weight, energy.benchmark and energy.benchmark.max, energy.missing) == (12, True, -3)
    assert "各4分: 得分=(2-指标值/平均值)*2, 指标值>=2*平均值得0; 申报为零或缺数据倒扣3分" in formula
    assert [(one.weight, one.k) for one in (cod, so2)] == [(4, 2), (4, 2)]


def assumed(scheme: Scheme, ending: str) -> list[bool]:
    """Whether each number whose path ends so is an assumption."""
    return [bool(one.assumed) for one in numbers(scheme) if one.path.endswith(ending)]


def test_a_number_that_no_source_states_says_so() -> None:
    assert assumed(shipped_scheme("huangyan-2022"), ".weight") == [False] * 6
    assert assumed(shipped_scheme("huangyan-2022"), ".given") == [False] * 6
    assert all(assumed(shipped_scheme("huangyan-2022"), ".share"))
    assert assumed(shipped_scheme("huaian-2024"), ".share") == [False] * 3
    assert assumed(shipped_scheme("jingning-2022"), ".weight") == [True] * 6
    demonstration = [one for one in numbers(shipped_scheme("demo-jiaxing-2020")) if not one.assumed]
    assert [one.path for one in demonstration] == ["exempt[new].when"]  # two years, as in Huai'an
