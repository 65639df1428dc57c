"""Energy in standard coal: one edition, one basis, exact."""

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from tenglong.domain.kernel.energy import Basis, Used, conversion, factor_table, to_tce
from tenglong.domain.kernel.errors import BadValue

# domain.md §5.5
FIRM = [
    Used("electricity", Decimal(800_000), "kWh"),
    Used("natural_gas", Decimal(50_000), "m³"),
    Used("raw_coal", Decimal(20), "t"),
]
POWER = {"electricity": Decimal("0.31")}


def test_the_worked_example_on_both_bases() -> None:
    assert to_tce(FIRM, edition="2020", basis="calorific") == Decimal("173.321")
    assert to_tce(FIRM, edition="2008", basis="equivalent", equivalent_factors=POWER) == Decimal("323.001")


def test_each_line_can_be_printed() -> None:
    lines = conversion(FIRM, edition="2020", basis="equivalent", equivalent_factors=POWER)
    assert [line.tce for line in lines] == [Decimal("248"), Decimal("60.715"), Decimal("14.286")]
    assert [str(line.source)[:6] for line in lines] == ["当年等价系数", "范围1.10", "本系统假定"]
    assert lines[0].kgce_per_native_unit == Decimal("0.31")


@pytest.mark.parametrize(
    ("amount", "unit", "same", "native"),
    [
        ("80", "万kWh", "800000", "kWh"),
        ("800", "MWh", "800000", "kWh"),
        ("12.5", "万千瓦时", "125000", "度"),
    ],
)
def test_units_of_one_carrier_agree(amount: str, unit: str, same: str, native: str) -> None:
    def tce(text: str, in_unit: str) -> Decimal:
        return to_tce([Used("electricity", Decimal(text), in_unit)], edition="2020", basis="calorific")

    assert tce(amount, unit) == tce(same, native)


def test_a_tonne_of_steam_is_not_a_kilogram() -> None:
    steam = [Used("steam", Decimal(1), "t")]
    assert to_tce(steam, edition="2008", basis="calorific") == Decimal("0.1286")


def test_long_amounts_stay_exact() -> None:
    amount = Decimal("123456789012345678901.123456")
    coal = [Used("raw_coal", amount, "kg"), Used("diesel", Decimal("0.000001"), "kg")]
    expected = 123456789012345678901123456 * 7143 * 10 + 14571 * 10  # in 10⁻¹⁴ tce
    assert Fraction(to_tce(coal, edition="2020", basis="calorific")) == Fraction(expected, 10**14)


def test_water_is_shown_but_not_counted() -> None:
    used = [Used("raw_coal", Decimal(1), "t"), Used("water", Decimal(10_000), "t")]
    lines = conversion(used, edition="2020", basis="calorific")
    assert [(line.counts, line.tce) for line in lines] == [
        (True, Decimal("0.7143")),
        (False, Decimal("2.571")),
    ]
    assert to_tce(used, edition="2008", basis="calorific") == Decimal("0.7143")


def test_a_measured_heating_value_is_taken_before_the_table() -> None:
    pellets = Used("biomass_pellets", Decimal(10), "t", factor=Decimal("0.55"))
    assert to_tce([pellets], edition="2020", basis="calorific") == Decimal("5.5")


def test_what_is_already_converted_is_added_on_its_own_basis() -> None:
    used = [*FIRM, Used("standard_coal", Decimal(2), "吨标准煤", basis="calorific")]
    assert to_tce(used, edition="2020", basis="calorific") == Decimal("175.321")


