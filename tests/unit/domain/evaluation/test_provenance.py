"""Every number of a scheme says where it comes from."""

from decimal import Decimal

from tenglong.domain.evaluation.provenance import Sourced, numbers
from tests.spec.evaluation.cases import scheme_of

FILE = "虚构的办法，只用于测试"


def test_numbers_have_the_nearest_source_and_the_reason_of_an_assumption() -> None:
    scheme = scheme_of("""
        assumed = { points_limit = "各地常见" }
        total = { places = 2 }
        points_limit = { bonus = 5 }
        exempt = [{ id = "few", source = "第三条", when = "land < 3 or staff in (1, -2)", assumed = { when = "试行" } }]
        points = [{ id = "near", points = "2 * quantile(tax, 0.8)" }]
        grades = { by = "score", steps = [{ grade = "A", from = 80, assumed = { from = "拟定" } }, { grade = "B" }] }
        [[indicator]]
        id = "x"
        source = "第二条"
        weight = 10
        method = "ratio"
        benchmark = { given_by = "county", values = { N = 1.50 } }
    """)
    assert sorted(numbers(scheme), key=lambda one: (one.path, one.value)) == [
        Sourced("exempt[few].when", Decimal(-2), "第三条", "试行"),
        Sourced("exempt[few].when", Decimal(1), "第三条", "试行"),
        Sourced("exempt[few].when", Decimal(3), "第三条", "试行"),
        Sourced("grades.steps[A].from", Decimal(80), FILE, "拟定"),
        Sourced("indicator[x].benchmark.values[N]", Decimal("1.5"), "第二条", ""),
        Sourced("indicator[x].weight", Decimal(10), "第二条", ""),
        Sourced("points[near].points", Decimal("0.8"), FILE, ""),
        Sourced("points[near].points", Decimal(2), FILE, ""),
        Sourced("points_limit.bonus", Decimal(5), FILE, "各地常见"),
        Sourced("total.places", Decimal(2), FILE, ""),
    ]
