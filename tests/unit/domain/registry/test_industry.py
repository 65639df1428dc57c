"""Industry codes of GB/T 4754-2017 as they are typed (domain.md 6.4)."""

import pytest

from tenglong.domain.registry.industry import division, read_industry


@pytest.mark.parametrize(
    "typed", ["C4119", "4119", "c 4119", "４１１９", "4119 其他日用杂品制造", "其他日用杂品制造"]
)
def test_the_code_is_normalised_and_named(typed: str) -> None:
    reading = read_industry(typed)
    assert (reading.code, reading.name, reading.edition) == ("C4119", "其他日用杂品制造", "GB/T 4754-2017")
    assert reading.warning is None


@pytest.mark.parametrize(
    ("typed", "code", "name"),
    [
        ("41", "C41", "其他制造业"),
        ("C411", "C411", "日用杂品制造"),
        ("4120", "C4120", "核辐射加工"),
        ("核辐射加工", "C4120", "核辐射加工"),
    ],
)
def test_every_depth_has_a_name(typed: str, code: str, name: str) -> None:
    assert (read_industry(typed).code, read_industry(typed).name) == (code, name)


@pytest.mark.parametrize(
    ("typed", "code"), [("9999", "9999"), ("A0111", "A0111"), ("A4119", "A4119"), ("纽扣", "")]
)
def test_the_unknown_is_a_warning(typed: str, code: str) -> None:
    reading = read_industry(typed)
    assert (reading.code, reading.name) == (code, "")
    assert typed in str(reading.warning)


def test_an_empty_cell_is_not_a_mistake() -> None:
    assert read_industry(" ").warning is None


def test_the_division_has_two_digits() -> None:
    assert division("C4119") == "C41"
