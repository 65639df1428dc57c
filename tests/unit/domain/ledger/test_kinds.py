"""The ledger's vocabulary."""

import pytest

from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.domain.ledger.kinds import Subject, parse_vocabulary, vocabulary


def rules(*lines: str):
    return parse_rules("kinds.toml", "\n".join(['source = "test"', *lines]).encode())


def test_land_belongs_to_parcels_and_everything_else_to_cases():
    parcels = {kind.id for kind in vocabulary().kinds.values() if kind.subject is Subject.PARCEL}
    assert parcels == {"area_signed", "area_vacated", "area_demolished", "area_net"}


def test_kinds_that_take_back_share_the_slot_of_what_they_take_back():
    words = vocabulary()
    for back, forth in (("removed", "targeted"), ("contract_ended", "signed"), ("reopened", "written_off")):
        assert words.kind(back).slot == words.kind(forth).slot
        assert (words.kind(back).on, words.kind(forth).on) == (False, True)


@pytest.mark.parametrize("text", ["written_off", "销号", "Written off", " 销号 "])
def test_a_kind_is_found_by_any_of_its_names(text):
    assert vocabulary().find(text).id == "written_off"


def test_an_unknown_kind_is_named_with_what_exists():
    with pytest.raises(BadValue, match="没有“爆破”这种台账事项，可用的有：.*销号"):
        vocabulary().kind("爆破")


def test_a_kind_may_stand_only_once():
    row = ["[[kind]]", 'id = "a"', 'slot = "a"', 'zh = "甲"', 'en = "A"']
    with pytest.raises(BadRules, match="事项 a 重复"):
        parse_vocabulary(rules(*row, *row))


def test_kinds_of_one_slot_agree_in_unit():
    first = ["[[kind]]", 'id = "a"', 'slot = "s"', 'zh = "甲"', 'en = "A"', 'quantity = "mu"']
    second = ["[[kind]]", 'id = "b"', 'slot = "s"', 'zh = "乙"', 'en = "B"']
    with pytest.raises(BadRules, match="slot s"):
        parse_vocabulary(rules(*first, *second))


def test_an_unknown_key_is_refused():
    with pytest.raises(BadRules, match="事项 a 有误"):
        parse_vocabulary(
            rules("[[kind]]", 'id = "a"', 'slot = "a"', 'zh = "甲"', 'en = "A"', 'colour = "red"')
        )
