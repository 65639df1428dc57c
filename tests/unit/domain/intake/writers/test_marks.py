"""What is said about a row when its workbook goes back."""

import pytest

from tenglong.domain.intake.writers.marks import RowMark


@pytest.mark.parametrize(
    ("verdict", "note", "text"),
    [
        ("退回", "日期无法识别", "退回：日期无法识别"),
        ("不变", "", "不变"),
        ("", "请核对", "请核对"),
        ("", "", ""),
    ],
)
def test_the_error_column_says_verdict_and_reason(verdict, note, text):
    assert RowMark(verdict, note=note).text == text
