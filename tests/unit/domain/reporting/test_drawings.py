import pytest

from tenglong.domain.reporting.drawings import MM_PER_PT, Drawing, Hatch, Text


def test_equal_drawings_are_equal_values() -> None:
    page = (Drawing(841, 594, (Text(1, 2, "路线图", 14),)) for _ in range(2))
    assert next(page) == next(page)


def test_a_point_is_a_seventy_second_of_an_inch() -> None:
    assert pytest.approx(25.4) == 72 * MM_PER_PT


def test_every_hatch_differs() -> None:
    assert len(set(Hatch)) == 9
