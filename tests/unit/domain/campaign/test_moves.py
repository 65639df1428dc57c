"""The table of states and moves is complete and says what it means."""

import pytest

from tenglong.domain.access.roles import roles
from tenglong.domain.campaign.cases import NEW, SUSPENDED, machine, parse_machine
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import parse_rules

STATE = '[[state]]\nid = "{id}"\nzh = "甲"\nen = "A"\nowner = "nobody"\n'


def test_every_state_can_be_reached_and_is_owned_by_somebody():
    reached = {move.to for move in machine().moves.values()}
    assert set(machine().states) - reached == {NEW}
    owners = {state.owner for state in machine().states.values()}
    assert owners <= {*roles(), "province", "nobody"}


def test_every_open_state_has_a_way_out():
    closed = {"removed", "confirmed"}
    for state in set(machine().states) - closed - {SUSPENDED}:
        assert machine().leaving(state), state


def test_a_written_off_case_leaves_only_by_look_back():
    moving = {move.kind for move in machine().leaving("written_off") if "written_off" in move.sources}
    assert moving == {"look_back_passed", "reopened"}


def test_a_move_to_a_state_that_does_not_exist_is_refused():
    text = (
        'source = "t"\n' + STATE.format(id="new") + '[[move]]\nkind = "signed"\nfrom = ["new"]\nto = "moon"\n'
    )
    with pytest.raises(BadRules, match="没有定义的状态 moon"):
        parse_machine(parse_rules("moves.toml", text.encode()))


def test_a_move_of_a_kind_that_the_ledger_does_not_know_is_refused():
    text = (
        'source = "t"\n' + STATE.format(id="new") + '[[move]]\nkind = "blasted"\nfrom = ["new"]\nto = "new"\n'
    )
    with pytest.raises(BadRules, match="事项 blasted 不在台账事项表中"):
        parse_machine(parse_rules("moves.toml", text.encode()))


@pytest.mark.parametrize(
    ("said", "more"),
    [
        (
            "没有“stays_in”这一项",
            '[[move]]\nkind = "signed"\nfrom = ["new"]\nto = "new"\nstays_in = ["new"]\n',
        ),
        ("没有“colour”这一项", STATE.format(id="moon") + 'colour = "red"\n'),
        ("没有“mvoe”这一项", '[[mvoe]]\nkind = "signed"\n'),
        ("state new写了两次", STATE.format(id="new")),
        ("move signed写了两次", 2 * '[[move]]\nkind = "signed"\nfrom = ["new"]\nto = "new"\n'),
        ("没有任何步骤到达状态“moon”", STATE.format(id="moon")),
    ],
)
def test_unknown_and_double_keys_and_states_out_of_reach_are_refused(said: str, more: str):
    first = '[[move]]\nkind = "vacated"\nfrom = ["new"]\nto = "new"\n'
    text = 'source = "t"\n' + STATE.format(id="new") + first + more
    with pytest.raises(BadRules, match=said):
        parse_machine(parse_rules("moves.toml", text.encode()))
