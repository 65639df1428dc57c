from decimal import Decimal

from tenglong.domain.reporting.roadmap.content import by_team, by_zone, sums
from tests.unit.domain.reporting.roadmap.samples import case, content


def test_cases_add_up_and_who_waits_brings_nothing() -> None:
    found = sums(content().cases)
    assert (found.cases, found.started, found.waiting) == (3, 2, 1)
    assert found.amounts == {"land": Decimal("2.5"), "energy": Decimal(200), "money": Decimal(40)}


def test_a_roster_without_zones_is_grouped_by_town() -> None:
    assert list(by_zone([case(1, "", "第1组", "close")])) == ["西塘镇"]


def test_teams_stand_in_the_order_people_count_in_and_nobodys_cases_last() -> None:
    cases = [case(n, "东片", team, "") for n, team in enumerate(["", "第10组", "第2组"])]
    assert list(by_team(cases)) == ["第2组", "第10组", ""]


def test_an_amount_that_is_not_counted_has_no_unit() -> None:
    assert (content().unit("land"), content().unit("cod")) == ("亩", "")
