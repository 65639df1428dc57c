"""The schemes that ship with the program."""

import pytest

from tenglong.domain.evaluation.shipped import shipped, shipped_scheme
from tenglong.domain.kernel.errors import NotFound


def test_every_file_is_a_scheme_found_by_its_id() -> None:
    schemes = shipped()
    assert list(schemes) == sorted(schemes)
    assert {id: shipped_scheme(id).id for id in schemes} == {id: id for id in schemes}
    assert "huangyan-2022" in schemes


def test_what_does_not_ship_is_said_with_what_does() -> None:
    with pytest.raises(NotFound, match="没有内置评价办法“x”，可用的有：.*huangyan-2022"):
        shipped_scheme("x")
