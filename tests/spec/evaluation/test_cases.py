"""Every engine gives what the tables beside this file say."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tenglong.domain.evaluation.engines.columnar import evaluate_frame
from tenglong.domain.evaluation.engines.reference import evaluate
from tests.property.evaluation.tables import expected
from tests.spec.evaluation.cases import COLUMNS, YEAR, Case, cases, cell, expected_cell

CASES = list(cases())
TYPES = {"text": pl.String, "number": pl.Float64, "flag": pl.Boolean}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.statement} {case.name}")
def test_the_judge_agrees_with_the_table(case: Case) -> None:
    outcomes = {outcome.id: outcome for outcome in evaluate(case.scheme, case.rows, year=YEAR).outcomes}
    columns = [column for column in case.expected[0] if column != "id"]
    found = {id: [cell(outcome, column) for column in columns] for id, outcome in outcomes.items()}
    wanted = {row["id"]: [expected_cell(row[column], column) for column in columns] for row in case.expected}
    assert found == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.statement} {case.name}")
def test_the_columnar_engine_agrees_with_the_judge(case: Case) -> None:
    found = evaluate_frame(case.scheme, _table(case).lazy(), year=YEAR).collect()
    assert found.sort("id").rows(named=True) == expected(
        case.scheme, evaluate(case.scheme, case.rows, year=YEAR)
    )


def test_every_statement_of_the_page_that_computes_has_a_case() -> None:
    assert {case.statement for case in CASES} >= {
        *("1.2", "1.3", "1.4", "1.5", "2.2", "2.3", "2.5", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7"),
        *("4.1", "4.2", "4.3", "5.2", "6.1", "6.2", "6.3", "6.4", "7.1", "7.2", "7.3"),
    }


def _table(case: Case) -> pl.DataFrame:
    schema: dict[str, Any] = {"id": pl.String, "year": pl.Int64}
    schema |= {column: TYPES[kind] for column, kind in COLUMNS.items()}
    rows = [
        {key: float(value) if isinstance(value, Decimal) else value for key, value in row.items()}
        for row in case.rows
    ]
    return pl.DataFrame(rows, schema=schema)
