"""Conditions and formulas as a person reads them on the pages of a scheme: one line for each form of an expression."""

import pytest

from tenglong.domain.evaluation.expressions_parsing import parse
from tenglong.domain.evaluation.expressions_wording import in_words, names_of
from tests.spec.evaluation.cases import scheme_of

SCHEME = scheme_of('indicator = [{ id = "x" }]')

LINES = """
12.50                              | 12.5
'power'                            | “power”
tax                                | tax
rank                               | 位次
total                              | 总分
peers                              | 同组企业数
grade                              | 按比例等级
tax + land                         | tax ＋ land
tax - land                         | tax － land
tax * land                         | tax × land
tax / land                         | tax ÷ land
-tax                               | 负的tax
tax = 1                            | tax ＝ 1
tax != 1                           | tax ≠ 1
tax < 1                            | tax ＜ 1
tax <= 1                           | tax ≤ 1
tax > 1                            | tax ＞ 1
tax >= 1                           | tax ≥ 1
tax > 1 and fresh                  | （tax ＞ 1），并且fresh
fresh or accident                  | fresh，或者accident
(tax + land) / staff               | （tax ＋ land） ÷ staff
tax + land * staff                 | tax ＋ （land × staff）
not fresh                          | 不符合（fresh）
not (fresh or accident)            | 不符合（fresh，或者accident）
tax is missing                     | 缺少tax
county in ('甲', '乙', '丙')       | county是“甲”、“乙”、“丙”之一
county in ('甲')                   | county是“甲”之一
min(tax, land)                     | （tax、land）中最小的
max(tax, land, 3)                  | （tax、land、3）中最大的
average(tax)                       | 全部企业的tax平均值
average(tax, by county)             | 同一county的企业的tax平均值
total(tax, by county, industry)    | 同一county、industry的企业的tax合计
count()                            | 全部企业的数量
count(by county)                   | 同一county的企业的数量
count(tax > 1)                     | 全部企业中符合（tax ＞ 1）的数量
quantile(tax, 0.25)                | 全部企业的tax的 0.25 分位数
tax >= average(tax) / 2            | tax ≥ （全部企业的tax平均值 ÷ 2）
"""


def lines() -> list[tuple[str, str]]:
    pairs = (line.split("|") for line in LINES.strip().splitlines())
    return [(source.strip(), words.strip()) for source, words in pairs]


@pytest.mark.parametrize(("source", "words"), lines())
def test_an_expression_in_words(source: str, words: str) -> None:
    assert str(in_words(parse(source, where="test"), names_of(SCHEME))) == words


def test_a_name_that_nobody_labelled_stands_for_itself() -> None:
    assert str(in_words(parse("tax", where="test"), {})) == "tax"


def test_indicators_and_columns_go_by_their_labels() -> None:
    found = {id: str(label) for id, label in names_of(SCHEME).items()}
    assert (found["x"], found["county"]) == ("x", "county")
