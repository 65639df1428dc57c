"""Rates by place, year and grade; the highest surcharge only; refunds."""

from decimal import Decimal
from typing import Any

import pytest

from tenglong.domain.evaluation.prices import (
    ENVIRONMENT_CREDIT,
    highest,
    lever,
    parse_prices,
    policy_rate,
    prices,
    refund,
)
from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

OURS = prices(SHIPPED)


@pytest.mark.parametrize(
    ("place", "year", "grade", "years", "value"),
    [
        ("370102", 2019, "D", 1, "0.05"),
        ("370102", 2020, "D", 2, "0.10"),
        ("370102", 2021, "D", 3, "0.15"),
        ("370102", 2021, "D", 7, "0.15"),
        ("370102", 2021, "C", 1, None),
        ("370102", 2018, "D", 1, None),
        ("330481101", 2025, "D", 2, "0.3"),
        ("330481101", 2025, "D", 3, "0.4"),
        ("330482", 2025, "D", 3, None),
    ],
)
def test_the_surcharge_grows_with_the_years(
    place: str, year: int, grade: str, years: int, value: str | None
) -> None:
    rate = policy_rate(OURS, place, year, grade, years, lever="electricity")
    assert (rate and rate.value) == (value and Decimal(value))


@pytest.mark.parametrize(
    ("grade", "year", "value"),
    [("A", 2021, "-100"), ("B", 2021, "-80"), ("C", 2021, None), ("A", 2022, None)],
)
def test_land_tax_relief_ended_with_2021(grade: str, year: int, value: str | None) -> None:
    rate = policy_rate(OURS, "330212", year, grade, 1, lever="land_use_tax")
    assert (rate and rate.value) == (value and Decimal(value))


def test_the_rates_of_a_county_take_the_place_of_the_province() -> None:
    content = load_rules("tenglong.domain.evaluation", "prices.toml").content
    rows = content["rate"]
    own = {**rows[4], "id": "own", "place": "3702", "value": "0.01", "consecutive": 2}
    found = parse_prices(RuleFile("prices.toml", {**content, "rate": [*rows, own]}, "")).rates
    assert found[-1].fits("370202", 2020) and not found[-1].fits("370102", 2020)


def test_every_place_with_a_rate_has_a_name() -> None:
    assert {rate.place for rate in OURS.rates} <= set(OURS.places)
    assert OURS.places["330481"].zh == "海宁市"


def test_only_the_highest_surcharge_is_charged() -> None:
    evaluation = policy_rate(OURS, "32", 2021, "D", 1, lever="electricity")
    red = policy_rate(OURS, "320102", 2021, "red", 1, lever="electricity", rating=ENVIRONMENT_CREDIT)
    black = policy_rate(OURS, "320102", 2021, "black", 1, lever="electricity", rating=ENVIRONMENT_CREDIT)
    charge = highest([evaluation, red, black])
    assert charge and charge.rate is black and charge.passed_over == (red,)
    assert highest([None]) is None


def test_who_leaves_the_grade_gets_the_surcharge_back() -> None:
    back = refund(OURS, "330282", 2025, "electricity", before="D", now="B")
    assert back and back.share == 100 and not back.verified
    assert refund(OURS, "330282", 2025, "electricity", before="D", now="C") is None
    assert refund(OURS, "330282", 2025, "electricity", before="C", now="B") is None
    assert refund(OURS, "330281", 2025, "electricity", before="D", now="B") is None


def test_every_rate_says_where_it_comes_from() -> None:
    assert all(rate.source for rate in OURS.rates) and lever(OURS, "electricity").surcharge
    with pytest.raises(BadValue, match="政策杠杆"):
        lever(OURS, "water")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row.update(lever="luck"),
        lambda row: row.update(value="much"),
        lambda row: row.update(rating="luck"),
        lambda row: row.update(consecutive=0),
        lambda row: row.pop("source"),
    ],
)
def test_a_wrong_file_is_refused(spoil: Any) -> None:
    content = load_rules("tenglong.domain.evaluation", "prices.toml").content
    row = dict(content["rate"][0])
    spoil(row)
    with pytest.raises(BadRules, match=r"prices.toml 有误"):
        parse_prices(RuleFile("prices.toml", {**content, "rate": [row]}, ""))
