"""How long working data is kept is a rule, whole and for a day at least."""

from datetime import timedelta
from typing import Any

import pytest

from tenglong.domain.jobs.retention import CLEARED, parse_retention, retention
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import RuleFile

ROWS = [{"id": id, "zh": "…", "en": "…", "days": 30} for id in CLEARED]


def parsed(rows: list[dict[str, Any]]) -> dict[str, timedelta]:
    return parse_retention(RuleFile("retention.toml", {"kept": rows}, ""))


def test_days_are_read() -> None:
    assert parsed(ROWS)["finished_jobs"] == timedelta(days=30)
    assert set(retention()) == set(CLEARED)


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[1:],
        [*ROWS, ROWS[0]],
        [*ROWS[1:], ROWS[0] | {"id": "trail"}],
        [*ROWS[1:], ROWS[0] | {"days": 0}],
        [*ROWS[1:], ROWS[0] | {"days": "30"}],
        [*ROWS[1:], ROWS[0] | {"days": True}],
    ],
    ids=["missing", "twice", "unknown", "none", "text", "no number"],
)
def test_what_is_not_whole_is_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(BadRules, match=r"retention\.toml"):
        parsed(rows)
