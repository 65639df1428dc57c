"""Column letters."""

import pytest

from tenglong.domain.intake.raw import column_letters, column_number


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_letters_and_numbers(number: int, letters: str) -> None:
    assert (column_letters(number), column_number(letters)) == (letters, number)
