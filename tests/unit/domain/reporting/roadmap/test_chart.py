from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.reporting.drawings import Box, Drawing, Hatch, Line, Text
from tenglong.domain.reporting.roadmap.chart import chart_pages
from tenglong.domain.reporting.roadmap.chart.lower import panels
from tenglong.domain.reporting.roadmap.chart.overview import numbered_targets, printed
from tenglong.domain.reporting.roadmap.chart.parts import MARGIN, Area, Axis, head, sign, wrapped
from tenglong.domain.reporting.roadmap.content import CaseLine, RoadmapContent
from tests.unit.domain.reporting.roadmap.samples import MEASURES, START, case, content

A1, A0 = (841, 594), (1189, 841)


def many(count: int, *, zones: int = 5, teams: int = 24) -> RoadmapContent:
    measures = [*MEASURES, ""]
    cases = tuple(
        case(n, f"第{n % zones}片", f"第{n % teams}组", measures[n % 4], weeks=(n % 4, n % 4 + 1))
        for n in range(count)
    )
    return content(cases, weeks=15)


def said(page: Drawing) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Text)]


def test_the_first_sheet_says_what_the_roadmap_is_and_how_good() -> None:
    page = chart_pages(content())[0]
    text = "\n".join(said(page))
    for part in (
        "西塘镇整治路线图（第1稿）",
        "演示数据",
        "《整治名单》",
        "2021年8月1日",
        "没有比它好 0.06% 以上的",
        "拟定稿",
    ):
        assert part in text


def test_without_a_notice_nothing_is_marked() -> None:
    assert "演示数据" not in said(chart_pages(content(notice=""))[0])


def test_zones_measures_teams_and_totals_stand_on_the_overview() -> None:
    texts = said(chart_pages(content())[0])
    for label in ("东片", "关停淘汰", "第10组", "未定小组", "全域合计"):
        assert label in texts
    assert "2 户，全部启动" in texts
    assert "1 户，启动 0 户，暂缓 1 户" in texts


def test_teams_of_several_zones_stand_once_below_the_zones() -> None:
    cases = tuple(case(n, ("东片", "西片")[n % 2], ("第1组", "第2组")[n < 2], "close") for n in range(4))
    texts = said(chart_pages(content(cases))[0])
    assert texts.count("第1组") == texts.count("第2组") == 1
    assert "2 个小组在两个以上区块作业，不按区块分列" in texts


def test_what_has_come_by_each_period_ends_with_the_whole() -> None:
    texts = said(chart_pages(content())[0])
    at = texts.index("累计腾出土地（亩）")
    assert texts[at + 1 : at + 7] == ["0", "0", "1.3", "2.5", "2.5", "2.5"]


def test_a_case_stands_with_its_days_on_the_sheet_of_its_zone() -> None:
    east = chart_pages(content())[1]
    texts = said(east)
    assert "西塘镇整治路线图（第1稿）分片作战图：东片" in texts
    assert texts[texts.index("演示1号纽扣厂") :][:6] == [
        "演示1号纽扣厂", "第2组", "8/2", "签约8/5　腾空8/22", "8/22", "通过",
    ]  # fmt: skip


def test_every_case_stands_once_whatever_their_number() -> None:
    whole = many(600)
    listed = [text for page in chart_pages(whole)[1:] for text in said(page) if text.startswith("演示")]
    names = [text for text in listed if text.endswith("厂")]
    assert sorted(names) == sorted(one.name for one in whole.cases)


@pytest.mark.parametrize(("count", "zones", "teams", "size"), [(3, 2, 3, A1), (1000, 5, 24, A0)])
def test_the_sheet_is_as_large_as_the_rows_need(
    count: int, zones: int, teams: int, size: tuple[int, int]
) -> None:
    pages = chart_pages(many(count, zones=zones, teams=teams))
    assert {(page.width, page.height) for page in pages} == {size}


