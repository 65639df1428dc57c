import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import ValidationError

from tenglong.domain.campaign.figures import Figure
from tenglong.domain.reporting.bulletins import BulletinContent, PrintedFigure
from tests.unit.domain.reporting.samples import COURSE, PROVINCIAL, RANKING, TOTAL, sample_content


def test_stored_content_comes_back_equal() -> None:
    content = sample_content(ranking=(*RANKING, replace(RANKING[0], rate=None, rank=None, target=None)))
    assert BulletinContent.from_json(json.loads(json.dumps(content.to_json()))) == content


def test_stored_numbers_are_text_so_that_no_digit_is_lost() -> None:
    content = sample_content(
        ranking=(replace(RANKING[0], land=Decimal("1443.500015"), rate=Decimal("70.0")),)
    )
    stored = content.to_json()["ranking"][0]
    assert (stored["land"], stored["rate"]) == ("1443.500015", "70.0")


def test_a_broken_snapshot_is_refused() -> None:
    stored = sample_content().to_json()
    del stored["main"]["as_of"]
    with pytest.raises(ValidationError, match="as_of"):
        BulletinContent.from_json(stored)


@pytest.mark.parametrize(("exact", "stored"), [(Fraction(520 * 100, 730), "71.23287671"), (None, "")])
def test_a_figure_is_taken_over_as_printed(exact: Fraction | None, stored: str) -> None:
    figure = Figure(
        id="write_off_rate",
        name="销号率",
        exact=exact,
        printed="71.2" if exact else "—",
        unit="%",
        calibre=PROVINCIAL,
        territory="330400",
        as_of=date(2021, 11, 9),
        known_at=datetime(2021, 11, 9, tzinfo=UTC),
    )
    taken = PrintedFigure.of(figure)
    assert (taken.printed, taken.unit) == (figure.printed, "%")
    assert taken.exact.startswith(stored) and bool(taken.exact) == bool(stored)


def test_a_bulletin_without_a_roadmap_is_stored_as_before_there_were_any() -> None:
    content = sample_content()
    assert "roadmap" not in content.to_json()
    assert BulletinContent.from_json(content.to_json()).roadmap is None


def test_the_course_of_a_roadmap_comes_back_equal() -> None:
    content = sample_content(roadmap=COURSE)
    assert BulletinContent.from_json(json.loads(json.dumps(content.to_json()))) == content


def test_the_sample_adds_up() -> None:
    assert sum(row.target or 0 for row in RANKING) == TOTAL.target == 730
    assert sum(row.done for row in RANKING) == TOTAL.done == 520
    assert sum(row.land for row in RANKING) == TOTAL.land
    assert sum(row.energy for row in RANKING) == TOTAL.energy
