"""Home, figures and what is behind them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenglong.actions.campaign.rosters import add_reference, set_target
from tests.factories import MACHINE, World, build_world
from tests.integration.web import cells_of, signed_in, text_of

NOW = datetime(2021, 11, 9, 4, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=6)


def test_home_shows_target_and_actual_pace_and_lead(world: World) -> None:
    said = text_of(signed_in("demo-city").get("/"))
    assert "33 / 45 家" in said
    assert "73.3 %" in said
    assert "序时进度 50.0%" in said
    assert "快于序时 23.3 个百分点" in said
    assert "+31.9 个百分点" in said
    assert "口径不同，不得与上述数据相加" in said


def test_the_lead_says_which_value_it_rests_on_and_warns_while_that_is_older_than_the_figure(
    world: World,
) -> None:
    city = signed_in("demo-city")
    for day, age in (("2021-10-26", 0), ("2021-10-27", 1), ("2021-11-01", 6)):
        said = text_of(city.get(f"/?as_of={day}"))
        assert "参照值 41.4%（2021-10-26，演示）" in said
        assert (f"参照值比数据早 {age} 天，不宜直接比较" in said) is bool(age), day
    assert "参照值" not in text_of(city.get("/?as_of=2021-10-25"))


def test_the_reference_opens_like_a_figure_to_its_source_and_its_corrections(world: World) -> None:
    city = signed_in("demo-city")
    lead = city.get("/figures/lead_pp?as_of=2021-10-31")
    assert 'href="/figures/lead_pp/reference?as_of=2021-10-31"' in lead.content.decode()
    add_reference(
        actor=MACHINE, at=NOW, roster=world.hcle, figure="write_off_rate", day=date(2021, 10, 26),
        percent=Decimal("42"), source="省专班第二次反馈", reason="省里更正",
    )  # fmt: skip
    said = text_of(city.get("/figures/lead_pp/reference?as_of=2021-10-31"))
    assert "全省平均 42.0 %" in said and "口径：" in said and "省专班第二次反馈" in said
    assert "更正：省里更正" in said and "41.4 演示" in said
    before = text_of(city.get("/figures/lead_pp/reference?as_of=2021-10-31&known_at=2021-11-01T00:00"))
    assert "全省平均 41.4 %" in before and "第二次反馈" not in before
    assert city.get("/figures/firms_target/reference").status_code == 404


def test_the_race_stands_in_rank_then_official_order_and_its_card_in_words(world: World) -> None:
    said = text_of(signed_in("demo-city").get("/"))
    board = said[said.index("赛马榜") :]
    places = [board.index(name) for name in ("南湖区", "海盐县", "嘉兴港区", "秀洲区", "海宁市", "平湖市")]
    assert places == sorted(places)
    assert "绿牌" in board and "红牌" in board


def test_a_town_sees_its_own_cases_waiting(world: World) -> None:
    said = text_of(signed_in("demo-xitang").get("/"))
    assert "整治对象 · 高耗低效企业整治名单 2" in said


def test_screen_and_workbook_say_the_same(world: World) -> None:
    client = signed_in("demo-jiashan")
    said = text_of(client.get("/figures"))
    rows = [row for row in cells_of(client.get("/figures.xlsx")) if row[2] and row[0] != "指标"]
    assert len(rows) > 20
    for name, value, unit in rows:
        shown = (
            value
            if isinstance(value, str)
            else f"{value:,.1f}"
            if unit in ("%", "个百分点")
            else f"{value:,g}"
        )
        assert f"{name} {shown} {unit}" in said


def test_a_figure_opens_down_to_file_sheet_and_cell(world: World) -> None:
    client = signed_in("demo-jiashan")
    said = text_of(client.get("/figures/energy_freed"))
    assert "演示西塘镇1号厂" in said and "合计 1,807.5" in said
    case = world.cases["330421"][0]
    source = text_of(client.get(f"/figures/energy_freed/cases/{case.pk}"))
    assert f"演示台账.xlsx · 总台账 · H{case.number + 2}" in source
    assert "602.5" in source


def test_a_rate_is_opened_into_its_parts(world: World) -> None:
    said = text_of(signed_in("demo-city").get("/figures/write_off_rate"))
    assert "销号企业数 33 家" in said and "整治对象数 45 家" in said


def test_opening_plus_corrected_plus_new_is_closing(world: World) -> None:
    client = signed_in("demo-city")
    address = "/figures/energy_freed/compare?from=2021-10-31&from_known_at=2021-11-11T20:30&as_of=2021-10-31"
    said = text_of(client.get(address))
    for part in ("19,930 吨标准煤", "-47.5", "19,882.5 吨标准煤", "演示西塘镇2号厂 650 -47.5 0 602.5"):
        assert part in said
    total = cells_of(client.get(address.replace("compare?", "compare.xlsx?")))
    sums = next(row for row in total if row[0] == "合计")
    assert sums[1] + sums[2] + sums[3] == sums[4]


def test_the_same_day_can_be_asked_for_as_it_was_known_then(world: World) -> None:
    client = signed_in("demo-city")
    assert "腾出用能 0 吨标准煤" in text_of(client.get("/figures?as_of=2021-10-31&known_at=2021-10-31T12:00"))
    assert "腾出用能 19,882.5 吨标准煤" in text_of(client.get("/figures?as_of=2021-10-31"))


@pytest.mark.parametrize(
    "query", ["as_of=2021-13-01", "known_at=gestern", "as_of=2999-01-01", "roster=nothing"]
)
def test_a_bad_question_gets_a_sentence(world: World, query: str) -> None:
    answer = signed_in("demo-city").get(f"/figures?{query}")
    assert answer.status_code in (400, 404)
    assert "请" in text_of(answer)


def test_home_of_now_is_kept_until_something_is_recorded(world: World) -> None:
    client = signed_in("demo-city")
    assert "/ 45 家" in text_of(client.get("/"))
    set_target(
        actor=MACHINE, at=datetime(2021, 11, 20, tzinfo=UTC), roster=world.hcle, code="330400",
        figure="firms_written_off", quantity=Decimal(66),
    )  # fmt: skip
    assert "/ 66 家" in text_of(client.get("/"))
