"""Whether a rule file has the shape of the shipped one."""

from datetime import date
from typing import Any

import pytest

from tenglong.domain.rules.shape import MOST, Shape, fields_of, shape_problems

SHIPPED: dict[str, Any] = {
    "source": "x",
    "text": "共{n}家",
    "number": 1,
    "rows": [{"id": "a", "more": 1}, {"id": "b"}],
    "files": {"signed": 1},
    "day": date(2021, 1, 1),
}
SHAPE = Shape(frozenset({"files", "names"}), fills=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "{n}"}, []),
        ({"number": 2.5}, []),
        ({"rows": [{"id": "c"}]}, []),
        ({"files": {"closed": 3, "signed": 0}}, []),
        ({"rows": []}, ["rows 不能是空的。"]),
        ({"text": 1}, ["text 应为加引号的文字。"]),
        ({"number": True}, ["number 应为数字。"]),
        ({"day": "x"}, ["day 应为日期。"]),
        ({"rows": [{"more": 1}]}, ["缺少 rows[1].id，请照随软件提供的文件补上。"]),
        ({"files": {"closed": "3"}}, ["files.closed 应为数字。"]),
        ({"source": "{n}"}, ["source 里不能有 {n}，这一句没有可填的内容。"]),
        ({"luck": 1}, ["没有 luck 这一项，请删去，或改为：source、text、number、rows、files、day。"]),
    ],
)
def test_what_may_and_what_may_not_stand(change: dict[str, Any], said: list[str]) -> None:
    assert [str(one) for one in shape_problems(SHIPPED | change, SHIPPED, SHAPE)] == said


def test_a_text_is_not_looked_into_where_nothing_is_filled_in() -> None:
    assert shape_problems(SHIPPED | {"text": "{"}, SHIPPED, Shape(SHAPE.open)) == ()


def test_not_more_than_a_page_of_faults_is_named() -> None:
    assert len(shape_problems({f"k{n}": n for n in range(99)}, SHIPPED, SHAPE)) == MOST


def test_fields_are_told_as_they_are_written() -> None:
    assert fields_of("{a}与{b:02d}和{c!r:>9}") == ["{a}", "{b:02d}", "{c!r:>9}"]
