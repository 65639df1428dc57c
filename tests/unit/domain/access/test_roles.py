"""Roles as data."""

import pytest

from tenglong.domain.access.roles import Permission, parse_roles, permission_labels, roles
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import parse_rules


def test_every_permission_is_labelled_and_granted_to_somebody():
    assert set(permission_labels()) == set(Permission)
    assert frozenset().union(*(role.grants for role in roles().values())) == set(Permission)


def test_leaders_and_auditors_change_nothing():
    changing = set(Permission) - {Permission.VIEW, Permission.EXPORT, Permission.VERIFY}
    for name in ("leader", "auditor"):
        assert not roles()[name].grants & changing


def test_an_unknown_permission_is_refused():
    text = 'source = "t"\n[[role]]\nid = "a"\nzh = "甲"\nen = "A"\ngrants = ["fly"]\n'
    with pytest.raises(BadRules, match="角色 a 的权限有误"):
        parse_roles(parse_rules("roles.toml", text.encode()))
