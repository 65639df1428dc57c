"""The other kinds of table: firms, pushed roster, review form, observations, event list."""

from datetime import date

import pytest

from tenglong.demo.firms import synthetic_code
from tenglong.queries.ledger.states import differing_states
from tenglong.store.models import Case, CaseState, Entry, Firm, FirmName, Holding, Observation, Parcel, Roster
from tests.integration.campaign.world import (
    accepted,
    build_places,
    counts,
    csv_file,
    day,
    make_roster,
    sentences,
    staged,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def roster() -> Roster:
    build_places()
    return make_roster()


FIRMS = [
    "县(市、区)",
    "镇(街道)",
    "企业名称",
    "统一社会信用代码",
    "曾用名",
    "主体类型",
    "规模",
    "自有用地(亩)",
    "宗地编号",
    "房东/承租关系",
    "房东名称",
]
OWNER = ["嘉善县", "西塘镇", "嘉善房东实业公司", "", "西塘老厂", "企业", "规下", "20", "P-1", "房东", ""]
TENANT = ["嘉善县", "西塘镇", "嘉善租户纽扣厂", "", "", "个体", "规下", "", "P-1", "承租", "嘉善房东实业公司"]


def test_firms_bring_names_parcels_and_leases(roster: Roster) -> None:
    batch = accepted(csv_file(FIRMS, TENANT, OWNER), "firms")
    assert counts(batch) == (2, 0, 0, 0)
    owner = Firm.objects.get(name="嘉善房东实业公司")
    assert FirmName.objects.filter(firm=owner).count() == 2
    parcel = Parcel.objects.get()
    lease = Holding.objects.get(relation="tenant")
    assert parcel.number == "P-1" and lease.landlord == owner and lease.parcel == parcel
    assert counts(staged(csv_file(FIRMS, TENANT, OWNER), "firms")) == (0, 0, 2, 0)
    larger = [cell if cell != "规下" else "规上" for cell in OWNER]
    assert counts(accepted(csv_file(FIRMS, larger), "firms")) == (0, 1, 0, 0)
    assert Firm.objects.get(pk=owner.pk).size == "above_scale"


PUSHED = ["县(市、区)", "镇(街道)", "企业名称", "推送日期", "推送理由", "名单来源"]
REVIEW = [
    "县(市、区)",
    "镇(街道)",
    "企业名称",
    "核查日期",
    "拟办",
    "剔除原因代码",
    "剔除原因说明",
    "新增理由",
    "部门联审意见",
    "县级意见",
    "县级日期",
    "市级意见",
    "省核定",
    "最终名单版本",
]


def test_from_pushed_to_final(roster: Roster) -> None:
    names = ["嘉善红星纽扣厂", "嘉善东风印刷有限公司", "嘉善永固五金有限公司"]
    rows = [["嘉善县", "西塘镇", name, "2021-05-06", "亩均税收低", "省推"] for name in names[:2]]
    accepted(csv_file(PUSHED, *rows), "pushed_roster", roster=roster)
    assert set(CaseState.objects.values_list("state", flat=True)) == {"suspected"}
    kept = [
        "嘉善县",
        "西塘镇",
        names[0],
        "2021-05-20",
        "保留",
        "",
        "",
        "",
        "同意",
        "同意",
        "2021-06-01",
        "同意",
        "同意",
        "v1",
    ]
    removed = [
        "嘉善县",
        "西塘镇",
        names[1],
        "2021-05-20",
        "剔除",
        "1",
        "已注销",
        "",
        "同意",
        "",
        "",
        "",
        "",
        "",
    ]
    added = [
        "嘉善县",
        "西塘镇",
        names[2],
        "2021-05-21",
        "新增",
        "",
        "",
        "高耗能",
        "同意",
        "不同意",
        "2021-06-01",
        "",
        "",
        "",
    ]
    unexplained = ["嘉善县", "西塘镇", "嘉善大明箱包有限公司", "", "剔除", "", "", "", "", "", "", "", "", ""]
    content = csv_file(REVIEW, kept, removed, added, unexplained)
    batch = accepted(content, "roster_review", roster=roster)
    assert counts(batch) == (1, 2, 0, 1), [sentences(batch, row) for row in (2, 3, 4, 5)]
    states = dict(CaseState.objects.values_list("case__firm__name", "state"))
    assert states == {names[0]: "target", names[1]: "removed", names[2]: "dept_reviewed"}
    assert Entry.objects.get(kind="removed").details["reason"].startswith("1 已停产注销；已注销")
    assert "不同意" in Entry.objects.filter(kind="note").last().details["reason"]
    assert counts(staged(content, "roster_review", roster=roster)) == (0, 0, 3, 1)
    assert differing_states(roster.pk) == []


YEARLY = ["县(市、区)", "镇(街道)", "企业名称", "年度", "税收(万元)", "综合能耗(吨标煤)", "能耗口径"]


def test_observations_are_corrected_by_later_rows(roster: Roster) -> None:
    rows = [["嘉善县", "西塘镇", "嘉善甲厂纽扣", year, 10, 500, "等价"] for year in (2019, 2020)]
    assert counts(accepted(csv_file(YEARLY, *rows), "observations")) == (2, 0, 0, 0)
    assert Firm.objects.count() == 1 and Observation.objects.count() == 4
    rows[1][4] = 12
    batch = accepted(csv_file(YEARLY, *rows), "observations")
    assert counts(batch) == (0, 1, 1, 0) and "原为 10" in sentences(batch, 3)
    latest = Observation.objects.filter(indicator="tax", year=2020).latest("id")
    assert latest.quantity == 12_000_000 and latest.unit == "万元" and latest.source["cell"] == "E3"
    assert Observation.objects.filter(indicator="energy").first().basis == "equivalent"


EVENTS = ["镇(街道)", "企业名称", "事项", "日期", "数量", "数量指标", "计量单位"]


def test_events_build_on_each_other_whatever_their_order(roster: Roster) -> None:
    accepted(
        csv_file(PUSHED[:3] + ["列入日期"], ["嘉善县", "西塘镇", "嘉善甲厂纽扣", "2021-05-01"]), roster=roster
    )
    rows = [
        ["西塘镇", "嘉善甲厂纽扣", "腾空", "2021-07-01", "1", "实际腾出用地", "公顷"],
        ["西塘镇", "嘉善甲厂纽扣", "签约", "2021-06-01", "", "", ""],
        ["西塘镇", "嘉善东风印刷有限公司", "签约", "2021-06-01", "", "", ""],
    ]
    batch = accepted(csv_file(EVENTS, *rows), "events", roster=roster)
    assert counts(batch) == (2, 0, 0, 1), [sentences(batch, row) for row in (2, 3, 4)]
    now = CaseState.objects.get()
    assert now.state == "emptied" and day(now, "contract") == date(2021, 6, 1) and now.land == 15_000_000
    assert counts(staged(csv_file(EVENTS, *rows), "events", roster=roster)) == (0, 0, 2, 1)
    assert Case.objects.count() == 1


def test_a_row_that_names_the_county_only_says_nothing_against_the_town_of_the_case(roster: Roster) -> None:
    kind, header = "pushed_roster", ["县(市、区)", "镇(街道)", "企业名称", "统一社会信用代码"]
    code = synthetic_code("330421", 1)
    accepted(csv_file(header, ["嘉善县", "西塘镇", "演示甲厂", code]), kind, roster=roster)
    for county, asked in (("嘉善县", False), ("平湖市", True)):
        batch = staged(csv_file(header, [county, "", "演示甲厂", code]), kind, roster=roster)
        assert ("案件登记的属地" in sentences(batch, 2)) is asked
