"""More land freed than held."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tenglong.domain.campaign.reports.changes import Known
from tenglong.domain.campaign.reports.ledger import report_ledger_row
from tenglong.domain.campaign.reports.limits import check_land
from tests.unit.domain.campaign.reports.rows import TODAY, row, sentences
from tests.unit.domain.ledger.samples import FIRST_DAY


@pytest.mark.parametrize(("held", "refused"), [(10, True), (31, False), (None, False)])
def test_more_land_freed_than_held_is_said_on_the_cell(held: int | None, refused: bool) -> None:
    listed = FIRST_DAY - timedelta(days=9)
    values = row(listed_on=listed, emptied_on=FIRST_DAY, area_vacated=Decimal(31))
    report = report_ledger_row(values, Known(), roster_start=listed, business_day=TODAY, tenant=False)
    check_land(report, None if held is None else held * 10**6)
    assert [problem.ref for problem in report.problems] == (["C3"] if refused else [])
    assert ("31 亩，比用地 10 亩还多" in str(sentences(report))) is refused
