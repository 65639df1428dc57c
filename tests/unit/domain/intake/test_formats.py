"""What number formats let a reader see."""

import pytest

from tenglong.domain.intake.formats import BUILT_IN, form_of

ACCOUNTING = '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)'


@pytest.mark.parametrize(
    "code",
    ["General", "0", "#,##0.00", ACCOUNTING, '"¥"#,##0.00', "0.00_ ;[Red]\\-0.00\\ ", "@", "yyyy-mm-dd", "e/m/d"]
    + ['yyyy"年"m"月"d"日"', "yyyy/m/d;@", "yyyymmdd", "[$-804]yyyy/m/d h:mm;@", "[DBNum1][$-804]General", "0.00E+00"],
)  # fmt: skip
def test_formats_that_change_nothing_are_plain(code: str) -> None:
    assert form_of(code).is_plain


@pytest.mark.parametrize(
    ("code", "power", "said"),
    [
        ("0!.0,", -4, ""),
        ("0!.0000", -4, ""),
        ("0\\.0,", -4, ""),
        ('0!.0,"万"', -4, "万"),
        ("0.0,", -3, ""),
        ("#,##0.00,,", -6, ""),
        ("0%", 2, ""),
        ('0.00"亿元"', 0, "亿元"),
    ],
)
def test_formats_that_scale_say_by_how_much(code: str, power: int, said: str) -> None:
    section = form_of(code).section(5)
    assert (form_of(code).is_plain, section.power, section.said) == (False, power, said)


def test_the_section_follows_sign_and_condition() -> None:
    assert form_of(";;;").section(5).hides
    assert form_of("0;-0;;@").section(0).hides
    assert form_of("0.00;;").section(-1).hides
    assert not form_of("0.00;;").section(1).hides
    conditional = form_of('[>=10000]0!.0,"万";0')
    assert (conditional.section(20_000).power, conditional.section(200).power) == (-4, 0)


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ('yyyy"年"m"月"', {"y", "m"}),
        (BUILT_IN[57], {"y", "m"}),
        ("mmm-yy", {"y", "m"}),
        ("h:mm", {"h", "min"}),
        ("mm:ss", {"min", "s"}),
        ("[h]:mm", {"h", "min"}),
        ("m/d", {"m", "d"}),
        ("aaaa", {"w"}),
        ("dddd", {"w"}),
        ("yyyy", {"y"}),
    ],
)
def test_the_parts_of_a_day_that_are_shown(code: str, date: set[str]) -> None:
    assert (form_of(code).section(44_501).date, form_of(code).is_plain) == (date, False)
