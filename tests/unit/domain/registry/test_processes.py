"""Processes in one cell."""

import pytest

from tenglong.domain.registry.processes import joined, processes_in


@pytest.mark.parametrize("text", ["染色、印花", "染色，印花", "染色/印花", " 染色;印花 ", "染色 印花、染色"])
def test_whatever_stands_between_processes_they_are_the_same(text: str) -> None:
    assert processes_in(text) == ("染色", "印花")
    assert joined(text) == "染色、印花"


def test_an_empty_cell_names_none() -> None:
    assert processes_in(" ") == ()
    assert joined("") == ""
