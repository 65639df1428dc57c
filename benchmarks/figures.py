"""Figures of a territory over a million ledger entries: now, and at an arbitrary (as-of, known-at).

The baseline, in the same run, is one pass over the same entries that counts and sums them without folding.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection

from benchmarks.campaign import DAYS, START, database_name, fill, new_roster
from benchmarks.results import Result, median
from tenglong.domain.access.policy import Scope
from tenglong.queries.campaign.figures import ask, question
from tenglong.store.models import Roster

CASES = 125_000
GOAL_NOW, GOAL_PAST = 0.2, 2.0
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def measure() -> Iterator[Result]:
    """All figures of the city now, and of the city and a county some months back."""
    roster = new_roster()
    entries = fill(roster, CASES)
    known = datetime(2021, 1, 5, tzinfo=UTC) + timedelta(seconds=7 * entries)
    for what, code, days, known_at, goal in (
        ("now, city", "330400", DAYS, NOW, GOAL_NOW),
        ("as-of and known-at, city", "330400", 200, known, GOAL_PAST),
        ("as-of and known-at, county", "330421", 200, known, GOAL_PAST),
    ):
        day = START + timedelta(days=days)
        asked = question(roster=roster, code=code, as_of=day, known_at=known_at, scope=Scope(everywhere=True))
        yield Result(
            what=f"all figures, {what}",
            database=database_name(),
            seconds=median(lambda asked=asked: ask(asked), 5),
            statistic="median of 5",
            baseline="one pass, counting and adding",
            baseline_seconds=median(lambda: _pass(roster), 5),
            goal=goal,
        )


def _pass(roster: Roster) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT slot, COUNT(*), SUM(quantity) FROM store_entry WHERE roster_id = %s GROUP BY slot",
            [roster.pk],
        )
        cursor.fetchall()
