"""Days by which cases are due, and how late they are."""

from datetime import date, timedelta

from tenglong.domain.campaign.lateness import Due, due

DEADLINE = date(2021, 12, 31)
AFTER = DEADLINE + timedelta(days=9)


def test_a_day_of_its_own_comes_before_the_deadline_of_the_roster_even_when_it_is_later() -> None:
    for said in (date(2021, 10, 1), date(2022, 3, 1)):
        assert due(said, DEADLINE) == Due(said, by_roster=False)
    assert due(None, DEADLINE) == Due(DEADLINE, by_roster=True)


def test_only_a_target_that_is_not_done_is_late_and_from_the_day_after() -> None:
    one = due(None, DEADLINE)
    assert one.days_late(AFTER, is_target=True, is_done=False) == 9
    assert one.days_late(AFTER, is_target=False, is_done=False) == 0
    assert one.days_late(AFTER, is_target=True, is_done=True) == 0
    assert one.days_late(DEADLINE, is_target=True, is_done=False) == 0
    assert one.days_late(DEADLINE - timedelta(days=1), is_target=True, is_done=False) == 0
