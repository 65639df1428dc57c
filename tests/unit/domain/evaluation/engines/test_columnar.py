"""The columnar engine where doubles, types and files differ.

What a scheme means is held against the judge in tests/property/evaluation/test_engines.py.
"""

import sys
from decimal import Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from random import Random
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation.engines import columnar
from tenglong.domain.evaluation.engines.columnar import evaluate_frame
from tenglong.domain.evaluation.engines.columnar.files import run_files
from tenglong.domain.evaluation.engines.columnar.numbers import Operator, against, comparable, rounded
from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.rounding import compared
from tenglong.domain.evaluation.rounding import rounded as exactly_rounded
from tenglong.domain.kernel.errors import BadFile, BadValue, NotFound
from tests.property.evaluation.cases import YEAR, Case, case
from tests.property.evaluation.tables import expected, native_table
from tests.spec.evaluation.cases import scheme_of

OPERATORS: dict[Operator, Any] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
ENGINES: list[Any] = ["polars", "duckdb"]

decimals = st.decimals(min_value=-2 * 10**7, max_value=2 * 10**7, places=4)
near = st.sampled_from([Decimal(0), Decimal(1000000), Decimal(-1000000), Decimal("0.3"), Decimal("15.3")])
steps = st.sampled_from(
    [Decimal(step) for step in ("0", "4e-10", "-4e-10", "6e-10", "-6e-10", "1e-5", "-1e-5")]
)


def asked(expression: nw.Expr, values: list[float]) -> list[Any]:
    """An expression over the column x."""
    frame = nw.from_native(pl.DataFrame({"x": values}, schema={"x": pl.Float64}))
    return frame.select(found=expression)["found"].to_list()


@pytest.mark.slow
@given(near | decimals, steps, near | decimals)
def test_a_double_is_compared_as_its_exact_fraction(value: Decimal, step: Decimal, constant: Decimal) -> None:
    """Against a constant by an interval, against another double by rounding: both as the judge does (2.3)."""
    doubles = [float(value + step), float(constant + step)]
    for double in doubles:
        exact = compared(Fraction(repr(double)))
        assert asked(comparable(nw.col("x")), [double]) == [float(exact)]
        for op, holds in OPERATORS.items():
            stated = asked(against(nw.col("x"), op, constant), [double])
            assert stated == [holds(exact, compared(Fraction(constant)))], (double, op, constant)


@pytest.mark.slow
@given(st.lists(decimals, min_size=1), st.integers(min_value=0, max_value=6))
def test_rounded_doubles_are_those_that_print_as_the_decimal(values: list[Decimal], places: int) -> None:
    """Also on Polars, which multiplies with the inverse of a constant divisor."""
    found = asked(rounded(nw.col("x"), places), [float(value) for value in values])
    assert found == [float(exactly_rounded(Fraction(value), places)) for value in values]


def small_case() -> Case:
    """A scheme with peers, a quota and a benchmark by industry."""
    content = case(Random(0)).content | {
        "indicator": [
            {
                "id": "value", "zh": "v", "en": "v", "unit": "u", "numerator": "tax", "denominator": "land",
                "weight": Decimal(10), "benchmark": {"average": "firms", "by": ["industry"]}, "missing": "average",
            }
        ],
        "grades": {"by": "quota", "peers": ["county"], "steps": [{"grade": "A", "share": Decimal(40)}, {"grade": "B"}]},
    }  # fmt: skip
    for key in ("scope", "merge", "exempt", "points", "adjust", "points_limit", "total"):
        content.pop(key, None)
    return Case(content, case(Random(3), firms=40).rows)


def test_a_missing_column_is_named() -> None:
    one = small_case()
    with pytest.raises(BadFile, match="land"):
        evaluate_frame(one.scheme, native_table(one.rows).drop("land").lazy(), year=YEAR)


def test_whole_numbers_serve_as_groups_and_as_quantities() -> None:
    """Codes of counties and industries are often numbers in a file, head counts always."""
    one = small_case()
    words = {"east": 1, "west": 2, "dye": 10, "steel": 11, "silk": 12}
    table = native_table(one.rows).with_columns(
        pl.col("county", "industry").replace_strict(words, default=None, return_dtype=pl.Int32)
    )
    found = evaluate_frame(one.scheme, table.lazy(), year=YEAR).collect().sort("id")
    plain = evaluate_frame(one.scheme, native_table(one.rows).lazy(), year=YEAR).collect().sort("id")
    assert found["county"].to_list() == [words.get(word) for word in plain["county"]]
    assert found.drop("county").equals(plain.drop("county"))


