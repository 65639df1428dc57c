"""What a table must hold: headers, units and bases out of a scheme."""

from decimal import Decimal

from tenglong.domain.evaluation.tables.kind import OWN, basis_in, qualifier_of, table_of
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tests.unit.domain.evaluation.tables.samples import SCHEME, scheme


def kind_of(text: str = SCHEME):
    return table_of(wanted_by(scheme(text)))


def test_a_column_is_known_by_id_labels_and_what_intake_calls_it() -> None:
    names = kind_of().column(OWN + "tax").names
    assert {"实缴税收", "Tax", "tax", "入库税收"} <= set(names)


def test_a_label_is_also_known_without_its_brackets() -> None:
    assert "综合能耗" in kind_of().column(OWN + "energy").names


def test_units_convert_by_exact_factors_only() -> None:
    unit = kind_of(SCHEME.replace('unit = "亩"', 'unit = "公顷"')).column(OWN + "land").unit
    assert unit is not None
    assert unit.accepted["公顷"] == 1 and unit.accepted["平方公里"] == 100
    assert "亩" not in unit.accepted, "a fifteenth has no end as a decimal"
    assert "㎡" in unit.accepted and unit.accepted["㎡"] == Decimal("0.0001")


def test_a_unit_that_intake_does_not_know_is_itself() -> None:
    unit = kind_of(SCHEME.replace('unit = "亩"', 'unit = "件"')).column(OWN + "land").unit
    assert unit is not None and unit.accepted == {"件": 1}


def test_a_scheme_may_use_a_wording_of_intake_for_its_own_column() -> None:
    kind = kind_of(SCHEME.replace('zh = "行业"', 'zh = "年度"'))
    assert "年度" not in kind.column("year").names
    assert kind.column(OWN + "industry").header == "年度"


def test_the_basis_stands_in_a_column_of_intake_or_in_the_header() -> None:
    kind = kind_of()
    assert qualifier_of(kind, "energy") == "energy_basis" and qualifier_of(kind, "tax") is None
    assert basis_in(kind, "energy", "能耗（等价值）") == "equivalent"
    assert basis_in(kind, "energy", "能耗") == ""
    assert basis_in(kind, "energy", "能耗（等价或当量）") == ""


def test_where_two_bases_are_used_each_has_its_own_place() -> None:
    second = (
        '[column.calorific]\nzh = "能耗（当量值）"\nen = "Calorific"\nunit = "吨标煤"\nbasis = "calorific"\n'
    )
    kind = kind_of(SCHEME.replace("[column.land]", second + "[column.land]"))
    assert qualifier_of(kind, "energy") != qualifier_of(kind, "calorific")
