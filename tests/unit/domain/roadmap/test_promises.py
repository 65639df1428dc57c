"""Kept, moved, broken, missed: one rule after the other, each with its sentence."""

from dataclasses import replace
from datetime import date

import pytest

from tenglong.domain.roadmap.promises import Arranged, Fate, counted, fulfilment, fulfilments
from tests.unit.domain.roadmap.invented import firm

TODAY = date(2021, 7, 15)
OPEN = firm("1")
BEGUN = firm("1", started_on=date(2021, 7, 1))
SIGNED = firm("1", signed_on=date(2021, 7, 12), started_on=date(2021, 7, 1))
WAITS = Arranged()


def said(start: str, done: str, measure: str = "vacate_recover") -> Arranged:
    return Arranged(measure, date.fromisoformat(f"2021-{start}"), date.fromisoformat(f"2021-{done}"))


@pytest.mark.parametrize(
    ("before", "known", "now", "fate", "why"),
    [
        (said("07-20", "09-10"), OPEN, said("07-20", "09-10"), Fate.KEPT, "按原定日期办理。"),
        (said("07-20", "09-10"), OPEN, said("07-20", "09-08"), Fate.KEPT, "按原定日期办理。"),
        (said("07-15", "09-10"), OPEN, said("07-15", "09-10"), Fate.KEPT, "按原定日期办理。"),
        (
            said("07-20", "09-10"), OPEN, said("08-05", "09-25"), Fate.MOVED,
            "启动由 2021-07-20 改为 2021-08-05。",
        ),
        (
            said("07-20", "09-10"), OPEN, said("07-16", "09-06"), Fate.MOVED,
            "启动由 2021-07-20 改为 2021-07-16。",
        ),
        (
            said("07-20", "09-10"), OPEN, said("07-20", "09-12"), Fate.MOVED,
            "完成由 2021-09-10 推迟到 2021-09-12：余下步骤的期限顺延。",
        ),
        (
            said("06-20", "08-10"), SIGNED, said("07-12", "08-16"), Fate.MOVED,
            "完成由 2021-08-10 推迟到 2021-08-16：2021-07-12 才签约，此后各步骤顺延。",
        ),
        (said("06-20", "08-16"), SIGNED, said("07-12", "08-16"), Fate.KEPT, "按原定日期办理。"),
        (
            said("06-20", "08-10"), BEGUN, said("07-15", "08-16"), Fate.MOVED,
            "完成由 2021-08-10 推迟到 2021-08-16：已启动，余下步骤从现在算起。",
        ),
        (
            said("07-20", "09-10"), OPEN, said("07-20", "09-10", "close"), Fate.BROKEN,
            "处置方式由“腾退收回”改为“关停淘汰”。",
        ),
        (said("07-20", "09-10"), OPEN, WAITS, Fate.BROKEN, "原定“腾退收回”，本方案没有安排。"),
        (
            said("07-14", "09-10"), OPEN, said("07-15", "09-10"), Fate.MISSED,
            "原定 2021-07-14 启动，到 2021-07-15 台账没有启动，现定 2021-07-15 启动。",
        ),
        (
            said("07-14", "09-10"), OPEN, WAITS, Fate.MISSED,
            "原定 2021-07-14 启动，到 2021-07-15 台账没有启动，本方案也没有安排。",
        ),
        (
            said("05-14", "07-10"), SIGNED, said("07-12", "08-16"), Fate.MISSED,
            "原定 2021-07-10 完成，到 2021-07-15 台账没有完成，现定 2021-08-16 完成。",
        ),
    ],
)  # fmt: skip
def test_each_promise_has_one_fate(
    before: Arranged, known: object, now: Arranged, fate: Fate, why: str
) -> None:
    found = fulfilment(before, known, now, TODAY)  # type: ignore[arg-type]
    assert (found.fate, str(found.why)) == (fate, why)


def test_promises_to_cases_that_are_over_or_were_told_nothing_are_not_counted() -> None:
    firms = [replace(OPEN, id=id) for id in ("1", "2", "3", "4")]
    before = {"1": said("07-20", "09-10"), "2": said("07-01", "09-10"), "3": said("07-20", "09-10")}
    now = {"1": said("07-20", "09-10"), "2": said("07-20", "09-10"), "4": said("07-20", "09-10")}
    found = fulfilments(before, firms, now, TODAY)
    assert [one.id for one in found] == ["1", "2"]
    assert counted(found) == {Fate.KEPT: 1, Fate.MOVED: 0, Fate.BROKEN: 0, Fate.MISSED: 1}
