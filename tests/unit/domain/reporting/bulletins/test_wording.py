from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.rulebook import shipped
from tenglong.domain.reporting.bulletins import RankingRow, WeeklyDelta
from tenglong.domain.reporting.bulletins.wording import (
    WORDING,
    amount,
    headline,
    highlights_of,
    listing,
    next_steps_of,
    problems_of,
    short_day,
    weekly,
)
from tests.unit.domain.reporting.samples import MAIN, OTHER, OVERDUE, RANKING

WORDS = shipped(WORDING).content


def with_figure(id: str, printed: str) -> str:
    figures = tuple(replace(each, printed=printed) if each.id == id else each for each in MAIN.figures)
    return headline(WORDS, replace(MAIN, figures=figures), 2021)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("8940", "亩", "8940亩"),
        ("831.8", "亩", "831.8亩"),
        ("19700", "亩", "1.97万亩"),
        ("313000", "吨标准煤", "31.3万吨标准煤"),
        ("9999.995", "亩", "10000亩"),
        ("12345", "亩", "1.23万亩"),
        ("12350", "亩", "1.24万亩"),
        ("600000", "吨", "60万吨"),
        ("12000", "家", "12000家"),
        ("0", "亩", "0亩"),
    ],
)
def test_amounts_are_rounded_once_and_printed_as_officials_do(value: str, unit: str, text: str) -> None:
    assert amount(WORDS, Decimal(value), unit) == text


def test_the_headline_is_the_sentence_of_the_article() -> None:
    assert headline(WORDS, MAIN, 2021).startswith(
        "截至11月9日，全市已销号企业520家，销号率71.2%，比全省平均快11.8个百分点；"
        "腾出低效用地8940亩，腾出用能31.3万吨标准煤。"
    )


def test_another_roster_has_its_own_sentence() -> None:
    assert headline(WORDS, OTHER, 2021) == (
        "截至11月7日，全市共关停淘汰企业283家；腾出低效用地1.97万亩，腾出用能39.8万吨标准煤。"
    )


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("11.8", "比全省平均快11.8个百分点"),
        ("-3.2", "比全省平均慢3.2个百分点"),
        ("0.0", "与全省平均持平"),
        ("-0.0", "与全省平均持平"),
        ("—", "全省平均暂缺，不作比较"),
    ],
)
def test_a_lead_says_ahead_behind_or_level(printed: str, text: str) -> None:
    assert f"，{text}；" in with_figure("lead_pp", printed)


def test_without_a_target_there_is_no_rate() -> None:
    assert "尚未确定整治目标，不计算销号率" in with_figure("write_off_rate", "—")


def test_a_figure_of_another_year_names_its_year() -> None:
    assert headline(WORDS, MAIN, 2022).startswith("截至2021年11月9日，")
    assert short_day(date(2021, 1, 9), 2021) == "1月9日"


def test_no_figures_no_sentence() -> None:
    assert headline(WORDS, replace(MAIN, figures=()), 2021) == ""


def test_every_clause_is_a_figure_that_exists() -> None:
    pace = {"pace", "pace_diff"}  # of the race
    assert set(WORDS["clauses"]) - pace <= set(definitions())
    assert {name for sentence in WORDS["headline"] for name in sentence["clauses"]} == set(WORDS["clauses"])


@pytest.mark.parametrize(
    ("this_week", "last_week", "text"),
    [
        (36, 31, "销号企业新增36家（比上周多5家）"),
        (31, 36, "销号企业新增31家（比上周少5家）"),
        (31, 31, "销号企业新增31家（与上周持平）"),
        (36, 0, "销号企业新增36家（比上周多36家）"),
        (0, None, "销号企业无新增"),
        (-2, None, "销号企业因更正减少2家"),
    ],
)
def test_a_week_is_told_with_its_change(this_week: int, last_week: int | None, text: str) -> None:
    last = None if last_week is None else Decimal(last_week)
    delta = WeeklyDelta("firms_written_off", "销号企业", "家", Decimal(this_week), last)
    assert weekly(WORDS, replace(MAIN, weekly=(delta,)), 2021) == f"本周（11月3日至11月9日）{text}。"


def test_without_a_week_nothing_is_said_about_it() -> None:
    assert weekly(WORDS, OTHER, 2021) == ""


def test_highlights_name_the_best_with_numbers() -> None:
    assert highlights_of(WORDS, RANKING) == (
        "完成率居前的单位：嘉善县87.5%（84/96家）、海宁市83.9%（99/118家）、平湖市80.2%（81/101家）。",
        "位次上升最多的单位：平湖市由第6位升至第3位。",
        "本周新增销号最多的单位：平湖市，新增9家。",
    )


def test_ties_are_all_named_and_zero_is_no_highlight() -> None:
    tied = (RANKING[0], replace(RANKING[1], new=8))
    assert highlights_of(WORDS, tied)[-1] == "本周新增销号最多的单位：嘉善县、海宁市，各新增8家。"
    idle = RankingRow(unit="甲镇", target=5, done=0, new=0, land=Decimal(0), energy=Decimal(0), rank=1)
    assert highlights_of(WORDS, [idle]) == ()


def test_problems_start_with_the_slowest() -> None:
    behind, idle, late = problems_of(WORDS, RANKING, OVERDUE)
    assert behind == (
        "慢于序时进度的单位3个：港区慢25.2个百分点（9/28家）；经开区慢18.5个百分点（14/36家）；"
        "海盐县慢2.9个百分点（43/79家）。"
    )
    assert idle == "尚未完成目标且本周无新增销号的单位2个：经开区、港区。"
    assert late.startswith("逾期事项2项：港区演示港区甲纽扣厂“断电”逾期16天（责任人：演示责任人甲）；")


def test_no_problems_no_sentences() -> None:
    assert problems_of(WORDS, RANKING[:3]) == ()


def test_next_steps_say_who_and_by_when() -> None:
    steps = next_steps_of(
        WORDS, RANKING, OVERDUE, by=date(2021, 11, 16), deadline=date(2021, 12, 31), office="市整治办"
    )
    assert steps[0].startswith("港区、经开区、海盐县要对照序时进度") and "2021年11月16日前" in steps[0]
    assert "港区、经开区要确保于2021年11月16日前办结逾期事项，并将办结情况书面报市整治办。" == steps[1]
    assert "2021年12月31日前完成整治" in steps[2]


def test_a_long_list_says_how_many_it_leaves_out() -> None:
    assert listing(WORDS, map(str, range(12))) == "0、1、2、3、4、5、6、7、8、9等（其余2项未逐一列出）"
