"""The cheapest relaxation carried back into settings."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tenglong.domain.roadmap.relaxing import Move, relaxed
from tenglong.domain.roadmap.settings import Settings, default_settings

STATED: dict[str, Any] = {
    "fund": {"total": "1000", "cash": {"2021-05": "100", "2021-06": "200", "2021-07": "300"}},
    "capacity": {"teams": {"一组": "10"}},
    "parks": [{"name": "园区", "vacant": "5000"}],
    "targets": [
        {"amount": "land", "by": "2021-08-31", "at_least": "300"},
        {"amount": "write_off", "by": "2021-08-31", "at_least": "50", "zone": "东区"},
    ],
    "caps": {"jobs": [{"at_most": "400", "town": "330421103"}], "tax": "90"},
}


def settings() -> Settings:
    return default_settings(date(2021, 5, 1), date(2021, 12, 31), **STATED)


def move(limit: str, old: str, new: str) -> Move:
    return Move(limit, Decimal(old), Decimal(new))


@pytest.mark.parametrize(
    ("limit", "old", "new", "read", "eased"),
    [
        ("money", "900", "1012.345", lambda s: s.fund.total, "1112.35"),
        ("staff:一组:3", "8", "9", lambda s: s.capacity.teams["一组"], "11.25"),
        ("staff:二组:3", "20", "30", lambda s: s.capacity.teams["二组"], "30"),
        ("appraisals:2", "75", "90", lambda s: s.capacity.appraisals_per_day, "18"),
        ("legal:2", "7", "14", lambda s: s.capacity.legal_per_week, "14"),
        ("space:园区", "5000", "5600", lambda s: s.parks[0].vacant, "5600"),
        ("target:land:all:2021-08-31", "250", "210", lambda s: s.targets[0].at_least, "260"),
        ("target:write_off:东区:2021-08-31", "50", "0", lambda s: s.targets[1].at_least, "0"),
        ("jobs:330421103", "400", "410", lambda s: s.caps.jobs[0].at_most, "410"),
        ("tax", "90", "100", lambda s: s.caps.tax, "100"),
    ],
)  # fmt: skip
def test_each_kind_of_limit_eases_its_number(limit: str, old: str, new: str, read: Any, eased: str) -> None:
    found = relaxed(settings(), [move(limit, old, new)])
    assert found is not None and read(found) == Decimal(eased)


def test_months_are_eased_together() -> None:
    found = relaxed(
        settings(),
        [move("money:2021-07", "600", "680"), move("money:2021-05", "100", "150")],
    )
    assert found is not None
    assert found.fund.cash == {"2021-05": Decimal(150), "2021-06": Decimal(200), "2021-07": Decimal(330)}


def test_the_period_that_needs_most_decides() -> None:
    moves = [
        move("appraisals:1", "75", "80"),
        move("appraisals:2", "60", "120"),
        move("appraisals:3", "75", "90"),
    ]
    found = relaxed(settings(), moves)
    assert found is not None and found.capacity.appraisals_per_day == Decimal(30)


@pytest.mark.parametrize(
    "limit", ["clearance:东区", "money:2022-01", "space:无", "jobs:all", "target:cod:all:2021-08-31"]
)
def test_a_limit_without_a_number_has_no_eased_settings(limit: str) -> None:
    assert relaxed(settings(), [move(limit, "1", "2")]) is None


def test_a_capacity_that_was_nothing_cannot_be_scaled() -> None:
    assert relaxed(settings(), [move("staff:一组:1", "0", "5")]) is None
