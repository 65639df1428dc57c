"""What may be said of the organisation, and what of it is new."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.registry.organisation import Fact, Organisation, Subject
from tenglong.domain.registry.organisation_steps import Statement, cleaned

DAY = date(2021, 4, 27)
SAID = {"kind": "office", "name": "演示整治办", "place": "330421"}
KNOWN = Organisation([Fact(1, Subject.UNIT, 1, DAY, SAID, datetime(2021, 4, 27, tzinfo=UTC))])


def unit(day: date = DAY, number: int = 0, **said: Any) -> Statement:
    return Statement(Subject.UNIT, day, {**({} if number else SAID), **said}, number)


def test_what_is_said_already_is_left_out() -> None:
    assert cleaned(unit(zone="", parent=None), KNOWN) == SAID
    assert cleaned(unit(number=1, name="演示整治办", zone=""), KNOWN) == {}
    assert cleaned(unit(number=1, name="演示办", kind="team"), KNOWN) == {"name": "演示办"}


@pytest.mark.parametrize(
    "statement",
    [
        unit(name=""), unit(name="办 公 室"), unit(kind="club"), unit(function="magic"), unit(duties="字" * 301),
        unit(day=date(1900, 1, 1)), unit(until="2021-04-26"), unit(colour="red"),
        unit(number=1, day=date(2021, 1, 1), name="演示办"),
        Statement(Subject.PERSON, DAY, {"name": "13800000000", "place": "330421"}),
        Statement(Subject.POST, DAY, {"person": 1, "unit": 1}),
        Statement(Subject.POST, DAY, {"person": 1, "unit": 1, "kind": "king"}),
    ],
    ids=lambda statement: str(dict(statement.said))[:60],
)  # fmt: skip
def test_what_is_impossible_is_refused(statement: Statement) -> None:
    with pytest.raises(BadValue):
        cleaned(statement, KNOWN)


def test_what_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotFound):
        cleaned(unit(number=9, name="演示办"), KNOWN)
