"""A number never breaks inside its cell."""

import pytest

from tenglong.domain.reporting.documents import Align, Column, Table
from tenglong.domain.reporting.writers.docx.fitting import MM_PER_PT, NARROW_EMS, SMALLEST_PT, fitted


def table(*rows: tuple[str, ...], widths: tuple[float, ...] = (20, 10, 17)) -> Table:
    return Table("表", tuple(Column("列", width, Align.CENTER) for width in widths), rows)


def test_widths_that_do_stay() -> None:
    assert fitted(table(("嘉善县", "96", "1443.5")), size_pt=10.5, padding_mm=0.6) == ([20, 10, 17], 10.5)


@pytest.mark.parametrize("number", ["123456.89", "-1,456.78", "+100000.0"])
def test_a_long_number_takes_what_others_can_spare(number: str) -> None:
    widths, size = fitted(table(("嘉善县", number, "1")), size_pt=10.5, padding_mm=0.6)
    assert size == 10.5 and sum(widths) == pytest.approx(47)
    assert widths[1] >= len(number) * NARROW_EMS * 10.5 * MM_PER_PT + 1.2
    assert widths[1] > 10 and widths[0] < 20


def test_where_nothing_can_be_spared_the_type_is_smaller() -> None:
    number = "123456.1"
    widths, size = fitted(table((number, number, number)), size_pt=10.5, padding_mm=0.6)
    assert SMALLEST_PT < size < 10.5 and sum(widths) == pytest.approx(47)
    assert all(width >= len(number) * NARROW_EMS * size * MM_PER_PT + 1.2 - 1e-9 for width in widths)
