"""Cards by pace difference (domain.md §8.2)."""

from fractions import Fraction

import pytest

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.domain.race.ranking import parse_policy, policy


@pytest.mark.parametrize(
    ("difference", "card"),
    [
        ("13.9", "green"),
        ("0", "green"),
        ("-0.1", "yellow"),
        ("-9.99", "yellow"),
        ("-10", "red"),
        ("-40", "red"),
    ],
)
def test_thresholds(difference, card):
    found = policy(SHIPPED).card(Fraction(difference))
    assert found is not None
    assert found.id == card


def test_nothing_to_compare_gives_no_card():
    assert policy(SHIPPED).card(None) is None


def test_a_policy_that_leaves_a_gap_is_refused():
    text = 'source = "t"\n[[card]]\nid = "green"\nzh = "绿"\nen = "G"\nfrom = "0"\n'
    with pytest.raises(BadRules, match="最后一张牌不能有门槛"):
        parse_policy(parse_rules("cards.toml", text.encode()))
