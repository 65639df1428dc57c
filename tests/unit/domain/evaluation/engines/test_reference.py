"""The judge on what tables of a few firms cannot show; the rest stands in tests/spec/evaluation."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tenglong.domain.evaluation.engines.reference import Rank, cuts, evaluate, first_grade, ranks
from tenglong.domain.evaluation.engines.reference.expressions import compute, mean, quantile, tables_of
from tenglong.domain.evaluation.engines.reference.rows import Value
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.kernel.errors import BadValue, Bug
from tests.spec.evaluation.cases import YEAR, scheme_of

QUOTA = """grades = {{ by = "quota", rounding = "{rounding}", steps = [
    {{ grade = "A", share = 20 }}, {{ grade = "B", share = 40.5 }}, {{ grade = "C" }}] }}"""


@pytest.mark.parametrize(
    ("rounding", "peers", "wanted"),
    [
        ("up", 39, [8, 24]),  # 7.8 and 23.595
        ("down", 39, [7, 23]),
        ("half_up", 39, [8, 24]),
        ("half_up", 37, [7, 22]),  # 7.4 and 22.385
        ("half_up", 200, [40, 121]),
        ("half_up", 100, [20, 61]),  # 60.5
        ("up", 5, [1, 4]),
        ("down", 1, [0, 0]),
        ("up", 0, [0, 0]),
    ],
)
def test_quotas_are_cut_in_integers(rounding: str, peers: int, wanted: list[int]) -> None:
    grades = scheme_of(QUOTA.format(rounding=rounding)).grades
    assert grades is not None
    assert cuts(grades, peers) == wanted


def test_a_fifth_of_39_firms() -> None:
    scheme = scheme_of(QUOTA.format(rounding="up"))
    rows = [{"id": str(n), "year": 2022, "tax": n} for n in range(39)]
    grades = [outcome.grade for outcome in evaluate(scheme, rows, year=2022).outcomes]
    assert "".join(reversed(grades)) == "A" * 8 + "B" * 16 + "C" * 15


def test_ranks_count_members_and_who_shares() -> None:
    high, middle, low = ((True, 3),), ((True, 2),), ((True, 1),)
    assert ranks([(low, 1), (high, 2), (middle, 1), (middle, 2)]) == [
        Rank(6, 1, 6),
        Rank(1, 2, 6),
        Rank(3, 3, 6),
        Rank(3, 3, 6),
    ]


def test_no_step_that_fits_is_the_last_one() -> None:
    grades = scheme_of(QUOTA.format(rounding="down")).grades
    assert grades is not None
    assert first_grade(grades, Decimal(1), Rank(1, 1, 1)) == 2


def test_quantiles_lie_between_the_two_neighbours() -> None:
    values = [Fraction(n) for n in (40, 10, 30, 20)]
    assert [quantile(values, Fraction(q)) for q in ("0", "0.5", "0.8", "1")] == [10, 25, 34, 40]
    assert mean(values) == 25


def test_an_aggregate_of_a_group_without_rows_is_missing_and_a_count_zero() -> None:
    average, count = parse("average(a, by t)", where="x"), parse("count(by t)", where="x")
    tables = tables_of([average, count], [{"a": Fraction(1), "t": "x"}])
    row = {"a": Fraction(5), "t": "y"}
    assert (compute(average, row, tables), compute(count, row, tables)) == (None, 0)


def test_values_of_the_wrong_type_are_a_broken_promise() -> None:
    with pytest.raises(Bug):
        compute(parse("a + 1", where="x"), {"a": "three"}, {})
    with pytest.raises(Bug):
        compute(parse("not a", where="x"), {"a": Fraction(1)}, {})
    with pytest.raises(Bug):
        tables_of([parse("count(by a)", where="x")], [{"a": Fraction(1)}])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"year": 2022, "tax": 1}, "第 2 行没有企业编号"),
        ({"id": "", "year": 2022}, "第 2 行没有企业编号"),
        ({"id": "b"}, "企业“b”的行没有年度"),
        ({"id": "a", "year": 2022}, "企业“a”在 2022 年有不止一行"),
        ({"id": "a", "year": 2021}, None),
    ],
)
def test_every_row_has_an_id_and_a_year_once(row: dict[str, Value], said: str | None) -> None:
    rows: list[dict[str, Value]] = [{"id": "a", "year": 2022, "tax": 1}, row]
    if said is None:
        assert len(evaluate(scheme_of(""), rows, year=2022).outcomes) == 1
    else:
        with pytest.raises(BadValue, match=said):
            evaluate(scheme_of(""), rows, year=2022)


def test_a_double_is_the_decimal_that_prints_as_it() -> None:
    rows: list[dict[str, Value]] = [
        {"id": "a", "year": 2022, "tax": 0.1},
        {"id": "b", "year": 2022, "tax": float("nan")},
        {"id": "c", "year": 2022, "tax": float("-inf")},
    ]
    values = [outcome.items[0].value for outcome in evaluate(scheme_of(""), rows, year=2022).outcomes]
    assert values == [Fraction(1, 10), None, None]


def test_a_year_without_firms_is_an_empty_run() -> None:
    run = evaluate(scheme_of(QUOTA.format(rounding="up")), [], year=2022)
    assert (run.outcomes, run.cuts) == ((), {})


# Huangyan 2022 as in domain.md §3.8: benchmarks [S12], an invented firm.
LARGE = (
    *(("tax_per_mu", "tax", "land", "24.097", 30), ("va_per_mu", "va", "land", "136.16", 20)),
    *(("va_per_tce", "va", "energy", "2.694", 20), ("va_per_emission", "va", "emission", "4929.81", 10)),
    *(("labour_productivity", "va", "staff", "18.14", 10), ("rd_intensity", "rd", "", "0.0302", 10)),
)
SMALL = (("tax_per_mu", "tax", "land", "11.5932", 50), ("tax_per_kwh", "tax", "power", "0.2352", 50))
FIRM: dict[str, Any] = {
    **{"id": "a", "year": 2022, "tax": 300, "land": 15, "va": 1200, "energy": 500},
    **{"emission": Decimal("0.4"), "staff": 60, "rd": Decimal("0.025")},
}


def huangyan(indicators: tuple[Any, ...], more: str = "", total: str = "places = 4, score_places = 4") -> Any:
    columns = sorted({name for one in indicators for name in one[1:3] if name})
    return scheme_of(
        f"total = {{ {total} }}\n"
        + "".join(f'[column.{name}]\nzh = "{name}"\nen = "{name}"\n' for name in columns)
        + "".join(
            f'[[indicator]]\nid = "{id}"\nnumerator = "{top}"\ndenominator = "{bottom}"\nweight = {weight}\n'
            f'method = "ratio"\nmissing = "average"\nbenchmark = {{ given = {benchmark} }}\n{more}\n'
            for id, top, bottom, benchmark, weight in indicators
        )
    )


def totals(scheme: Any, *firms: dict[str, Any]) -> list[str]:
    return [str(outcome.total) for outcome in evaluate(scheme, firms, year=2022).outcomes]


def test_the_worked_example_of_huangyan() -> None:
    assert totals(huangyan(LARGE), FIRM) == ["79.8566"]
    assert totals(huangyan(LARGE, "cap = 1.0"), FIRM) == ["78.8312"]
    assert totals(huangyan(LARGE, total="places = 4"), FIRM) == ["79.8565"]  # the exact sum, rounded once
    assert totals(huangyan(LARGE, total="places = 2"), FIRM) == ["79.86"]


@pytest.mark.parametrize("emission", [None, 0])
def test_missing_or_no_emissions_get_the_average_score(emission: int | None) -> None:
    other = {**FIRM, "id": "b", "emission": Decimal("0.8")}
    without = {**FIRM, "id": "c", "emission": emission}
    run = evaluate(huangyan(LARGE), [FIRM, other, without], year=2022)
    scores = [outcome.items[3].score for outcome in run.outcomes]
    assert scores == [Fraction("6.0854"), Fraction("3.0427"), Fraction("4.5641")]  # 4.56405


def test_the_worked_example_of_small_firms() -> None:
    firm = {"id": "a", "year": 2022, "tax": 45, "land": 9, "power": 300}
    assert totals(huangyan(SMALL), firm) == ["53.4522"]
    run = evaluate(huangyan(SMALL), [{**firm, "power": 30}], year=2022)
    assert run.outcomes[0].items[1].score == Fraction("318.8776")  # why caps are indispensable


def test_what_values_were_held_against_is_told_of_the_methods_that_use_it() -> None:
    """Ranges of minmax alone, benchmarks of those that have one, the average score of every indicator."""
    scheme = scheme_of("""indicator = [
        { id = "x", method = "minmax", weight = 50 },
        { id = "y", numerator = "land", method = "ratio", weight = 50, benchmark = { average = "firms" } },
        { id = "z", numerator = "staff", missing = "average" },
    ]""")
    told = [("a", 1, 4, Decimal(3)), ("b", 5, 2, None)]
    rows: list[dict[str, Value]] = [
        {"id": id, "year": YEAR, "tax": Decimal(tax), "land": Decimal(land), "staff": staff}
        for id, tax, land, staff in told
    ]
    found = evaluate(scheme, rows, year=YEAR)
    assert found.ranges == {"x": {(): (1, 5)}}
    assert found.benchmarks == {"x": {}, "y": {(): 3}, "z": {}}
    assert found.averages == {"x": {(): 25}, "y": {(): 50}, "z": {(): 3}}
