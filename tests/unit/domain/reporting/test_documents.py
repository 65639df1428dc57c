from datetime import date

import pytest

from tenglong.domain.reporting.documents import chinese_number, day_text, printable


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_headings_count_in_characters(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_a_date_has_no_leading_zeros() -> None:
    assert day_text(date(2021, 1, 9)) == "2021年1月9日"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("甲厂\x0b\x00二车间", "甲厂 二车间"),
        ("甲厂\r\n二车间\t", "甲厂 二车间"),
        ("\ufeff甲厂\ud800", "甲厂"),
        ("　　甲厂", "　　甲厂"),
        ("<甲&乙>", "<甲&乙>"),
    ],
)
def test_what_no_file_may_hold_becomes_a_space(raw: str, clean: str) -> None:
    assert printable(raw) == clean
