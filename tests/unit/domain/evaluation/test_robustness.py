from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.explanation import Margin
from tenglong.domain.evaluation.robustness import (
    Interval,
    Switch,
    intervals,
    near_thresholds,
    weight_changes,
)
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import Trials, trials_on_rows
from tests.unit.domain.evaluation.county import FIRMS, firm, scheme


def trials(asked: Scheme) -> Trials:
    return trials_on_rows(asked, FIRMS, 2024, evaluate)


def found(error: str, *changes: tuple[str, str]) -> dict[str, Interval]:
    asked = scheme(*changes)
    run = evaluate(asked, FIRMS, year=2024)
    return {one.firm: one for one in intervals(asked, run, trials(asked), Decimal(error))}


def test_firms_near_a_threshold_are_listed_the_nearest_first() -> None:
    near = near_thresholds(scheme(), evaluate(scheme(), FIRMS, year=2024), Decimal(12))
    assert [(one.firm, one.margin) for one in near] == [
        ("壬", Margin("D", Decimal("15.64"), Decimal("2.09"))),
        ("癸", Margin("C", Decimal("17.73"), Decimal("2.09"))),
        ("己", Margin("C", Decimal("56.22"), Decimal("11.69"))),
        ("庚", Margin("B", Decimal("67.91"), Decimal("11.69"))),
    ]


def test_an_error_moves_a_ratio_by_both_its_figures() -> None:
    one = found("0.05")["癸"]
    tax, added, energy = Fraction("2.5"), Fraction(15 * 30) / Fraction("49.2550505050505"), Fraction(4)
    assert abs(Fraction(one.highest) - (tax + added + energy) * Fraction(105, 95)) < Fraction("0.006")
    assert abs(Fraction(one.lowest) - (tax + added + energy) * Fraction(95, 105)) < Fraction("0.006")


def test_a_small_error_leaves_a_distant_grade_certain_and_a_near_one_not() -> None:
    one, ten = found("0.01"), found("0.1")
    assert one["甲"].certain
    assert (ten["壬"].best_grade, ten["壬"].worst_grade) == ("C", "C")
    assert (ten["癸"].best_rank, ten["癸"].worst_rank, ten["癸"].best_grade) == (9, 10, "C")
    assert not ten["癸"].certain


def test_a_rule_that_fitted_goes_with_the_firm() -> None:
    assert {(one.best_grade, one.worst_grade) for one in (found("0.05")["丁"], found("0.2")["丁"])} == {
        ("C", "C")
    }


def test_a_score_that_a_rule_gave_does_not_move() -> None:
    assert found("0.05")["己"].highest == Decimal("73.52")  # 14.5729 of the average, the rest by 105 / 95


def test_without_errors_the_interval_is_the_result() -> None:
    run = {one.id: one for one in evaluate(scheme(), FIRMS, year=2024).outcomes}
    for name, one in found("0").items():
        outcome = run[name]
        assert (one.lowest, one.highest, one.best_rank, one.worst_rank) == (
            outcome.total, outcome.total, outcome.rank, outcome.rank,
        )  # fmt: skip
        assert one.best_grade == one.worst_grade == outcome.grade


def test_intervals_follow_limits_of_the_total_and_grades_by_score() -> None:
    limits = "[total]\nfloor = 20\ncap = 100\n[grades]"
    by_score = (
        ('by = "quota"\nrounding = "down"\n', 'by = "score"\n'),
        ("share = 20", "from = 100"), ("share = 40", "from = 60"), ("share = 35", "from = 30"), ("[grades]", limits),
    )  # fmt: skip
    one = found("0.05", *by_score)
    assert (one["癸"].lowest, one["癸"].highest) == (Decimal("20.00"), Decimal("20.00"))
    assert (one["甲"].highest, one["甲"].best_grade) == (Decimal("100.00"), "A")


def test_equal_totals_share_a_rank_or_are_ordered_by_the_tie_break() -> None:
    rows = tuple(firm(name, "100", "500", "10", "100") for name in ("甲", "乙", "丙"))
    for rule, worst in (("", 1), ('tie_break = ["tax_per_mu"]\n', 3)):
        asked = scheme(('rounding = "down"\n', f'rounding = "down"\n{rule}'))
        run = evaluate(asked, rows, year=2024)
        (one, *_) = intervals(asked, run, trials_on_rows(asked, rows, 2024, evaluate), Decimal(0))
        assert (one.best_rank, one.worst_rank) == (1, worst)


def test_merged_firms_are_counted_once() -> None:
    merged = ("[grades]\n", "[merge]\nby = 'industry'\nhost = 'tax'\n[grades]\n")
    everybody = found("0", merged)
    assert {one.worst_rank for one in everybody.values()} == {1, 2}


def test_other_weights_keep_their_sum_and_tell_who_moves() -> None:
    changes = weight_changes(scheme(), trials(scheme()), Decimal(15))
    assert [(one.indicator, one.after) for one in changes] == [
        ("tax_per_mu", 65), ("tax_per_mu", 35), ("va_per_mu", 45), ("va_per_mu", 15),
        ("va_per_tce", 35), ("va_per_tce", 5),
    ]  # fmt: skip
    asked = scheme(
        ("weight = 50", "weight = 35"), ("weight = 30", "weight = 39"), ("weight = 20", "weight = 26")
    )
    before, after = trials(scheme()).ask(scheme(), {}), trials(asked).ask(asked, {})
    expected = {
        one: (old, new)
        for one, old, new in zip(before.ids, before.grades, after.grades, strict=True)
        if old != new
    }
    assert {one.firm: (one.before, one.after) for one in changes[1].switches} == expected
    assert all(isinstance(switch, Switch) for one in changes for switch in one.switches)


def test_a_weight_is_never_taken_to_nothing() -> None:
    assert [one.indicator for one in weight_changes(scheme(), trials(scheme()), Decimal(30))] == [
        "tax_per_mu", "tax_per_mu", "va_per_mu", "va_per_tce",
    ]  # fmt: skip
