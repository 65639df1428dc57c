"""What a roadmap was planned from, as a file."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.files.facts import facts_from_json, facts_to_json

KNOWN = FirmFacts(
    id="7",
    number=3,
    name="甲厂",
    place="330421100",
    town="西塘镇",
    processes=("染色", "电镀"),
    land=Decimal("3.250000"),
    energy=Decimal(0),
    signed_on=date(2021, 5, 1),
    consultations=2,
)
BARE = FirmFacts(id="8", number=4, name="乙厂", place="330421100")


def test_facts_come_back_as_they_were() -> None:
    assert facts_from_json(facts_to_json([KNOWN, BARE])) == [KNOWN, BARE]
    assert facts_to_json([KNOWN, BARE]) == facts_to_json(facts_from_json(facts_to_json([KNOWN, BARE])))


def test_zero_is_known_and_nothing_is_not() -> None:
    (found,) = facts_from_json(facts_to_json([KNOWN]))
    assert found.energy == 0
    assert found.cod is None


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"facts/1", b"facts/9"),
        lambda raw: raw.replace(b'"3.250000"', b'"much"'),
        lambda raw: raw.replace(b'"number"', b'"nomber"'),
        lambda raw: raw[:-20],
    ],
)
def test_a_changed_file_is_refused(change) -> None:
    with pytest.raises(BadFile):
        facts_from_json(change(facts_to_json([KNOWN])))
