"""The engines of evaluations agree with the judge in every column, on random schemes and random firms."""

import re
from random import Random
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.evaluation.engines.columnar import evaluate_frame
from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.shipped import scheme_text, shipped
from tests.property.evaluation.cases import YEAR, Case, case
from tests.property.evaluation.features import all_syntax, changes, features, matters, syntax
from tests.property.evaluation.tables import expected, native_table

SEEDS = st.integers(min_value=0, max_value=10**6)


def judged(case: Case) -> list[dict[str, object]]:
    """What the judge gives, as the result columns."""
    return expected(case.scheme, evaluate(case.scheme, case.rows, year=YEAR))


@pytest.mark.slow
@settings(max_examples=150)
@given(SEEDS)
def test_polars_agrees_with_the_judge(seed: int) -> None:
    """Every status, score, rank and grade of a random scheme, on Polars; also in yuan instead of ten thousand yuan."""
    one = case(Random(seed), scales=(1, 1, 10_000))
    found = evaluate_frame(one.scheme, native_table(one.rows).lazy(), year=YEAR).collect()
    assert found.sort("id").rows(named=True) == judged(one)


@pytest.mark.slow
@settings(max_examples=40)
@given(SEEDS)
def test_duckdb_agrees_with_the_judge(seed: int) -> None:
    """The same on DuckDB."""
    one = case(Random(seed))
    with duckdb.connect() as connection:
        connection.execute("SET threads TO 1")
        connection.register("firms", native_table(one.rows).to_arrow())
        found = evaluate_frame(one.scheme, connection.table("firms"), year=YEAR).pl()
    assert found.sort("id").rows(named=True) == judged(one)


@pytest.mark.slow
def test_random_schemes_have_every_feature_and_each_changes_a_result() -> None:
    """No key of schemes.py, no word it may hold and nothing of the language stays untested."""
    wanted, language, statuses, hows = features(), all_syntax(), set(), set()
    for seed in range(400):
        one = case(Random(seed))
        before = evaluate(one.scheme, one.rows, year=YEAR)
        statuses |= {outcome.status for outcome in before.outcomes}
        hows |= {item.how for outcome in before.outcomes for item in outcome.items}
        language -= syntax(one)
        for feature, content in changes(one):
            if feature in wanted and matters(one, content, before):
                wanted.remove(feature)
        if not wanted and not language:
            break
    assert not wanted
    assert not language
    assert statuses == {"rated", "not_rated", "out_of_scope"}
    assert hows == {None, "value", "missing", "no_denominator", "negative", "zero", "no_benchmark"}


@pytest.mark.slow
@pytest.mark.parametrize("id", list(shipped()))
def test_polars_agrees_with_the_judge_on_every_real_method(id: str) -> None:
    """Firms with random numbers, and with texts among those that the method asks for."""
    scheme, random = shipped()[id], Random(id)
    rows = [
        _firm(scheme, random, f"f{number:03}", year)
        for number in range(120)
        for year in (scheme.year, scheme.year - 1)
    ]
    types = {"number": pl.Float64(), "text": pl.String(), "flag": pl.Boolean()}
    columns = {column: types[stated.type] for column, stated in scheme.column.items()}
    table = pl.DataFrame(rows, schema={"id": pl.String(), "year": pl.Int64(), **columns})
    found = evaluate_frame(scheme, table.lazy(), year=scheme.year).collect()
    judged = expected(scheme, evaluate(scheme, rows, year=scheme.year))
    assert found.sort("id").rows(named=True) == judged
    assert any(row["status"] == "rated" for row in judged)


def _firm(scheme: Scheme, random: Random, id: str, year: int) -> dict[str, Any]:
    """A firm that is in scope more often than not."""
    words = [*re.findall(r"'([^']+)'", scheme_text(scheme.id)), "其他"]
    firm: dict[str, Any] = {"id": id, "year": year}
    for column, stated in scheme.column.items():
        values = {
            "number": round(random.uniform(-1, 60), 2),
            "text": random.choice(words),
            "flag": random.random() < 0.1,
        }
        firm[column] = None if random.random() < 0.05 else values[stated.type]
    return firm
