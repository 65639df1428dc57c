"""A city's own synonyms of columns and answers."""

import pytest

from tenglong.domain.intake.kinds import TABLES, table_kinds
from tenglong.domain.intake.own_words import kinds_by, parse_own_words
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulebook import SHIPPED, Rulebook, shipped_bytes


def changed(old: str, new: str) -> Rulebook:
    text = shipped_bytes(TABLES).decode()
    assert old in text
    return Rulebook({"tables": TABLES.parse(text.replace(old, new, 1).encode())})


def test_synonyms_are_the_citys() -> None:
    kinds = kinds_by(changed('synonyms = ["单位名称"', 'synonyms = ["厂家称呼"'))
    assert "厂家称呼" in kinds["firms"].column("firm_name").names
    assert kinds_by(SHIPPED) == table_kinds()


def test_nothing_else_may_change_and_a_word_has_one_meaning() -> None:
    for old, new, said in (
        ('header = "企业名称"', 'header = "企业全称"', "只能增减 synonyms"),
        ('synonyms = ["单位名称"', 'synonyms = ["统一社会信用代码"', "一张表里一个词只能指一列"),
    ):
        with pytest.raises(BadRules, match=said):
            parse_own_words(changed(old, new).own["tables"])
