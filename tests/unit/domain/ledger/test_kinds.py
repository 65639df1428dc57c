"""The ledger's vocabulary."""

import pytest

from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.domain.ledger.kinds import PARCEL, parse_vocabulary, vocabulary

CASE = ["[[subject]]", 'id = "case"', 'zh = "案件"', 'en = "Case"']


def rules(*lines: str):
    return parse_rules("kinds.toml", "\n".join(['source = "test"', *CASE, *lines]).encode())


def test_land_belongs_to_parcels_and_everything_else_to_cases():
    parcels = {kind.id for kind in vocabulary().kinds.values() if kind.subject == PARCEL}
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


def test_a_subject_must_be_registered():
    row = ["[[kind]]", 'id = "a"', 'slot = "s"', 'zh = "甲"', 'en = "A"', 'subject = "contract"']
    with pytest.raises(BadRules, match="对象 contract 没有登记"):
        parse_vocabulary(rules(*row))


@pytest.mark.parametrize(
    ("kind", "said", "sentence"),
    [
        ("described", {"party": "friend"}, "没有“friend”这个选项"),
        ("described", {"due_on": "明天"}, "须为日期"),
        ("described", {"colour": "red"}, "不能登记“colour”"),
        ("signed", {"zone": "东区"}, "“签约”不能登记“zone”"),
    ],
)
def test_only_what_an_attribute_may_be_is_said(kind, said, sentence):
    words = vocabulary()
    with pytest.raises(BadValue, match=sentence):
        words.check_attributes(words.kind(kind), said)


def test_an_attribute_has_a_type_that_is_known():
    row = ["[[attribute]]", 'id = "a"', 'subject = "case"', 'type = "colour"', 'zh = "甲"', 'en = "A"']
    with pytest.raises(BadRules, match="事项 a 有误"):
        parse_vocabulary(rules(*row))
