"""States, steps, working days and the second pair of eyes."""

from datetime import date
from typing import Any

import pytest

from tenglong.domain.evaluation.process import (
    check_over,
    check_taking_objections,
    objection_process,
    parse_run_rules,
    publicity,
    publicity_anew,
    run_rules,
    scheme_process,
    way_of,
)
from tenglong.domain.kernel.calendar import Notice, WorkingCalendar, days_in, shipped_calendar
from tenglong.domain.kernel.errors import BadRules, BadValue, Conflict
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

CALENDAR = shipped_calendar()


def content() -> dict[str, Any]:
    """The shipped file, to be changed."""
    return load_rules("tenglong.domain.evaluation", "process.toml").content


def test_a_run_goes_from_draft_to_final_and_nowhere_else() -> None:
    process = run_rules().process
    open_in = {
        state: [step.id for step in process.steps.values() if step.open_in(state)] for state in process.states
    }
    assert open_in == {
        "computing": ["withdraw"],
        "failed": ["retry", "withdraw"],
        "draft": ["publicise", "withdraw"],
        "revised": ["publicise", "finalise", "withdraw"],
        "publicised": ["revise", "finalise", "recall"],
        "final": [],
        "replaced": [],
        "withdrawn": [],
    }


def test_a_scheme_is_put_in_force_by_another_than_who_brought_it_in() -> None:
    step = scheme_process().steps["put_in_force"]
    assert step.not_by == ("imported",) and step.to == ("in_force",)


def test_an_objection_comes_with_its_form_and_is_decided_by_another() -> None:
    steps = objection_process().steps
    assert steps["object"].files == 1 and steps["decide"].not_by == ("recorded",)
    assert steps["take_back"].only_by == ("recorded",) and steps["decide"].at == "evaluation"


@pytest.mark.parametrize(
    ("published", "days", "last"),
    [
        (date(2021, 9, 13), 3, date(2021, 9, 16)),
        (date(2021, 9, 14), 5, date(2021, 9, 22)),  # the Saturday is worked, three days are off
        (date(2021, 9, 29), 5, date(2021, 10, 12)),  # over the national holiday; Saturday 9 is worked
        (date(2021, 2, 10), 3, date(2021, 2, 20)),  # over the Spring Festival, into a worked Saturday
    ],
)
def test_the_clock_counts_working_days(published: date, days: int, last: date) -> None:
    window = publicity(published, CALENDAR, days)
    assert (window.start, window.deadline) == (published, last)
    check_taking_objections(window, last, CALENDAR)
    with pytest.raises(Conflict, match="结束后方可定稿"):
        check_over(window, last, CALENDAR)
    after = date.fromordinal(last.toordinal() + 1)
    check_over(window, after, CALENDAR)
    with pytest.raises(Conflict, match="不再受理"):
        check_taking_objections(window, after, CALENDAR)


@pytest.mark.parametrize("days", [0, 2, 16])
def test_too_short_and_too_long_publicities_are_refused(days: int) -> None:
    with pytest.raises(BadValue, match="3 至 15 个工作日"):
        publicity(date(2021, 9, 13), CALENDAR, days)


def test_five_working_days_are_usual() -> None:
    assert run_rules().usual_days == objection_process().steps["decide"].within == 5


def test_a_last_day_is_counted_anew_but_never_into_the_past() -> None:
    window = Window(date(2026, 12, 28), date(2027, 1, 4))
    off = days_in("2027-01-01/2027-01-03 2027-05-01 2027-05-02 2027-10-01/2027-10-03")
    later, sooner = (
        WorkingCalendar((*CALENDAR.notices, Notice(2027, found, worked, "演示")))
        for found, worked in ((off | days_in("2027-01-04"), frozenset()), (off, days_in("2027-01-02")))
    )
    assert publicity_anew(window, later, 5, date(2026, 12, 29)).deadline == date(2027, 1, 6)
    assert publicity_anew(window, sooner, 4, date(2026, 12, 29)).deadline == date(2027, 1, 2)
    assert publicity_anew(window, sooner, 4, date(2027, 1, 3)).deadline == date(2027, 1, 3)
    assert publicity_anew(window, sooner, 4, date(2027, 1, 9)).deadline == date(2027, 1, 4)


def test_a_provisional_day_is_said_where_a_step_must_wait() -> None:
    window = publicity(date(2026, 12, 28), CALENDAR, 5)
    with pytest.raises(Conflict, match="2027-01-04（暂定）"):
        check_over(window, date(2027, 1, 4), CALENDAR)
    with pytest.raises(Conflict, match="2027-01-04（暂定）"):
        check_taking_objections(window, date(2027, 1, 5), CALENDAR)


def test_an_objection_is_decided_within_a_working_week() -> None:
    assert objection_process().steps["decide"].due(date(2021, 9, 16), CALENDAR) == date(2021, 9, 24)


def test_upheld_objections_freeze_the_others_unless_told() -> None:
    assert way_of("").id == "freeze" and not way_of("freeze").publicity and way_of("recompute").publicity
    with pytest.raises(BadValue):
        way_of("lottery")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rules: rules["step"][2].update({"from": ["nowhere"]}),
        lambda rules: rules["step"][2].update(permission="everything"),
        lambda rules: rules["upheld"].update(usual="lottery"),
        lambda rules: rules["publicity"].pop("least"),
        lambda rules: rules.update(publicty={}),
    ],
)
def test_a_wrong_file_is_refused(spoil: Any) -> None:
    rules = content()
    spoil(rules)
    with pytest.raises(BadRules, match="规则文件 process.toml 有误"):
        parse_run_rules(RuleFile("process.toml", rules, ""))