@pytest.mark.parametrize("kind", [pl.Int64, pl.Float32, pl.Float64, pl.Decimal(38, 2)])
def test_a_quantity_may_be_any_kind_of_number(kind: Any) -> None:
    """What a division, an average and a comparison make of it must not depend on how a file stores it."""
    scheme = scheme_of("""indicator = [{ id = "x", numerator = "tax / land", method = "minmax" }]
        adjust = [{ id = "up", kind = "promote", when = "tax > average(tax)" }]
        grades = { by = "quota", steps = [{ grade = "A", share = 50 }, { grade = "B" }] }""")
    rows = [
        {"id": id, "year": YEAR, "tax": Decimal(tax), "land": Decimal(land)}
        for id, tax, land in (("a", 7, 2), ("b", 9, 4), ("c", 1, 3), ("d", 0, 8))
    ]
    table = pl.DataFrame(rows).with_columns(pl.col("tax", "land").cast(kind))
    found = evaluate_frame(scheme, table.lazy(), year=YEAR).collect().sort("id")
    assert found.rows(named=True) == expected(scheme, evaluate(scheme, rows, year=YEAR))


def test_each_detail_holds_less() -> None:
    one = small_case()
    columns = {
        detail: evaluate_frame(one.scheme, native_table(one.rows).lazy(), year=YEAR, detail=detail)
        .collect()
        .columns
        for detail in ("grades", "scores", "all")
    }
    ends = ["total", "rank", "peers", "grade_by_quota", "adjustments", "grade"]
    start = ["id", "status", "reason", "county"]
    assert columns["grades"] == [*start, *ends]
    assert columns["scores"] == [*start, "score_value", "points", *ends]
    assert columns["all"] == [*start, "value_value", "score_value", "how_value", "points", *ends]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_gives_results_and_a_summary(engine: Any, tmp_path: Path) -> None:
    """Results replace an older file as a whole; the summary agrees with the judge."""
    one = small_case()
    source, target = tmp_path / "firms.parquet", tmp_path / "grades.parquet"
    native_table(one.rows).write_parquet(source)
    target.write_text("older")
    summary = run_files(one.scheme, source, target, year=YEAR, engine=engine)
    judged = evaluate(one.scheme, one.rows, year=YEAR)
    assert pl.read_parquet(target).sort("id").rows(named=True) == expected(one.scheme, judged)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.parquet", "grades.parquet"]
    assert summary.rows == len(judged.outcomes)
    assert summary.statuses == counted([outcome.status for outcome in judged.outcomes])
    assert summary.reasons == counted([outcome.reason for outcome in judged.outcomes if outcome.reason])
    assert summary.grades == counted([outcome.grade for outcome in judged.outcomes if outcome.grade])
    assert summary.cuts == judged.cuts
    for found, exact in ((summary.benchmarks, judged.benchmarks), (summary.averages, judged.averages)):
        assert {group: pytest.approx(float(number)) for group, number in exact["value"].items()} == found[
            "value"
        ]
    assert len(summary.input_digest) == 64


@pytest.mark.parametrize("engine", ENGINES)
def test_results_of_a_failed_run_leave_the_older_ones(engine: Any, tmp_path: Path) -> None:
    one = small_case()
    source, target = tmp_path / "firms.parquet", tmp_path / "grades.parquet"
    native_table(one.rows).drop("tax").write_parquet(source)
    target.write_text("older")
    with pytest.raises(BadFile, match="tax"):
        run_files(one.scheme, source, target, year=YEAR, engine=engine)
    assert target.read_text() == "older"


def test_a_wrong_path_or_limit_is_refused(tmp_path: Path) -> None:
    one = small_case()
    with pytest.raises(BadFile, match=r"firms\.parquet"):
        run_files(one.scheme, tmp_path / "firms.parquet", tmp_path / "out.parquet", year=YEAR)
    native_table(one.rows).write_parquet(tmp_path / "firms.parquet")
    with pytest.raises(BadValue, match="plenty"):
        run_files(
            one.scheme,
            tmp_path / "firms.parquet",
            tmp_path / "out",
            year=YEAR,
            engine="duckdb",
            memory="plenty",
        )


def test_a_folder_of_other_things_is_not_replaced(tmp_path: Path) -> None:
    one = small_case()
    native_table(one.rows).write_parquet(tmp_path / "firms.parquet")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/letter.txt").write_text("dear firm")
    with pytest.raises(BadFile, match="out"):
        run_files(one.scheme, tmp_path / "firms.parquet", tmp_path / "out", year=YEAR)
    assert (tmp_path / "out/letter.txt").exists()


def test_spark_that_is_not_installed_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = small_case()
    native_table(one.rows).write_parquet(tmp_path / "firms.parquet")
    monkeypatch.delitem(sys.modules, "tenglong.domain.evaluation.engines.columnar.spark", raising=False)
    # A test before this one may have left it on its package.
    monkeypatch.delattr(columnar, "spark", raising=False)
    for name in {"pyspark", *(name for name in sys.modules if name.startswith("pyspark."))}:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(NotFound, match="PySpark"):
        run_files(one.scheme, tmp_path / "firms.parquet", tmp_path / "out", year=YEAR, engine="spark")


def counted(words: list[str]) -> dict[str, int]:
    return {word: words.count(word) for word in set(words)}
