"""How old a reference value may be."""

from datetime import date, timedelta

from tenglong.domain.campaign.references import Age, age_of, days_allowed

DAY = date(2021, 11, 9)


def test_a_value_of_the_day_is_as_good_as_the_figure_and_one_older_than_allowed_is_not() -> None:
    assert age_of(DAY, DAY) == Age(0, too_old=False)
    assert age_of(DAY - timedelta(days=days_allowed()), DAY).too_old is False
    assert age_of(DAY - timedelta(days=days_allowed() + 1), DAY) == Age(days_allowed() + 1, too_old=True)
