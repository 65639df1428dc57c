"""The summary counts every row once and lists the cuts from the top."""

from decimal import Decimal

import polars as pl

from tenglong.domain.evaluation.tables.measures import decimal_of, summary_of
from tests.unit.domain.evaluation.tables.samples import scheme


def test_counts_and_cuts() -> None:
    rows = [
        ("rated", "", "17", "B", 3.5, "B"),
        ("rated", "", "17", "A", 9.0, "A"),
        ("rated", "", None, "A", 7.25, "A"),
        ("rated", "", None, "A", 8.0, "B"),
        ("not_rated", "fresh_firm", "17", "", None, "T"),
    ]
    names = ["status", "reason", "industry", "grade_by_quota", "total", "grade"]
    found = summary_of(scheme(), pl.DataFrame(rows, schema=names, orient="row").lazy(), ())
    assert dict(found.statuses) == {"rated": 4, "not_rated": 1}
    assert dict(found.reasons) == {"fresh_firm": 1}
    assert list(found.grades.items()) == [("A", 2), ("B", 2), ("T", 1)]
    assert [(line.group, line.id, line.value, line.firms) for line in found.cuts] == [
        (("17",), "A", Decimal(9), 1),
        (("17",), "B", Decimal("3.5"), 1),
        (("—",), "A", Decimal("7.25"), 2),
    ]


def test_doubles_are_printed_as_decimals() -> None:
    assert (
        str(decimal_of(0.1)) == "0.1" and str(decimal_of(1e-7)) == "0" and str(decimal_of(1200.0)) == "1200"
    )
