"""Certificates as intervals."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.campaign.figures import definitions
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.uplift.certificates import (
    Certificate,
    Count,
    certificate_kind,
    certificate_kinds,
    check_days,
    count_on,
    last_day,
)

FIRST = date(2021, 1, 1)


def one(
    firm: int = 1, number: str = "GR1", granted: int = 0, until: int | None = None, ended: int | None = None
):
    """A high-tech certificate, its days counted from the first of 2021."""
    days = (None if n is None else FIRST + timedelta(days=n) for n in (until, ended))
    return Certificate("hnte", firm, number, FIRST + timedelta(days=granted), *days)


@pytest.mark.parametrize(
    ("certificate", "holds"),
    [
        (one(granted=10), {9: False, 10: True, 4000: True}),
        (one(granted=10, until=20), {10: True, 20: True, 21: False}),
        (one(granted=10, ended=20), {19: True, 20: False}),
        (one(granted=10, until=30, ended=20), {20: False, 30: False}),
        (one(granted=10, ended=10), {10: False}),
    ],
)
def test_the_days_on_which_a_certificate_holds(certificate: Certificate, holds: dict[int, bool]) -> None:
    for day, expected in holds.items():
        assert certificate.holds_on(FIRST + timedelta(days=day)) is expected


def test_years_end_on_the_day_before_the_same_date() -> None:
    assert last_day(date(2018, 11, 30), 3) == date(2021, 11, 29)
    assert last_day(date(2020, 2, 29), 3) == date(2023, 2, 28)
    assert certificate_kind("hnte").until(date(2018, 11, 30)) == date(2021, 11, 29)
    assert certificate_kind("prov_tech").until(date(2018, 11, 30)) is None


def test_a_number_is_compared_without_spaces_and_case() -> None:
    assert one(number=" gr 1 ").key == one(firm=2).key
    assert one(number="").key != one(number="", firm=2).key


def test_impossible_days_are_refused_with_both_days() -> None:
    with pytest.raises(BadValue, match="2020-12-31.*2021-01-01"):
        check_days(one(until=-1))
    with pytest.raises(BadValue, match="失效日期"):
        check_days(one(ended=-1))
    check_days(one(until=0, ended=0))


def test_figures_table_and_rules_speak_of_the_same_kinds() -> None:
    kinds = certificate_kinds()
    choices = {choice.id: choice.label for choice in table_kind("certificates").column("certificate").choices}
    assert choices == {id: kind.zh for id, kind in kinds.items()}
    assert {figure.certificate for figure in definitions().values()} == {"", *kinds}
    with pytest.raises(NotFound, match="品字标"):
        certificate_kind("unknown")


@given(
    st.lists(
        st.tuples(
            st.integers(1, 4),
            st.sampled_from(["", "A", "a ", "B"]),
            st.integers(0, 30),
            st.none() | st.integers(0, 30),
            st.none() | st.integers(0, 30),
        ),
        max_size=8,
    ),
    st.integers(-2, 65),
)
def test_counts_are_those_of_a_twin_that_goes_day_by_day(drawn: list, day: int) -> None:
    known = [
        one(
            firm,
            number,
            start,
            None if lasts is None else start + lasts,
            None if end is None else start + end,
        )
        for firm, number, start, lasts, end in drawn
    ]
    kept, on = {2: 1}, FIRST + timedelta(days=day)
    firms, keys = set(), set()
    for certificate in known:
        days, last = [], date(2021, 6, 1)
        at = certificate.granted
        while (
            at <= last and at != certificate.ended and (certificate.until is None or at <= certificate.until)
        ):
            days.append(at)
            at += timedelta(days=1)
        if on in days:
            firms.add(1 if certificate.firm == 2 else certificate.firm)
            keys.add(certificate.key)
    expected = {"hnte": Count(len(firms), len(keys))} if firms else {}
    assert count_on(on, known, kept) == expected
