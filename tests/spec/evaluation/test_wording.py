"""Conditions and formulas as a person reads them on the pages of a scheme: one line for each form of an expression."""

from fractions import Fraction

import pytest

from tenglong.domain.evaluation.explanation import Mark
from tenglong.domain.evaluation.explanation.wording import mark_sentence
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.expressions.wording import in_words, names_of
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


# how, value, benchmark, score, full
MARKS = [
    (("value", 3, None, None, None), "x：该项不计分，其权重由其他指标分摊。"),
    (("value", 3, None, 7, None), "x：得 7 分。"),
    (("value", 3, None, 7, 10), "x：3 万元，得 7 分，满分 10 分，失 3 分。"),
    (("value", 3, None, 10, 10), "x：3 万元，得 10 分，满分 10 分。"),
    (("value", 3, None, 12, 10), "x：3 万元，得 12 分，满分 10 分。"),
    (("value", 3, 4, 7, 10), "x：3 万元，为基准值 4 的 75%，得 7 分，满分 10 分，失 3 分。"),
    (("negative", -3, 4, 0, 10), "x：指标值为负，记 0 分，得 0 分，满分 10 分，失 10 分。"),
    (("zero", 0, 4, 0, 10), "x：指标值为零，记 0 分，得 0 分，满分 10 分，失 10 分。"),
    (("missing", None, 4, 0, 10), "x：缺少数据，记 0 分，得 0 分，满分 10 分，失 10 分。"),
    (("no_benchmark", 3, None, 0, 10), "x：没有基准值，记 0 分，得 0 分，满分 10 分，失 10 分。"),
    (("no_denominator", None, 4, 0, 10), "x：分母为零或负数，记 0 分，得 0 分，满分 10 分，失 10 分。"),
]


@pytest.mark.parametrize(("mark", "words"), MARKS)
def test_what_an_indicator_gave_and_lost_in_words(mark: tuple, words: str) -> None:
    rules = ", ".join(f"{rule} = 0" for rule in ("missing", "zero", "negative"))
    indicator = scheme_of(f'indicator = [{{ id = "x", {rules} }}]').indicator[0]
    how, *numbers = mark
    parts = [None if number is None else Fraction(number) for number in numbers]
    assert str(mark_sentence(Mark(indicator, how, *parts, None, None))) == words
