"""The account closes or the program stops."""

import pytest

from tenglong.domain.intake.rows import RowOutcome, Tally, Verdict
from tenglong.domain.kernel.errors import Bug


def test_read_is_the_sum_of_the_four_verdicts() -> None:
    tally = Tally()
    for row, verdict in enumerate(Verdict):
        tally.add(RowOutcome("台账", row, verdict))
    assert tally.close(4) == dict.fromkeys(Verdict, 1)


def test_a_lost_row_is_a_bug() -> None:
    tally = Tally()
    tally.add(RowOutcome("台账", 5, Verdict.INSERTED))
    with pytest.raises(Bug, match="lost or doubled"):
        tally.close(2)


def test_a_row_judged_twice_is_a_bug() -> None:
    tally = Tally()
    tally.add(RowOutcome("台账", 5, Verdict.INSERTED))
    with pytest.raises(Bug, match="twice"):
        tally.add(RowOutcome("台账", 5, Verdict.REJECTED))
