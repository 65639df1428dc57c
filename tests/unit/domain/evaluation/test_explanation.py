from decimal import Decimal
from fractions import Fraction

import pytest

from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.explanation import Explanation, Margin, Span, explain
from tenglong.domain.evaluation.explanation.wording import printed, sentences
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import NotFound
from tests.unit.domain.evaluation.county import FIRMS, firm, scheme

SCOPE = "[scope]\nwhen = \"town != '外县'\""


def explained(
    name: str, asked: Scheme | None = None, firms: tuple[dict[str, object], ...] = FIRMS
) -> Explanation:
    asked = asked or scheme()
    return explain(asked, evaluate(asked, firms, year=2024), name)


def test_the_marks_add_up_to_the_total() -> None:
    one = explained("己")
    assert one.outcome.total == Decimal("67.91")
    assert abs(sum(mark.score or 0 for mark in one.marks) - Fraction("67.91")) <= Fraction("0.005")
    assert abs(sum(mark.share or 0 for mark in one.marks) - 1) < Fraction("0.001")


def test_a_mark_tells_what_was_lost_to_full_marks_and_to_the_benchmark() -> None:
    tax = explained("丁").marks[0]
    assert (tax.value, tax.benchmark, tax.full, tax.at_benchmark) == (Fraction(50, 3), 20, 75, 50)
    assert tax.score == Fraction(125, 3)
    assert tax.lost == Fraction(100, 3)
    assert tax.lost_to_benchmark == Fraction(25, 3)


@pytest.mark.parametrize(
    ("name", "spans", "up", "down"),
    [
        ("甲", ((1, 2), (3, 6), (7, 9), (10, 10)), None, Margin("B", Decimal("111.67"), Decimal("35.00"))),
        ("丁", ((1, 2), (3, 6), (7, 9), (10, 10)), Margin("A", Decimal("145.00"), Decimal("51.45")),
         Margin("C", Decimal("56.22"), Decimal("37.33"))),
        ("癸", ((1, 2), (3, 6), (7, 9), (10, 10)), Margin("C", Decimal("17.73"), Decimal("2.09")), None),
    ],
)  # fmt: skip
def test_the_place_in_the_quota_and_the_margins(
    name: str, spans: tuple[tuple[int, int], ...], up: Margin | None, down: Margin | None
) -> None:
    one = explained(name)
    assert one.spans == tuple(Span(grade, *span) for grade, span in zip("ABCD", spans, strict=True))
    assert (one.up, one.down) == (up, down)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Fraction(1, 30_000), "0.00003333"),
        (Fraction(-123_456, 10_000_000), "-0.01235"),
        (Decimal("0.05"), "0.05"),
        (Fraction(200, 3), "66.6667"),
        (Fraction(0), "0"),
    ],
)
def test_small_values_keep_enough_digits_to_be_checked(value: Fraction | Decimal, said: str) -> None:
    assert printed(value, "value") == said


def test_margins_by_score_are_those_to_the_limits() -> None:
    asked = scheme(
        ('by = "quota"\nrounding = "down"\n', 'by = "score"\n'),
        ("share = 20", "from = 100"), ("share = 40", "from = 60"), ("share = 35", "from = 30"),
    )  # fmt: skip
    one = explained("丁", asked)
    assert (one.up, one.down) == (
        Margin("A", Decimal(100), Decimal("6.45")), Margin("C", Decimal(60), Decimal("33.55")),
    )  # fmt: skip
    assert one.spans == ()
    assert str(sentences(one)[-1]) == "比 C 档以上的分数线 60 分高 33.55 分。"


def test_every_rule_after_the_quota_is_told_in_order() -> None:
    asked = scheme(('kind = "protect"\ngrade = "C"', 'kind = "promote"'))
    firms = tuple({**row, "new": row["id"] == "丁"} for row in FIRMS)
    one = explained("丁", asked, firms)
    assert [(turn.rule.id, turn.before, turn.after) for turn in one.turns] == [
        ("new", "B", "A"), ("accident", "A", "C"),
    ]  # fmt: skip
    assert one.turns[-1].after == one.outcome.grade


