"""A campaign that is planned anew goes on: from the day of the facts, in the periods of before."""

from datetime import date

import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.replanning import check_begins, going_on
from tenglong.domain.roadmap.settings import Settings, default_settings, read_settings
from tests.unit.domain.roadmap.invented import DEADLINE, START

TODAY = date(2021, 7, 15)


def before(**stated: object) -> Settings:
    return default_settings(START, DEADLINE, **stated)


@pytest.mark.parametrize("period", ["week", "ten_days", "month", "quarter"])
def test_the_first_period_is_what_is_left_of_the_one_of_before(period: str) -> None:
    old = before(period=period)
    found = going_on(old, TODAY)
    assert found.periods[0] == TODAY
    assert found.periods[1:] == tuple(day for day in old.periods if day > TODAY)
    assert going_on(found, date(2021, 9, 15)).periods[1:] == tuple(
        day for day in old.periods if day > date(2021, 9, 15)
    )
    assert read_settings(found.model_dump(mode="json")) == found


def test_bonus_days_go_on_and_what_is_over_is_left_out() -> None:
    targets = [{"amount": "land", "by": day, "at_least": 1} for day in ("2021-07-14", "2021-07-15")]
    clearances = [{"zone": zone, "by": day} for zone, day in (("东", "2021-07-14"), ("西", "2021-08-01"))]
    choices = [{"case": "1", "measure": "close", "start": "2021-07-01"}]
    found = going_on(before(targets=targets, clearances=clearances, choices=choices), TODAY)
    assert found.bonus.counted_from == START
    assert [one.by for one in found.targets] == [TODAY] and [one.zone for one in found.clearances] == ["西"]
    assert found.choices[0].start is None
    assert going_on(found, date(2021, 8, 1)).bonus.counted_from == START


def test_a_plan_that_has_not_begun_begins_when_it_said() -> None:
    assert going_on(before(), date(2021, 4, 1)).start == START


def test_a_plan_does_not_begin_before_its_facts() -> None:
    check_begins(before(), START)
    with pytest.raises(BadFile, match="请改为 2021-07-15 或以后"):
        check_begins(before(), TODAY)


def test_a_period_ends_with_the_day_of_a_target() -> None:
    found = before(period="month", targets=[{"amount": "land", "by": "2021-06-10", "at_least": 1}])
    assert date(2021, 6, 11) in found.periods and date(2021, 6, 10) in found.last_days
    whole = before(period="month", targets=[{"amount": "land", "by": "2021-05-31", "at_least": 1}])
    assert whole.periods == before(period="month").periods
