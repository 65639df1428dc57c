"""Deny by default: no rule, no rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.access.policy import NOWHERE, Actor, Grant, Scope, scope_of
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.kernel.errors import NotAllowed

TOWN = Actor("镇演示", (Grant("town_team", "330421103", frozenset({31})),))
COUNTY = Actor("县演示", (Grant("county_office", "330421", frozenset({30, 31, 32})),))

grants = st.builds(
    Grant, st.sampled_from(sorted(roles())), st.just("x"), st.frozensets(st.integers(1, 40), max_size=8)
)
actors = st.builds(Actor, st.just("某"), st.lists(grants, max_size=4).map(tuple))


def test_a_person_without_grants_sees_nothing_and_may_do_nothing():
    nobody = Actor("无单位")
    assert scope_of(nobody) == NOWHERE
    assert not any(nobody.may(permission) for permission in Permission)


def test_a_role_counts_only_in_its_territory():
    assert TOWN.may(Permission.RECORD, 31)
    assert not TOWN.may(Permission.RECORD, 32)
    assert not TOWN.may(Permission.WRITE_OFF, 31)
    assert COUNTY.may(Permission.WRITE_OFF, 31)


def test_a_refusal_names_the_permission():
    with pytest.raises(NotAllowed, match="没有“签发通报”的权限"):
        TOWN.check_may(Permission.ISSUE, 31)


@given(actors, st.sampled_from(list(Permission)), st.integers(1, 40))
def test_one_may_somewhere_exactly_where_some_grant_says_so(actor, permission, place):
    expected = any(permission in roles()[g.role].grants and place in g.places for g in actor.grants)
    assert actor.may(permission, place) == expected
    assert (place in scope_of(actor, permission).places) == expected


@given(st.frozensets(st.integers(1, 9)), st.frozensets(st.integers(1, 9)))
def test_narrowing_never_widens(held, wanted):
    assert Scope(held).narrowed(wanted).places == held & wanted
    assert Scope(everywhere=True).narrowed(wanted).places == wanted
