"""The kept table and the kept results come back as they were."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.kept import (
    FirmsTable,
    Row,
    columns_of,
    corrected,
    evaluation_of_kept,
    exact,
    from_text,
    kept_measures,
    kept_result,
    outcome_of_kept,
    read_value,
    results_digest,
    to_bytes,
)
from tenglong.domain.evaluation.shipped import shipped_scheme
from tenglong.domain.kernel.errors import BadValue

SCHEME = shipped_scheme("demo-jiaxing-2020")


def row(id: str, **values: Decimal | str | bool | None) -> Row:
    """A firm of 2020."""
    known: Row = {
        "id": id, "year": Decimal(2020), "name": f"演示“{id}”厂, 一分厂", "county": "嘉善县", "scale": "规上",
        "industry": "C17", "tax": Decimal("100.5"), "land": Decimal(10), "value_added": Decimal(300),
    }  # fmt: skip
    return {**dict.fromkeys(columns_of(SCHEME.column)), **known, **values}


TABLE = FirmsTable(
    columns_of(SCHEME.column),
    [
        row("1", utility=False, high_tech=True),
        row("2", tax=Decimal("0.000001"), name='a "b"\nc'),
        row("3", cod=None),
    ],
)


def again(table: FirmsTable) -> FirmsTable:
    """Through the file and back."""
    return from_text(b"".join(to_bytes(table)).decode().splitlines(keepends=True), SCHEME)


def test_a_table_comes_back_as_it_was() -> None:
    assert again(TABLE) == TABLE
    assert list(to_bytes(TABLE)) == list(to_bytes(again(TABLE)))


def test_long_tables_are_written_in_pieces() -> None:
    many = FirmsTable(TABLE.columns, [row(str(number)) for number in range(4001)])
    assert len(list(to_bytes(many))) == 3 and again(many) == many


def test_corrections_touch_one_firm_of_the_year() -> None:
    last = {**row("1"), "year": Decimal(2019)}
    table = FirmsTable(TABLE.columns, [*TABLE.rows, last])
    found = corrected(table, SCHEME, 2020, {"1": {"tax": "120", "cod": None, "utility": "true"}})
    assert (found.rows[0]["tax"], found.rows[0]["cod"], found.rows[0]["utility"]) == (
        Decimal(120),
        None,
        True,
    )
    assert found.rows[1:] == table.rows[1:]


@pytest.mark.parametrize(
    ("column", "text"), [("tax", "NaN"), ("tax", "x"), ("utility", "yes"), ("name", "x"), ("id", "9")]
)
def test_corrections_that_do_not_fit_are_refused(column: str, text: str) -> None:
    with pytest.raises(BadValue):
        read_value(text, column, SCHEME)


def test_results_come_back_to_nine_decimals_and_give_one_digest() -> None:
    found = evaluate(SCHEME, TABLE.rows, year=2020, input_digest="x")
    kept = [(one.id, kept_result(one)) for one in found.outcomes]
    back = evaluation_of_kept(
        SCHEME,
        2020,
        "x",
        outcomes=[outcome_of_kept(id, one) for id, one in kept],
        measures=kept_measures(found),
    )
    assert [(one.id, one.total, one.rank, one.grade, one.adjustments) for one in back.outcomes] == [
        (one.id, one.total, one.rank, one.grade, one.adjustments) for one in found.outcomes
    ]
    assert [(one.id, kept_result(one)) for one in back.outcomes] == kept
    assert back.cuts == found.cuts and kept_measures(back) == kept_measures(found)
    assert results_digest(kept) != results_digest(kept[:-1])


def test_numbers_are_kept_half_up_without_trailing_zeros() -> None:
    assert [exact(one) for one in (Fraction(1, 3), Fraction(5, 2), Fraction(10), None)] == [
        "0.333333333", "2.5", "10", None,
    ]  # fmt: skip
