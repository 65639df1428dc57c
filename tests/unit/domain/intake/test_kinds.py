"""The kinds of table: complete, unambiguous, in the words of domain.md §10."""

from decimal import Decimal

import pytest

from tenglong.domain.intake.headers import header_key
from tenglong.domain.intake.kinds import ColumnType, kinds_from, measure_unit, table_kind, table_kinds
from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.domain.ledger.kinds import vocabulary


def test_the_kinds_stand_in_their_order() -> None:
    assert list(table_kinds()) == [
        "firms",
        "pushed_roster",
        "roster_review",
        "observations",
        "case_ledger",
        "events",
        "certificates",
    ]


@pytest.mark.parametrize("kind_id", table_kinds())
def test_no_wording_means_two_columns(kind_id: str) -> None:
    seen: dict[str, str] = {}
    for column in table_kind(kind_id).columns:
        for name in column.names:
            assert seen.setdefault(header_key(name), column.id) == column.id, name


@pytest.mark.parametrize("kind_id", table_kinds())
def test_columns_carry_what_their_type_needs(kind_id: str) -> None:
    for column in table_kind(kind_id).columns:
        assert bool(column.choices) == (column.type is ColumnType.CHOICE), column.id
        assert column.unit is None or column.type is ColumnType.NUMBER, column.id
        assert column.entry is None or column.type is ColumnType.DATE, column.id


def test_units_convert_exactly_to_the_canonical_unit() -> None:
    area = table_kind("case_ledger").column("land").unit
    assert area and (area.canonical, area.accepted["公顷"], area.accepted["㎡"]) == (
        "mu",
        15,
        Decimal("0.0015"),
    )
    for kind in table_kinds().values():
        for column in kind.columns:
            assert column.unit is None or column.unit.accepted[column.unit.label] == 1


def test_the_official_header_names_its_unit_unless_there_is_only_one() -> None:
    kind = table_kind("observations")
    assert kind.column("energy").header_with_unit == "综合能耗(吨标煤)"
    assert kind.column("staff").header_with_unit == "从业人员"


def test_quantities_of_the_ledger_are_kept_in_the_ledgers_units() -> None:
    quantities = {kind.id: kind.quantity for kind in vocabulary().kinds.values() if kind.quantity}
    for measure, canonical in quantities.items():
        unit = measure_unit(measure)
        assert unit and unit.canonical == canonical, measure


def test_an_unknown_kind_is_named_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="没有“taxes”这种表.*case_ledger"):
        table_kind("taxes")


def test_a_rule_file_that_names_an_unknown_column_is_refused() -> None:
    raw = 'source = "x"\n[unit]\n[choices]\n[column]\n[kind.k]\nname_zh="k"\nname_en="k"\ncolumns=["nope"]\nrequired=[]'
    with pytest.raises(BadRules, match="nope"):
        kinds_from(parse_rules("kinds.toml", raw.encode()))
