"""The workbook of an evaluation: colours, order of columns, reasons in words."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tenglong.domain.evaluation.schemes import Step
from tenglong.domain.evaluation.tables.measures import Line
from tenglong.domain.reporting.grades import NotRated, grade_colours, grade_pages, reason_words
from tests.unit.domain.evaluation.tables.samples import scheme

GREEN, BLUE, YELLOW, RED = "#C6E7CB", "#C9DDF4", "#FFEFB3", "#F6C3C0"


@pytest.mark.parametrize(
    ("grades", "colours"),
    [
        ("A B C D", [GREEN, BLUE, YELLOW, RED]),
        ("A+ A B C D", [GREEN, GREEN, BLUE, YELLOW, RED]),
        ("优 良 中 差", [GREEN, BLUE, YELLOW, RED]),
        ("优 差", [GREEN, RED]),
    ],
)
def test_four_colours(grades: str, colours: list[str]) -> None:
    steps = [Step(grade=grade) for grade in grades.split()]
    assert list(grade_colours(steps).values()) == colours


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        ("out_of_scope", "", "不在评价范围内"),
        ("not_rated", "no_peers", "缺少分组列"),
        ("not_rated", "no_tax_per_mu", "“亩均税收”不能计算：缺少数据"),
        ("not_rated", "fresh_firm", "新上规企业（按办法不参评）"),
        ("not_rated", "unreadable", "有单元格无法读取"),
        ("not_rated", "something_else", "something_else"),
    ],
)
def test_reasons_in_words(status: str, reason: str, said: str) -> None:
    assert str(reason_words(scheme(), status, reason)) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"land": Fraction(0)}, "“用地面积”为零"),
        ({"land": Fraction(-2)}, "“用地面积”为负数"),
        ({"land": Fraction(3)}, "缺少数据"),
        ({"land": None}, "缺少数据"),
        ({}, "缺少数据，或分母（用地面积）为零或负数"),
    ],
)
def test_land_that_is_no_land_is_named(known: dict[str, Fraction | None], said: str) -> None:
    own = scheme()
    strict = [one.model_copy(update={"missing": "not_rated"}) for one in own.indicator]
    asked = own.model_copy(update={"indicator": strict})
    words = reason_words(asked, "not_rated", "no_tax_per_mu", known)
    assert str(words) == f"“亩均税收”不能计算：{said}"


def test_pages() -> None:
    row = {"id": "X1", "status": "rated", "reason": "", "industry": None, "points": 0.0, "total": 66.5}
    row |= {f"{part}_{one}": 0.5 for part in ("value", "score") for one in ("tax_per_mu", "tax_per_tce")}
    row |= {"rank": 1, "peers": 2, "grade_by_quota": "A", "adjustments": "", "grade": "A"}
    listed, held, left = grade_pages(
        scheme(),
        year=2022,
        rows=[row],
        names={"X1": "演示一厂"},
        benchmarks=[Line("tax_per_mu", ("17",), Decimal("1.5"))],
        cuts=[Line("A", (), Decimal(60), 3)],
        not_rated=[NotRated("X3", "", "新上规企业")],
        notes=(),
    )
    (cells,) = listed.sheet.rows
    assert len(cells) == len(listed.sheet.columns)
    assert list(cells)[:7] == ["X1", "演示一厂", "A", Decimal("66.5"), 1, 2, ""]
    assert list(held.sheet.rows) == [
        ["基准值", "亩均税收", "17", Decimal("1.5"), "万元/亩", None],
        ["分数线", "A", "全部", Decimal(60), "分", 3],
    ]
    assert list(left.sheet.rows) == [("X3", "", "新上规企业")]