def test_an_indicator_that_does_not_count_is_shared_out_over_the_others() -> None:
    one = explained("己", scheme(('missing = "average"', 'missing = "excluded"')))
    assert [mark.full for mark in one.marks] == [Fraction(375, 4), Fraction(225, 4), None]
    assert abs(sum(mark.score or 0 for mark in one.marks) - Fraction(one.outcome.total or 0)) <= Fraction(
        "0.005"
    )
    assert "单位能耗增加值：该项不计分，其权重由其他指标分摊。" in [str(said) for said in sentences(one)]


def test_bonus_and_deduction_are_told_with_their_limits() -> None:
    points = '[points_limit]\nbonus = 3\n[[points]]\nid = "patent"\nzh = "发明专利"\nen = "x"\npoints = 5\n[[points]]\nid = "late"\nzh = "逾期填报"\nen = "x"\npoints = -2\n[grades]'  # noqa: E501
    said = [str(one) for one in sentences(explained("癸", scheme(("[grades]", points))))]
    assert {"加分项“发明专利”：加 5 分。", "减分项“逾期填报”：减 2 分。", "加分合计按上限计 3 分。"} <= set(
        said
    )


@pytest.mark.parametrize(
    ("row", "changes", "said"),
    [
        (firm("新", "5", "5", "10", "5", utility=True), (), "属于“水电气供应企业”，按办法不参评，列为 T。"),
        (firm("新", None, "5", "10", "5"), (('numerator = "tax"', 'missing = "not_rated"\nnumerator = "tax"'),),
         "指标“亩均税收”不能计算：缺少数据，或分母（用地面积）为零或负数，按办法不参评。"),
        (firm("新", "5", "5", "10", "5", town=None), (("[grades]\n", '[grades]\npeers = ["town"]\n'),),
         "缺少排名分组所需的数据，未评价。"),
        (firm("新", "5", "5", "10", "5", town="外县"), (("[[exempt]]", f"{SCOPE}\n[[exempt]]"),),
         "不在本办法的评价范围内，未评价。"),
    ],
)  # fmt: skip
def test_a_firm_that_is_not_rated_is_told_why(
    row: dict[str, object], changes: tuple[tuple[str, str], ...], said: str
) -> None:
    assert [str(one) for one in sentences(explained("新", scheme(*changes), (*FIRMS, row)))] == [said]


@pytest.mark.parametrize(
    ("tax", "changes", "said"),
    [
        ("-10", (), "指标值为负，计零分，得 0 分"),
        ("0", (('numerator = "tax"', 'zero = -3\nnumerator = "tax"'),), "指标值为零，记 -3 分，得 -3 分"),
        ("10", (("given = 20", "given = 0"),), "没有基准值，计零分，得 0 分"),
    ],
)
def test_a_special_case_is_told_with_its_rule(
    tax: str, changes: tuple[tuple[str, str], ...], said: str
) -> None:
    one = explained("新", scheme(*changes), (*FIRMS, firm("新", tax, "5", "10", "5")))
    assert said in str(sentences(one)[1])


def test_the_sentences_of_a_vetoed_firm() -> None:
    assert [str(one) for one in sentences(explained("丁"))] == [
        "总分 93.55 分，在同组 10 家企业中列第 4 名，按比例为 B 档（第 3–6 名）。",
        "亩均税收：16.6667 万元/亩，为基准值 20 的 83.3%，得 41.6667 分，满分 75 分，失 33.3333 分。",
        "亩均增加值：61.1111 万元/亩，为基准值 49.2551 的 124.1%，得 37.2212 分，满分 45 分，失 7.7788 分。",
        "单位能耗增加值：2.2 万元/吨标准煤，为基准值 3 的 73.3%，得 14.6667 分，满分 30 分，失 15.3333 分。",
        "因“安全生产事故一票否决”，由 B 降为 C（一票否决）。",
        "距 A 档最低分 145.00 分差 51.45 分。",
        "比 C 档最高分 56.22 分高 37.33 分。",
    ]


def test_an_unknown_firm_is_refused() -> None:
    with pytest.raises(NotFound, match=r"2024 年的评价里没有企业“无名”"):
        explained("无名")