def test_an_overview_that_is_too_long_goes_on_and_ends_with_the_totals() -> None:
    pages = [page for page in chart_pages(many(2000, zones=12, teams=60)) if "户数" in said(page)]
    assert len(pages) > 1
    assert ["全域合计" in said(page) for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("whole", [content(), many(1000), many(2000, zones=12, teams=60)])
def test_nothing_is_drawn_outside_its_sheet(whole: RoadmapContent) -> None:
    for page in chart_pages(whole):
        for item in page.items:
            right, below = (
                (item.x + item.width, item.y + item.height)
                if isinstance(item, Box)
                else (item.to_x, item.to_y)
                if isinstance(item, Line)
                else (item.x, item.y)
            )
            assert 0 <= item.x <= right <= page.width
            assert 0 <= item.y <= below <= page.height


def test_letters_can_be_read_from_a_step_away() -> None:
    sizes = [item.size for page in chart_pages(many(1000)) for item in page.items if isinstance(item, Text)]
    assert min(sizes) >= 12


def test_measures_are_told_apart_without_colour() -> None:
    looks = load_rules("tenglong.domain.reporting.roadmap.chart", "chart.toml").content["measures"].values()
    assert len({look["hatch"] for look in looks}) == len({look["mark"] for look in looks}) == len(looks)
    assert {Hatch(look["hatch"]) for look in looks} <= set(Hatch)


def test_a_measure_the_look_does_not_know_has_its_own_sign() -> None:
    assert sign("腾云")["mark"] == "腾"


def test_targets_of_one_day_share_a_flag() -> None:
    assert numbered_targets(content()) == [("1、2", ["1. 销号不少于 2 家", "2. 东片清零"])]
    assert "1、2" in said(chart_pages(content())[0])


def test_a_month_without_enough_money_is_red() -> None:
    page = chart_pages(content())[0]
    red = [item.text for item in page.items if isinstance(item, Text) and item.color != "#000000"]
    assert "2021年8月" in red
    assert "2021年9月" not in red


def test_a_roadmap_in_which_all_wait_can_be_drawn() -> None:
    waiting = tuple(CaseLine(n, f"企业{n}", "东片", "西塘镇", "第1组") for n in range(3))
    page = chart_pages(replace(content(), cases=waiting, targets=(), months=(), checks=()))[0]
    assert "本路线图未设分期目标" in said(page)


def test_days_lie_in_their_period_and_at_their_place() -> None:
    axis = Axis(100, 60, content().periods, content().end)
    assert [axis.period(date(2021, 8, day)) for day in (1, 2, 8, 9)] == [0, 0, 0, 1]
    assert (axis.at(START), axis.at(date(2021, 8, 9)), axis.at(date(2022, 1, 1))) == (100, 110, 160)
    spans = [axis.span(number) for number in range(6)]
    assert all(left + width == pytest.approx(after) for (left, width), (after, _) in pairwise(spans))


def test_lines_are_broken_where_they_are_full_and_no_comma_begins_one() -> None:
    lines = wrapped("一二三四，五六七八", 20.5, 14)
    assert lines == ["一二三四，", "五六七八"]


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("12.25", "12.3"), ("999.94", "999.9"), ("1000.5", "1001")]
)
def test_large_numbers_are_printed_without_places(value: str, text: str) -> None:
    assert printed(Decimal(value)) == text


def test_the_title_leaves_room_for_the_notice_on_either_side() -> None:
    width = 400.0
    alone, beside = (head(replace(content(), notice=notice), width, "标题") for notice in ("", "演示数据"))
    titles = [next(item for item in items if isinstance(item, Text)) for items in (alone, beside)]
    marked = [item for item in beside if isinstance(item, Box)]
    assert [title.x for title in titles] == [width / 2] * 2
    assert titles[0].width == width - 2 * MARGIN
    assert titles[1].x + titles[1].width / 2 <= min(box.x for box in marked)
    assert titles[1].x - titles[1].width / 2 >= MARGIN


def test_each_panel_is_told_the_room_that_its_frame_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Area] = []
    for name in ("_legend", "_ables", "_targets", "_months"):
        monkeypatch.setattr(f"{panels.__module__}.{name}", lambda _, area: iter(told.append(area) or ()))
    frames = [
        item for item in panels(content(), Area(20, 30, 800, 90)) if isinstance(item, Box) and item.border
    ]
    assert len(told) == len(frames) == 4
    for area, frame in zip(told, frames, strict=True):
        assert frame.x < area.x and area.x + area.width < frame.x + frame.width
        assert frame.y < area.y and area.y + area.height == frame.y + frame.height
