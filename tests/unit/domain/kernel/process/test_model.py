"""States, steps, and what refuses a step."""

from datetime import date

import pytest

from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.kernel.errors import BadValue, Bug, Conflict, NotAllowed
from tenglong.domain.kernel.process import check_files, check_other, given_reason
from tests.unit.domain.kernel.process.small import letters


def test_a_step_is_open_in_its_states_and_a_beginning_before_there_is_one() -> None:
    write, issue = letters().steps["write"], letters().steps["issue"]
    assert write.open_in("") and not write.open_in("draft")
    assert (
        issue.open_in("draft")
        and issue.open_in("late")
        and not issue.open_in("issued")
        and not issue.open_in("")
    )


def test_a_refusal_names_what_stands_where() -> None:
    process = letters()
    with pytest.raises(Conflict, match="函件目前是“已签发”，不能办理“签发”"):
        process.check_open(process.steps["issue"], "issued")
    with pytest.raises(Conflict, match="还没有“函件”，不能办理“签发”"):
        process.check_open(process.steps["issue"], "")


def test_an_event_happens_in_its_states_only() -> None:
    process = letters()
    assert process.after("expired", "issued") == process.after("expired", "issued", "gone") == "gone"
    with pytest.raises(Conflict, match="函件目前是“草稿”"):
        process.after("expired", "draft")
    with pytest.raises(Bug):
        process.after("expired", "issued", "draft")


def test_nobody_approves_their_own_work() -> None:
    issue = letters().steps["issue"]
    check_other(issue, {"乙"}, {"wrote": ["甲"]})
    for person in ({"甲"}, {"甲", 3}, {"改名", 7}):
        with pytest.raises(NotAllowed, match="“签发”须由他人办理"):
            check_other(issue, person, {"wrote": ["丙", "甲", 7]})


def test_a_step_may_be_left_to_who_played_a_part() -> None:
    process = letters()
    process.check_own(process.steps["drop"], {"甲"}, {"wrote": ["甲"]})
    with pytest.raises(NotAllowed, match="“撤稿”只能由拟稿人本人办理"):
        process.check_own(process.steps["drop"], {"乙"}, {"wrote": ["甲"]})


def test_a_reason_is_words_where_one_is_due() -> None:
    steps = letters().steps
    assert (
        given_reason(steps["drop"], "  数据有误 ") == "数据有误" and given_reason(steps["issue"], " ") == ""
    )
    with pytest.raises(BadValue, match="“撤稿”须写明理由"):
        given_reason(steps["drop"], "  ")


def test_files_are_counted() -> None:
    write = letters().steps["write"]
    check_files(write, 1)
    with pytest.raises(BadValue, match="“拟稿”须上传至少 1 份材料，目前 0 份"):
        check_files(write, 0)


def test_a_limit_counts_working_days() -> None:
    issue, write, calendar = letters().steps["issue"], letters().steps["write"], shipped_calendar()
    assert issue.due(date(2021, 9, 16), calendar) == date(
        2021, 9, 22
    )  # the Saturday is worked, the festival is not
    with pytest.raises(Bug):
        write.due(date(2021, 9, 16), calendar)
