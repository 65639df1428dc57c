"""What an office states, with the defaults behind it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.settings import default_settings, read_settings
from tests.unit.domain.roadmap.invented import DEADLINE, START


def test_what_is_not_stated_is_filled_in() -> None:
    found = read_settings(
        'title = "西塘"\nstart = 2021-04-27\ndeadline = 2021-12-31\n[capacity]\nlegal_per_week = 9'
    )
    assert (found.title, found.capacity.legal_per_week) == ("西塘", 9)
    assert (found.capacity.appraisals_per_day, found.bonus.tiers[0].days) == (15, 30)


def test_weights_are_taken_as_they_are_stated() -> None:
    assert default_settings(START, DEADLINE, aim={"weights": {"land": 2}}).aim.weights == {"land": Decimal(2)}


def test_settings_survive_json_with_exact_numbers() -> None:
    stated = default_settings(START, DEADLINE, fund={"total": Decimal("100.10")}, prices={"land": "30.5"})
    again = read_settings(stated.model_dump(mode="json"))
    assert (again, again.digest) == (stated, stated.digest)
    assert stated.model_dump(mode="json")["fund"]["total"] == "100.1"


def test_the_digest_changes_with_any_number() -> None:
    one, other = (default_settings(START, DEADLINE, prices={"land": price}) for price in (30, 31))
    assert one.digest != other.digest


@pytest.mark.parametrize(
    ("kind", "firsts", "last_day", "count"),
    [
        ("week", [date(2021, 4, 27), date(2021, 5, 4)], date(2021, 5, 3), 36),
        ("ten_days", [date(2021, 4, 27), date(2021, 5, 7)], date(2021, 5, 6), 25),
        ("month", [date(2021, 4, 27), date(2021, 5, 1)], date(2021, 4, 30), 9),
        ("quarter", [date(2021, 4, 27), date(2021, 7, 1)], date(2021, 6, 30), 3),
    ],
)
def test_periods_run_from_the_start_and_end_with_the_deadline(
    kind: str, firsts: list[date], last_day: date, count: int
) -> None:
    found = default_settings(START, DEADLINE, period=kind)
    assert list(found.periods[:2]) == firsts
    assert (found.last_days[0], found.last_days[-1], len(found.periods)) == (last_day, DEADLINE, count)


def target(**known: Any) -> dict[str, Any]:
    return {"amount": "land", "by": "2021-10-01", "at_least": 1} | known


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"peroid": "week"}, "peroid：没有这一项"),
        ({"period": "day"}, "period：应为其中之一"),
        ({"deadline": date(2021, 1, 1)}, "截止日期 2021-01-01 早于开始日期 2021-04-27"),
        ({"deadline": date(2031, 1, 1)}, "period：期数 506 超过 400"),
        ({"fund": {"total": "很多"}}, "fund.total：应为数字"),
        ({"fund": {"total": -1}}, "fund.total：不应小于 0"),
        ({"fund": {"cash": {"2021-13": 1}}}, "fund.cash.2021-13：格式不对"),
        ({"fund": {"payments": [{"name": "首付", "days": 1, "share": "0.9"}]}}, "比例之和应为 1"),
        ({"bonus": {"tiers": [{"days": 60, "share": 1}, {"days": 30, "share": 1}]}}, "由小到大"),
        ({"aim": {"weights": {"gold": 1}}}, "aim.weights：没有“gold”"),
        ({"prices": {"gold": 1}}, "prices：没有“gold”"),
        ({"measures": ["close", "shut"]}, "measures：没有“shut”"),
        ({"choices": [{"case": "1", "measure": "shut"}]}, "choices：没有“shut”"),
        ({"choices": [{"case": "1", "measure": "close"}] * 2}, "choices：“1”重复"),
        ({"parks": [{"name": "园", "vacant": 1}] * 2}, "parks：“园”重复"),
        ({"targets": [target(by="2022-01-01")]}, "targets[1].by：2022-01-01 不在"),
        ({"targets": [target(town="1", zone="2")]}, "targets[1]：town 和 zone 只写一个"),
        ({"clearances": [{"zone": "东", "by": "2021-01-01"}]}, "clearances[1].by"),
    ],
)
def test_what_does_not_fit_is_named_by_key(stated: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadFile) as error:
        default_settings(**{"start": START, "deadline": DEADLINE} | stated)
    assert sentence in str(error.value)


def test_a_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(BadFile, match="不是有效的 TOML"):
        read_settings("start =")


def test_days_must_be_stated() -> None:
    with pytest.raises(BadFile, match="start：缺少这一项"):
        read_settings({})
