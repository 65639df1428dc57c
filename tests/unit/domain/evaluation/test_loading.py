"""A scheme file is read, or refused with file, key and remedy."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from tenglong.domain.evaluation.loading import load_scheme, read_scheme, scheme_problems
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import parse_rules

TEXT = """
id = "some-county-2022"
title = "某县办法"
title_en = "Method of a county"
place = "某县"
year = 2022
version = 1
source = "虚构的办法，仅用于测试"

[column.tax]
zh = "税"
en = "Tax"

[column.land]
zh = "地"
en = "Land"

[[indicator]]
id = "tax_per_mu"
zh = "亩均税收"
en = "Tax per mu"
numerator = "tax"
denominator = "land"
unit = "万元/亩"
weight = 100
cap = 1.5
benchmark = { given = 24.097 }

[grades]
by = "quota"
steps = [{ grade = "A", share = 20.5 }, { grade = "B" }]
"""


def test_numbers_are_exact_and_the_digest_is_that_of_the_bytes() -> None:
    scheme = read_scheme("some.toml", TEXT.encode())
    assert scheme.indicator[0].cap == Decimal("1.5")
    assert scheme.indicator[0].weight == Decimal(100)
    assert scheme.digest == hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_county_keeps_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    path.write_text(TEXT, "utf-8")
    assert load_scheme(path) == read_scheme("some.toml", TEXT.encode())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight = 100", "", "indicator.tax_per_mu..weight：缺少这一项"),
        ("weight = 100", "wieght = 100", "indicator.tax_per_mu..wieght：没有这一项"),
        ("weight = 100", 'weight = "100"', "weight：应为数字"),
        ("weight = 100", "weight = true", "weight：应为数字"),
        ("weight = 100", "weight = nan", "weight：应为数字"),
        ("weight = 100", "weight = 1e99999", "weight：应为数字"),
        ("weight = 100", "weight = 0.0000000000000001", "weight：应为数字"),
        ("weight = 100", "weight = 0", "weight：应大于 0"),
        ("weight = 100", "weight = 1e999999999999999999999", "不是有效的 TOML"),
        ("weight = 100", "weight = " + "9" * 5000, "不是有效的 TOML"),
        ("weight = 100", "weight = " + "[" * 5000, "不是有效的 TOML"),
        ("weight = 100", 'weight = 100\nmissing = "nothing"', "missing：应为数字或其中之一：zero, average"),
        ("weight = 100", 'weight = 100\nmethod = "linear"', "method：应为其中之一：'ratio'"),
        ("share = 20.5", "share = 100.5", "grades.steps.A..share：不应大于 100"),
        ('{ grade = "B" }', "3", "grades.steps.2.：应为一个表"),
        (', { grade = "B" }', "", "grades.steps：至少要有 2 项"),
        ("version = 1", "version = 1.0", "version：应为整数"),
        ("year = 2022", "year = 1999", "year：不应小于 2000"),
        ("[column.land]", "[column.Land]", "column.Land：只能用小写英文字母"),
        ("[[indicator]]", "[indicator]", "indicator：应为列表"),
        ('zh = "税"', "zh = 3", "column.tax.zh：应为加引号的文字"),
        ('id = "some-county-2022"', 'id = "Some"', "id：只能用小写英文字母"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(old: str, new: str, said: str) -> None:
    with pytest.raises(BadRules, match=f"some.toml .*{said}"):
        read_scheme("some.toml", TEXT.replace(old, new).encode())


def told(text: str) -> list[str]:
    return [
        str(one).removeprefix("评价办法 some.toml 的 ")
        for one in scheme_problems(parse_rules("some.toml", text.encode(), decimals=True))
    ]


def test_a_good_file_has_no_problems() -> None:
    assert told(TEXT) == []


def test_a_misspelt_key_hides_nothing() -> None:
    bad = TEXT.replace("weight = 100", "wieght = 0").replace('"tax"', '"taxes"').replace("cap =", "cpa =")
    assert [one.partition("：")[0] for one in told(bad)] == [
        "indicator[tax_per_mu].weight",
        "indicator[tax_per_mu].wieght",
        "indicator[tax_per_mu].cpa",
        "indicator[tax_per_mu].weight",
    ]
    assert told(bad)[-1] == "indicator[tax_per_mu].weight：应大于 0。"
    assert told(bad.replace("wieght = 0", "wieght = 100"))[-1].startswith(
        "indicator[tax_per_mu].numerator：没有名称“taxes”"
    )


def test_what_stands_under_a_misspelt_table_is_looked_at_too() -> None:
    said = told(TEXT.replace("[[indicator]]", "[[indicatr]]").replace('numerator = "tax"', "numerator = 3"))
    assert said[0].startswith("indicator：缺少") and said[1].startswith("indicatr：没有这一项")
    assert said[2] == "indicator[tax_per_mu].numerator：应为加引号的文字。"
