"""Entries for tests, as short as they can be said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tenglong.domain.ledger.entries import Entry

FIRST_DAY = date(2021, 9, 1)
FIRST_INSTANT = datetime(2021, 9, 1, 8, tzinfo=UTC)


def entry(id: int, kind: str, day: int = 0, **facts: Any) -> Entry:
    """Entry `id` of `kind`, effective `day` days after the first of September 2021, recorded at minute `id`."""
    given = {"roster_id": 1, "case_id": 1, "recorded_by": "测试", **facts}
    return Entry(
        id=id,
        kind=kind,
        effective_on=FIRST_DAY + timedelta(days=day),
        recorded_at=FIRST_INSTANT + timedelta(minutes=id),
        **given,
    )
