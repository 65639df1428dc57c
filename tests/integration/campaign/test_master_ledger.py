"""The case ledger that goes out comes in again: every row is read, and nothing of it changes anything."""

from datetime import date

import pytest

from tenglong.domain.access.policy import Scope
from tenglong.domain.reporting.writers.xlsx import write_table
from tenglong.queries.campaign.cases import CaseFilter, CaseList
from tenglong.queries.campaign.master_ledger import master_ledger
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Entry, Import, Roster
from tests.factories import CITY, build_people
from tests.integration.campaign.world import (
    NOON,
    TODAY,
    accepted,
    build_places,
    counts,
    csv_file,
    make_roster,
    staged,
)
from tests.integration.web import signed_in

pytestmark = pytest.mark.django_db
ROWS: tuple[dict[str, str], ...] = (
    {
        "县(市、区)": "嘉善县", "镇(街道)": "西塘镇", "区块": "1号区块", "企业名称": "嘉善甲演示纽扣有限公司",
        "主体类型": "企业", "规模": "规下", "行业代码": "C4119", "地址": "西塘镇工业路1号", "房东/承租关系": "房东",
        "实际用地(亩)": "12.5",
        "名单来源": "省推", "批次": "腾退", "处置方式": "腾退收回", "牵头部门": "经信局", "攻坚小组": "第3组",
        "包干责任人": "演示员", "计划完成时间": "2021-12-01", "主要工序": "染色、电镀", "推送日期": "2021-04-27",
        "列入日期": "2021-04-28", "计划日期": "2021-05-06", "方案批准日期": "2021-05-10", "评估日期": "2021-05-20",
        "签约日期": "2021-06-01", "腾空日期": "2021-07-01", "拆除日期": "2021-07-20", "核查日期": "2021-08-01",
        "销号日期": "2021-09-01", "回头看日期": "2021-10-01", "回头看结果": "无反弹", "签约面积(亩)": "12.5",
        "实际腾出用地(亩)": "12.25", "实际腾出用能(吨标煤)": "88.125", "合同总价(万元)": "1234.567",
        "累计已付款(万元)": "600.5", "最近付款日期": "2021-06-11",
    },
    {
        "县(市、区)": "南湖区", "镇(街道)": "凤桥镇", "企业名称": "嘉兴乙演示五金有限公司", "主体类型": "个体",
        "房东/承租关系": "自有", "名单来源": "市列", "列入日期": "2021-05-01",
    },
    {
        "县(市、区)": "经开区", "企业名称": "嘉兴丙演示塑料厂", "主体类型": "作坊", "房东/承租关系": "承租",
        "推送日期": "2021-05-03", "列入日期": "2021-05-03", "签约日期": "2021-06-03",
    },
)  # fmt: skip
HEADER = list(ROWS[0])


@pytest.fixture
def roster(db: None) -> Roster:
    build_places()
    roster = make_roster()
    batch = accepted(
        csv_file(HEADER, *([row.get(name, "") for name in HEADER] for row in ROWS)), roster=roster
    )
    assert batch.inserted == len(ROWS), [row.problems for row in batch.rows.all()]
    return roster


def everything(roster: Roster, day: date = TODAY) -> CaseList:
    return CaseList(
        roster=roster, unit=CITY, scope=Scope(everywhere=True, places=territory().at(day).members(CITY)),
        wanted=CaseFilter(), today=day,
    )  # fmt: skip


def printed(roster: Roster) -> bytes:
    return write_table(master_ledger(everything(roster), TODAY), title="总台账（演示数据）", created=NOON)


def test_it_says_what_was_told(roster: Roster) -> None:
    sheet = master_ledger(everything(roster), TODAY)
    headers = [column.header for column in sheet.columns]
    row = dict(zip(headers, next(iter(sheet.rows)), strict=True))
    for header, told in ROWS[0].items():
        if header != "实际用地(亩)":  # is of the parcel, whose number stands there
            value = row[header]
            said = value.isoformat() if isinstance(value, date) else str(value)
            assert said == told or float(said) == float(told), header


def test_it_comes_in_again_and_changes_nothing(roster: Roster) -> None:
    before = Entry.objects.count()
    batch = staged(printed(roster), roster=roster, filename="总台账.xlsx")
    assert batch.state == Import.State.STAGED, batch.problem
    assert counts(batch) == (0, 0, len(ROWS), 0), [(row.verdict, row.problems) for row in batch.rows.all()]
    assert Entry.objects.count() == before


def test_it_is_on_the_page_and_in_the_api_for_whoever_may_export(roster: Roster) -> None:
    build_people()
    city, town = signed_in("demo-city"), signed_in("demo-nobody")
    assert city.get("/cases/ledger.xlsx?roster=city-2021").content[:2] == b"PK"
    assert town.get("/cases/ledger.xlsx?roster=city-2021").status_code in {302, 403, 404}


def test_a_case_that_is_no_target_is_left_out(roster: Roster) -> None:
    """A row of the case ledger makes a target of it."""
    accepted(
        csv_file(["县(市、区)", "企业名称", "推送日期"], ["海盐县", "嘉兴丁演示厂", "2021-05-03"]),
        "pushed_roster",
        roster=roster,
    )
    assert everything(roster).totals.count == len(ROWS) + 1
    assert len(list(master_ledger(everything(roster), TODAY).rows)) == len(ROWS)
