"""Twice the cases, twice the steps: what is counted is work, not time, so a busy machine changes nothing.

Two faults of this kind were mended: the fold as of the past walked the members for every line, and an acceptance
asked all drafts of the import anew for every amount. Both gave right answers, only ever more slowly.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from django.db import connection

from tenglong.actions import intake
from tenglong.actions.ledger.appending import with_consequences
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.entries import Draft
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.campaign.lineage import compare, contributions
from tenglong.queries.race.board import board
from tenglong.queries.reporting.bulletins import overdue_items
from tenglong.store.models import Roster
from tests.integration.campaign.world import MACHINE, NOON, TODAY, build_places, make_roster
from tests.integration.ledger.history_world import Cells, asked, brought, firm, uploaded

EVERY = 10
"""SQLite tells of every tenth step of its machine."""
BOUND = 2.5
"""What grows with the number doubles its growth, what grows with its square has it fourfold."""
NUMBERS = (12, 24, 48)
TOLD = {
    "列入日期": "2021-05-01", "签约日期": "2021-06-01", "腾空日期": "2021-07-01", "核查日期": "2021-07-10",
    "销号日期": "2021-07-20", "实际用地(亩)": "10", "实际腾出用地(亩)": "7.5", "综合能耗(吨标煤)": "60",
    "实际腾出用能(吨标煤)": "31", "计划完成时间": "2021-06-30", "房东/承租关系": "自有",
}  # fmt: skip
CHANGED = {"房东/承租关系": "承租", "实际腾出用能(吨标煤)": "33"}
BEFORE, LATER = NOON, NOON + timedelta(days=2)


def rows(number: int, **cells: Any) -> list[Cells]:
    return [firm(f"第{number}批{n}号纽扣厂", **TOLD) | cells for n in range(number)]


def database_steps(work: Callable[[], object]) -> int:
    """What SQLite's machine does while `work` runs."""
    done = 0

    def one_more() -> int:
        nonlocal done
        done += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(one_more, EVERY)
    try:
        work()
    finally:
        connection.connection.set_progress_handler(None, EVERY)
    return done


def python_steps(work: Callable[[], object]) -> int:
    """How many instructions Python runs while `work` runs: loops within an expression count as well."""
    done = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal done
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        done += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return done


def growth(steps: list[int]) -> float:
    """How much more the second doubling costs than the first: 2 for work that is proportional, 4 for its square."""
    first, second = (after - before for before, after in pairwise(steps))
    return second / first


@pytest.fixture
def places(db: None, database_vendor: str) -> None:
    """The shipped places, on the database that counts its steps."""
    if database_vendor != "sqlite":
        pytest.skip("only SQLite counts its steps")
    build_places()


@pytest.fixture
def rosters(places: None) -> list[Roster]:
    """Rosters of one, two and four times as many cases, of each of which more was said later."""
    made = [make_roster(f"of-{number}") for number in NUMBERS]
    for roster, number in zip(made, NUMBERS, strict=True):
        brought(*rows(number), roster=roster, at=BEFORE)
        brought(*rows(number, **CHANGED), roster=roster, at=LATER, day=china_date(LATER))
    return made


def test_an_answer_of_the_past_takes_steps_in_proportion(rosters: list[Roster]) -> None:
    questions: dict[str, Callable[[Question], object]] = {
        "figures": ask,
        "race": board,
        "overdue": overdue_items,
        "lineage": lambda past: contributions(past, "energy_freed"),
        "comparison": lambda past: compare(past, past, "firms_written_off"),
    }
    pasts = [asked(roster, BEFORE) for roster in rosters]
    grown = {
        name: growth([database_steps(lambda: answer(past)) for past in pasts])  # noqa: B023
        for name, answer in questions.items()
    }
    assert {name: times for name, times in grown.items() if times > BOUND} == {}


def test_accepting_takes_steps_in_proportion(places: None) -> None:
    steps = []
    for number in (4 * number for number in NUMBERS):  # a few dozen rows fit into one statement
        batch = uploaded(*rows(number), roster=make_roster(f"of-{number}"))
        steps.append(database_steps(lambda: intake.accept(batch.pk, actor=MACHINE, at=BEFORE)))  # noqa: B023
    assert growth(steps) < BOUND


def test_what_follows_from_an_import_is_found_in_steps_in_proportion() -> None:
    kinds = ("signed", "emptied", "checked", "written_off", "energy_freed", "reopened", "energy_freed")
    steps = []
    for number in (1, *NUMBERS):  # the first fills what is read once
        drafts = [
            Draft(case, kind, TODAY, quantity=1 if kind == "energy_freed" else None)
            for case in range(number)
            for kind in kinds
        ]
        steps.append(python_steps(lambda: with_consequences(drafts, {})))  # noqa: B023
    assert growth(steps[1:]) < BOUND
