"""What is due when: China's time, once for each moment, over New Year and after a pause."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tenglong.domain.jobs.schedule import due, parse_schedule, schedule
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.kernel.rulefiles import RuleFile

DAILY = {"id": "night", "zh": "夜", "en": "Night", "kind": "verify_ledger", "at": "02:30"}


def parsed(*rows: dict[str, Any]) -> Any:
    return parse_schedule(RuleFile("schedule.toml", {"work": list(rows)}, ""))


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)


NIGHT = parsed(DAILY)["night"]
SUNDAY = parsed(DAILY | {"weekdays": [7]})["night"]


@pytest.mark.parametrize(
    ("work", "last", "now", "expected"),
    [
        # to the minute, in China's time whatever the server's zone
        (NIGHT, china(2026, 5, 1, 2, 30), china(2026, 5, 2, 2, 29, 59), None),
        (NIGHT, china(2026, 5, 1, 2, 30), china(2026, 5, 2, 2, 30), china(2026, 5, 2, 2, 30)),
        (NIGHT, china(2026, 5, 1, 2, 30), datetime(2026, 5, 1, 18, 30, tzinfo=UTC), china(2026, 5, 2, 2, 30)),
        # looked at again: once is enough
        (NIGHT, china(2026, 5, 2, 2, 30), china(2026, 5, 2, 2, 31), None),
        # over New Year, daily and weekly (2027-01-03 is a Sunday)
        (NIGHT, china(2026, 12, 31, 2, 30), china(2027, 1, 1, 3, 0), china(2027, 1, 1, 2, 30)),
        (SUNDAY, china(2026, 12, 27, 2, 30), china(2027, 1, 2, 23, 59), None),
        (SUNDAY, china(2026, 12, 27, 2, 30), china(2027, 1, 3, 2, 30), china(2027, 1, 3, 2, 30)),
        # 29 February
        (NIGHT, china(2028, 2, 28, 2, 30), china(2028, 2, 29, 9), china(2028, 2, 29, 2, 30)),
        # after a pause of ten days only the latest is made up for
        (NIGHT, china(2026, 5, 1, 2, 30), china(2026, 5, 11, 9), china(2026, 5, 11, 2, 30)),
        (SUNDAY, china(2026, 4, 5, 2, 30), china(2026, 5, 11, 9), china(2026, 5, 10, 2, 30)),
        # a clock that was set back
        (NIGHT, china(2026, 5, 2, 2, 30), china(2026, 4, 30, 9), None),
        # first seen between two moments
        (NIGHT, china(2026, 5, 2, 10), china(2026, 5, 3, 2), None),
        (NIGHT, china(2026, 5, 2, 10), china(2026, 5, 3, 3), china(2026, 5, 3, 2, 30)),
    ],
)
def test_what_is_due(work: Any, last: datetime, now: datetime, expected: datetime | None) -> None:
    assert due(work, last, now) == expected


def test_when_it_is_due_next() -> None:
    assert NIGHT.next_after(china(2026, 12, 31, 2, 30)) == china(2027, 1, 1, 2, 30)
    assert NIGHT.next_after(china(2026, 12, 31, 2, 29)) == china(2026, 12, 31, 2, 30)
    assert SUNDAY.next_after(china(2026, 12, 27, 2, 30)) == china(2027, 1, 3, 2, 30)


def test_the_ledger_is_checked_every_night() -> None:
    assert schedule()["nightly_check"].kind == "verify_ledger"
    assert len(schedule()["nightly_check"].weekdays) == 7


@pytest.mark.parametrize(
    "rows",
    [
        [DAILY, DAILY],
        [DAILY | {"at": "26:00"}],
        [DAILY | {"weekdays": []}],
        [DAILY | {"weekdays": [0]}],
        [DAILY | {"weekday": [1]}],
        [{"id": "night"}],
    ],
)
def test_a_wrong_file_is_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(BadRules, match=r"schedule\.toml 有误"):
        parsed(*rows)


def test_work_of_a_kind_without_a_lane_is_refused() -> None:
    with pytest.raises(BadRules, match="没有队列"):
        parsed(DAILY | {"kind": "dance"})