@pytest.mark.parametrize(
    ("used", "basis", "said"),
    [
        (Used("electricity", Decimal(1), "kWh"), "equivalent", "电力按等价值折标须写明当年的等价系数"),
        (Used("heat", Decimal(1), "GJ"), "equivalent", "热力按等价值"),
        (Used("electricity", Decimal(1), "kWh", basis="calorific"), "equivalent", "两种口径不能相加"),
        (Used("standard_coal", Decimal(1), "tce", basis="equivalent"), "calorific", "两种口径不能相加"),
        (Used("standard_coal", Decimal(1), "tce"), "calorific", "没有注明当量值还是等价值"),
        (Used("solar", Decimal(1), "kWh"), "calorific", "不认识能源品种“solar”"),
        (Used("raw_coal", Decimal(1), "m³"), "calorific", "原煤的单位“m³”无法折标"),
        (Used("raw_coal", Decimal(-1), "t"), "calorific", "原煤的用量“-1”不对"),
        (Used("raw_coal", Decimal("NaN"), "t"), "calorific", "原煤的用量“NaN”不对"),
        (Used("raw_coal", Decimal(1), "t", factor=Decimal(0)), "calorific", "实测折标系数“0”不对"),
        (Used("electricity", Decimal(1), "kWh", factor=Decimal("0.31")), "calorific", "不用实测折标系数"),
        (Used("steam", Decimal(1), "t", factor=Decimal("0.12")), "equivalent", "不用实测折标系数"),
        (Used("biomass_pellets", Decimal(1), "t"), "calorific", "没有生物质成型燃料的参考系数"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_a_sentence(used: Used, basis: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        to_tce([used], edition="2020", basis=basis)  # type: ignore[arg-type]


def test_a_factor_for_ten_thousand_kwh_is_seen_as_a_slip_of_the_unit() -> None:
    with pytest.raises(BadValue, match="请检查单位"):
        to_tce(FIRM, edition="2020", basis="equivalent", equivalent_factors={"electricity": Decimal("3.1")})


def test_an_unknown_edition_or_basis_is_refused() -> None:
    with pytest.raises(BadValue, match="GB/T 2589-2008、GB/T 2589-2020"):
        to_tce(FIRM, edition="1990", basis="calorific")
    with pytest.raises(BadValue, match="当量值、等价值"):
        to_tce(FIRM, edition="2020", basis="both")  # type: ignore[arg-type]


def test_the_table_agrees_with_the_yearbook(shared: Path) -> None:
    carriers = {carrier.zh: carrier for carrier in factor_table().carriers.values()}
    names = {
        "热力": "热力",
        "电力(当量)": "电力",
        "其他焦化产品": "其他焦化产品",
        "高炉/其他煤气": "其他煤气",
    }
    compared = 0
    with (shared / "data/06_worked/energy_tce/yearbook_appendix_iv.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            chinese = row["energy"].split()[0]
            carrier = carriers.get(names.get(chinese, chinese))
            low, _, high = row["kgce_per_unit"].partition("-")
            assert carrier is not None, chinese
            assert carrier.native == row["unit"].replace("m3", "m³")
            assert Decimal(low) <= carrier.factors[0].kgce <= Decimal(high or low), chinese
            compared += 1
    assert compared == 19


def test_every_conflicting_factor_that_was_found_is_noted(shared: Path) -> None:
    names = {"天然气": "natural_gas", "电力": "electricity", "蒸汽": "steam", "水": "water"}
    table, compared = factor_table().carriers, 0
    with (shared / "data/06_worked/energy_tce/conflicting_factors_in_use.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["energy"] not in names:
                continue  # liquid nitrogen is a medium that this product does not count
            carrier = table[names[row["energy"]]]
            value = Decimal(row["value"]) / carrier.units[row["unit"].replace("m3", "m³")]
            known = {factor.kgce for factor in carrier.factors} | {value for value, _ in carrier.conflicts}
            assert value in known, row
            compared += 1
    assert compared == 10


@pytest.mark.parametrize(("carrier", "basis"), [("electricity", "calorific"), ("raw_coal", "equivalent")])
def test_a_factor_that_would_not_be_used_is_refused(carrier: str, basis: Basis) -> None:
    with pytest.raises(BadValue, match="不用它"):
        to_tce([], edition="2020", basis=basis, equivalent_factors={carrier: Decimal("0.3")})
