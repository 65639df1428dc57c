"""The language of conditions: text to tree, names and types, limits."""

from decimal import Decimal

import pytest

from tenglong.domain.evaluation.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Comparison,
    Extreme,
    In,
    IsMissing,
    Kind,
    Name,
    Negate,
    Not,
    Number,
    Or,
    Text,
    aggregates,
    children,
    names,
    walk,
)
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.expressions.trees import check_types, kind_of
from tenglong.domain.kernel.errors import BadRules

A, B, C = Name("a"), Name("b"), Name("c")
ONE = Number(Decimal(1))
COLUMNS: dict[str, Kind] = {"a": "number", "t": "text", "f": "flag"}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1.50", Number(Decimal("1.50"))),
        ("t = '规上'", Comparison("=", Name("t"), Text("规上"))),
        ('t != "小 微"', Comparison("!=", Name("t"), Text("小 微"))),
        ("a - b - c", Arithmetic("-", Arithmetic("-", A, B), C)),
        ("a + b * c", Arithmetic("+", A, Arithmetic("*", B, C))),
        ("(a + b) / c", Arithmetic("/", Arithmetic("+", A, B), C)),
        ("-a * b", Arithmetic("*", Negate(A), B)),
        ("a or b and not c", Or(A, And(B, Not(C)))),
        ("not a = b", Not(Comparison("=", A, B))),
        ("a + 1 >= b", Comparison(">=", Arithmetic("+", A, ONE), B)),
        ("a in (1, -1)", In(A, (ONE, Number(Decimal(-1))))),
        ("a not in ('x')", Not(In(A, (Text("x"),)))),
        ("a is missing", IsMissing(A)),
        ("a is not missing", Not(IsMissing(A))),
        ("min(a, b, 1)", Extreme("min", (A, B, ONE))),
        ("count()", Aggregate("count", None, None, ())),
        ("count(by b, c)", Aggregate("count", None, None, ("b", "c"))),
        ("average(a, by b)", Aggregate("average", A, None, ("b",))),
        ("quantile(a, 0.8)", Aggregate("quantile", A, Decimal("0.8"), ())),
        ("total > total(a)", Comparison(">", Name("total"), Aggregate("total", A, None, ()))),
        ("android<orange", Comparison("<", Name("android"), Name("orange"))),
        ("\n a\t", A),
    ],
)
def test_a_text_becomes_a_tree(text: str, tree: object) -> None:
    assert parse(text, where="x") == tree


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "还没有写完"),
        ("a and", "还没有写完"),
        ("a b", "第 3 个字符“b”"),
        ("a ≥ 3", "第 3 个字符“≥”.*比较符号"),
        ("规上 = 1", "第 1 个字符“规”.*名称"),
        ("a < b < c", "第 7 个字符“<”"),
        ("'规上", "第 1 个字符“'”"),
        ("a in ()", "第 7 个字符“\\)”"),
        ("a.b", "第 2 个字符“\\.”"),
        ("a = 1; b", "第 6 个字符“;”"),
        ("1e9 > a", "第 2 个字符“e”"),
        ("９ > a", "第 1 个字符“９”"),
        ("open('x')", "没有函数“open”"),
        ("min(a)", "min 的写法"),
        ("max(a, b, by c)", "max 的写法"),
        ("average()", "average 的写法"),
        ("quantile(a, 1.01)", "quantile 的写法"),
        ("quantile(a, b)", "quantile 的写法"),
        ("count(a, b)", "count 的写法"),
        ("9" * 31, "太长，最多 30 位"),
        ("a" * 2001, "超过 2000 个字符"),
        ("-" * 100 + "1", "嵌套太深"),
        ("+".join(["a"] * 101), "嵌套太深"),
        ("not " * 499 + "a", "嵌套太深"),
    ],
)
def test_what_is_not_an_expression_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadRules, match=f"办法 exempt.x. 的表达式.*{said}"):
        parse(text, where="办法 exempt[x]")


def test_depth_and_length_have_room() -> None:
    assert parse("+".join(["a"] * 100), where="x")
    assert parse("(" * 900 + "a" + ")" * 900, where="x") == A


def test_walking_goes_outside_in_and_left_to_right() -> None:
    tree = parse("a + min(b, -c) in (1) and count(t is missing, by u) > total(a)", where="x")
    assert [type(part).__name__ for part in walk(tree)] == [
        *("And", "In", "Arithmetic", "Name", "Extreme", "Name", "Negate", "Name"),
        *("Comparison", "Aggregate", "IsMissing", "Name", "Aggregate", "Name"),
    ]
    assert names(tree) == ("a", "b", "c", "u", "t")
    assert [one.function for one in aggregates(tree)] == ["count", "total"]
    assert children(ONE) == ()


def test_an_aggregate_that_stands_twice_is_one() -> None:
    assert len(aggregates(parse("average(a) > 1 or average(a) < 0", where="x"))) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a > 1 and f or not f", "flag"),
        ("t in ('x') and a in (1) and t = 'x'", "flag"),
        ("f is missing or t is missing", "flag"),
        ("count(f and t = 'x', by t) > average(a)", "flag"),
        ("max(a, -a) + 1", "number"),
        ("t", "text"),
    ],
)
def test_what_fits_is_accepted(text: str, wanted: Kind) -> None:
    tree = parse(text, where="x")
    check_types(tree, COLUMNS, wanted, where="x")
    assert kind_of(tree, COLUMNS) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("b > 1", "没有名称“b”，可用的有：a, t, f"),
        ("b is missing", "没有名称“b”"),
        ("b in (1)", "没有名称“b”"),
        ("count(by b) > 1", "没有名称“b”"),
        ("count(by a) > 1", "by 后面的 a 应为文字列.*数值"),
        ("a", "a 是数值，此处应为是/否"),
        ("a + 1", "… \\+ … 是数值，此处应为是/否"),
        ("t = 1", "1 是数值，此处应为文字"),
        ("a = '1'", "'1' 是文字，此处应为数值"),
        ("t < 'x'", "文字只能用 = 或 !="),
        ("f = f", "f 是“是/否”，本身就是条件"),
        ("f in ('x')", "f 是“是/否”，不能用 in"),
        ("t in (1)", "1 是数值，此处应为文字"),
        ("a > 1 and t", "t 是文字，此处应为是/否"),
        ("not a", "a 是数值"),
        ("(a > 1) + 1 > 2", "… > … 是是/否，此处应为数值"),
        ("-t > 1", "t 是文字"),
        ("min(a, f) > 1", "f 是是/否"),
        ("average(f) > 1", "f 是是/否"),
        ("count(a) > 1", "a 是数值"),
        ("average(a - average(a)) > 1", "不能再用汇总函数"),
    ],
)
def test_what_does_not_fit_is_an_error_of_the_file(text: str, said: str) -> None:
    with pytest.raises(BadRules, match=f"办法 scope.when：.*{said}"):
        check_types(parse(text, where="x"), COLUMNS, "flag", where="办法 scope.when")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("min(" * 6 + "tax" + ", 1)" * 6 + " > 0", "最多嵌套 5 层"),
        ("tax in (" + ", ".join(["0"] * 201) + ")", "最多列 200 个值"),
        ("tax not in (" + ", ".join(["0"] * 201) + ")", "最多列 200 个值"),
    ],
)
def test_what_would_take_an_engine_long_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadRules, match=said):
        parse(text, where="test")


def test_five_layers_of_min_are_fine() -> None:
    assert parse("min(" * 5 + "tax" + ", 1)" * 5 + " > 0", where="test")
