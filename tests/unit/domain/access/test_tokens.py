"""What a token may do and for how long."""

import pytest

from tenglong.domain.access.policy import Actor, Grant
from tenglong.domain.access.roles import Permission
from tenglong.domain.access.tokens import parse_token_rules, token_rules
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import parse_rules

RULES = """
source = "a test"
[days]
usual = {usual}
longest = 10
[[scope]]
id = "read"
zh = "只读"
en = "Read"
permissions = {permissions}
"""


def test_each_scope_allows_more_than_the_one_before() -> None:
    held = [scope.permissions for scope in token_rules().scopes.values()]
    assert all(less < more for less, more in zip(held, held[1:], strict=False))
    assert held[-1] == frozenset(Permission)


def test_reading_changes_nothing() -> None:
    assert token_rules().scopes["read"].permissions == {Permission.VIEW, Permission.EXPORT, Permission.VERIFY}


@pytest.mark.parametrize(
    ("usual", "permissions"), [(11, '["view"]'), (0, '["view"]'), (5, '["fly"]'), (5, "3")]
)
def test_wrong_rules_are_refused(usual: int, permissions: str) -> None:
    text = RULES.format(usual=usual, permissions=permissions)
    with pytest.raises(BadRules, match=r"tokens\.toml"):
        parse_token_rules(parse_rules("tokens.toml", text.encode()))


def test_a_bounded_actor_does_no_more_than_both_allow() -> None:
    office = Actor("office", (Grant("county_office", "330421", frozenset({1, 2})),))
    reading = office.bounded(frozenset({Permission.VIEW, Permission.VERIFY}))
    assert reading.may(Permission.VIEW, 1) and not reading.may(Permission.RECORD, 1)
    assert not reading.may(Permission.VERIFY)  # the office itself may not
    town = office.bounded(frozenset(Permission), "330421100", frozenset({2, 3}))
    assert (town.places(Permission.RECORD), town.codes) == (frozenset({2}), ("330421100",))
    assert office.bounded(frozenset(Permission), "330482", frozenset({9})).grants == ()
