"""What a run holds beside its outcomes (8)."""

from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.engines.reference.rows import Value
from tests.spec.evaluation.cases import scheme_of

SCHEME = scheme_of("""
exempt = [{ id = "young", when = "fresh", grade = "T" }]
grades = { by = "quota", peers = ["county"], steps = [{ grade = "A", share = 50 }, { grade = "B" }] }
indicator = [
    { id = "x", method = "ratio", weight = 10, benchmark = { average = "firms", by = ["county"] } },
    { id = "y", numerator = "land", method = "minmax" },
]
""")


def row(id: str, county: str | None, tax: int | None, **more: Value) -> dict[str, Value]:
    return {"id": id, "year": 2022, "county": county, "tax": tax, "land": 1, "fresh": False, **more}


ROWS = [
    row("c", "N", 3),
    row("b", "N", 1),
    row("a", "S", None),
    row("d", "S", 8, fresh=True),
    row("e", None, 9),
]
RUN = evaluate(SCHEME, ROWS, year=2022, input_digest="abc")


def test_outcomes_stand_in_the_order_of_the_rows_with_status_group_and_values() -> None:
    assert [(one.id, one.status, one.reason, dict(one.group), one.grade) for one in RUN.outcomes] == [
        ("c", "rated", "", {"county": "N"}, "A"),
        ("b", "rated", "", {"county": "N"}, "B"),
        ("a", "rated", "", {"county": "S"}, "A"),
        ("d", "not_rated", "young", {"county": "S"}, "T"),
        ("e", "not_rated", "no_peers", {"county": None}, ""),
    ]
    assert [one.items[0].value for one in RUN.outcomes] == [3, 1, None, 8, 9]
    assert [one.items[0].score for one in RUN.outcomes] == [15, 5, 0, None, None]
    assert [one.items[0].how for one in RUN.outcomes] == ["value", "value", "missing", None, None]


def test_a_run_names_its_scheme_and_input() -> None:
    assert (RUN.scheme, RUN.version, RUN.scheme_digest) == ("case", 1, "0" * 64)
    assert (RUN.year, RUN.input_digest) == (2022, "abc")


def test_benchmarks_ranges_averages_and_cuts_are_by_group() -> None:
    assert RUN.benchmarks == {"x": {("N",): 2, ("S",): 2}, "y": {}}
    assert RUN.ranges == {"y": {(): (Fraction(1), Fraction(1))}}
    assert RUN.averages == {"x": {("N",): 10}, "y": {("N",): 1, ("S",): 1}}
    assert RUN.cuts == {("N",): {"A": Decimal("16.00"), "B": Decimal("6.00")}, ("S",): {"A": Decimal("1.00")}}
