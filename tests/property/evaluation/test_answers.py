"""Explanations, cheapest changes, intervals and differences hold for random schemes and random firms."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenglong.domain.evaluation.counterfactual.cheapest import counterfactual
from tenglong.domain.evaluation.counterfactual.firm import changeable, order_of
from tenglong.domain.evaluation.differences import applied, scheme_difference
from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.explanation import explain
from tenglong.domain.evaluation.explanation.wording import sentences
from tenglong.domain.evaluation.replay import replay
from tenglong.domain.evaluation.results import Evaluation
from tenglong.domain.evaluation.robustness import intervals
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import trials_on_rows
from tenglong.domain.evaluation.trials.frames import trials_on_frame
from tests.property.evaluation.cases import YEAR, case
from tests.property.evaluation.tables import native_table
from tests.unit.domain.evaluation.county import firm, scheme

SEEDS = st.integers(min_value=0, max_value=10**6)
Rows = tuple[dict[str, Any], ...]


def changed(rows: Rows, name: str, values: dict[str, Decimal]) -> Rows:
    """The rows with other figures for one firm of the year."""
    return tuple({**row, **values} if (row["id"], row["year"]) == (name, YEAR) else row for row in rows)


def place(asked: Scheme, evaluation: Evaluation, name: str) -> int | None:
    """The final grade of a firm, 0 being the best; None for none."""
    return order_of(asked).get(next(one.grade for one in evaluation.outcomes if one.id == name))


@pytest.mark.slow
@given(SEEDS)
def test_what_an_explanation_says_gives_the_result(seed: int) -> None:
    """The marks add up to the total, the rules lead from the grade by quota to the final one, sentences can be said."""
    one = case(Random(seed))
    asked, run = one.scheme, evaluate(one.scheme, one.rows, year=YEAR)
    for outcome in run.outcomes:
        found = explain(asked, run, outcome.id)
        assert all(map(str, sentences(found)))
        if outcome.total is None:
            continue
        if asked.total.floor is None and asked.total.cap is None:
            exact = sum(
                (mark.score or Fraction(0) for mark in found.marks), outcome.bonus - outcome.deduction
            )
            assert abs(exact - Fraction(outcome.total)) <= Fraction(51, 100) / 10**asked.total.places
        turns = replay(asked, outcome.grade_by_quota, outcome.adjustments) if asked.grades else ()
        assert (turns[-1].after if turns else outcome.grade_by_quota) == outcome.grade
        assert [turn.rule.id for turn in turns] == list(outcome.adjustments)


@pytest.mark.slow
@settings(max_examples=30)
@given(SEEDS)
def test_trials_on_rows_and_on_frames_tell_the_same(seed: int) -> None:
    """Of the table as it is, and with other figures."""
    one = case(Random(seed))
    on_rows = trials_on_rows(one.scheme, one.rows, YEAR, evaluate)
    on_frame = trials_on_frame(one.scheme, native_table(one.rows), YEAR)
    other = {
        column: [Decimal(number % 7) / 4 for number in range(len(one.rows))]
        for column in changeable(one.scheme)
    }
    for figures in ({}, other):
        assert on_rows.ask(one.scheme, figures) == on_frame.ask(one.scheme, figures)


@pytest.mark.slow
@settings(max_examples=12)
@given(SEEDS)
def test_the_judge_confirms_every_cheapest_change_and_that_less_is_not_enough(seed: int) -> None:
    """Whatever the scheme: each way lifts the firm, and a single one less by a unit of its last place does not."""
    one = case(Random(seed), firms=10)
    asked = one.scheme
    assume(asked.grades is not None)
    trials = trials_on_frame(asked, native_table(one.rows), YEAR)
    before = evaluate(asked, one.rows, year=YEAR)
    for outcome in before.outcomes[:4]:
        found, now = counterfactual(asked, trials, outcome.id), place(asked, before, outcome.id)
        for way in (*found.single, *filter(None, (found.pair, found.together))):
            figures = {one.column: one.after for one in way.changes}
            after = evaluate(asked, changed(one.rows, outcome.id, figures), year=YEAR)
            reached = place(asked, after, outcome.id)
            assert now is not None and reached is not None and reached < now
            lifted = next(row for row in after.outcomes if row.id == outcome.id)
            assert (way.grade, way.total, way.rank) == (lifted.grade, lifted.total, lifted.rank)
        for way in found.single:
            (change,) = way.changes
            less = change.after - Decimal("0.01").copy_sign(change.after - change.before)
            after = evaluate(asked, changed(one.rows, outcome.id, {change.column: less}), year=YEAR)
            short = place(asked, after, outcome.id)
            assert less == change.before or short is None or short >= now


def workshop(random: Random, number: int) -> dict[str, Any]:
    """A small firm whose figures are whole numbers of people, so that every change can be tried."""
    values = [str(random.randrange(1, 25)) for _ in range(4)]
    return firm(f"f{number}", values[0], values[1], values[2], values[3], new=random.random() < 0.2)


@pytest.mark.slow
@settings(max_examples=10)
@given(SEEDS, st.sampled_from(("given = 60", 'average = "pooled"', "quantile = 0.8", "max = true")))
def test_no_smaller_change_works_as_trying_all_of_them_shows(seed: int, benchmark: str) -> None:
    """Brute force with the judge, for indicators that only rise with a figure, or only fall."""
    random = Random(seed)
    asked = scheme(
        ('unit = "万元"', 'unit = "人"'), ('unit = "亩"', 'unit = "人"'), ('unit = "吨标准煤"', 'unit = "人"'),
        ('average = "firms", by = ["industry"]', benchmark), ("share = 20", "share = 30"),
    )  # fmt: skip
    rows = tuple(workshop(random, number) for number in range(7))
    before = evaluate(asked, rows, year=YEAR)
    trials = trials_on_rows(asked, rows, YEAR, evaluate)
    name = random.choice(rows)["id"]
    found, now = counterfactual(asked, trials, name), place(asked, before, name)
    own = next(row for row in rows if row["id"] == name)
    for way in found.single:
        (change,) = way.changes
        step = 1 if change.after > change.before else -1
        for number in range(int(own[change.column]) + step, int(change.after), step):
            after = evaluate(asked, changed(rows, name, {change.column: Decimal(number)}), year=YEAR)
            assert place(asked, after, name) == now or (place(asked, after, name) or 0) > (now or 0)
    for futile in found.futile:
        step = 1 if futile.most > own[futile.column] else -1
        for number in range(int(own[futile.column]) + step, int(futile.most) + step, step):
            after = evaluate(asked, changed(rows, name, {futile.column: Decimal(number)}), year=YEAR)
            assert (place(asked, after, name) or 0) >= (now or 0)


@pytest.mark.slow
@settings(max_examples=20)
@given(SEEDS)
def test_errors_of_own_figures_stay_within_the_interval(seed: int) -> None:
    """With given benchmarks, where nothing but the firm itself moves."""
    random = Random(seed)
    asked = scheme(
        ('average = "firms", by = ["industry"]', "given = 60"), ('missing = "average"', 'missing = "zero"')
    )
    rows = tuple(workshop(random, number) for number in range(9))
    found = {
        one.firm: one
        for one in intervals(
            asked,
            evaluate(asked, rows, year=YEAR),
            trials_on_rows(asked, rows, YEAR, evaluate),
            Decimal("0.05"),
        )
    }
    for row in rows:
        wrong = {name: row[name] * Decimal(random.randrange(95, 106)) / 100 for name in changeable(asked)}
        after = evaluate(asked, changed(rows, row["id"], wrong), year=YEAR)
        outcome, interval = next(one for one in after.outcomes if one.id == row["id"]), found[row["id"]]
        assert interval.lowest <= (outcome.total or 0) <= interval.highest
        assert interval.best_rank <= (outcome.rank or 0) <= interval.worst_rank
        assert interval.best_grade <= outcome.grade <= interval.worst_grade


@pytest.mark.slow
@settings(max_examples=40)
@given(SEEDS, SEEDS)
def test_all_differences_together_lead_from_one_scheme_to_another(one: int, other: int) -> None:
    """Applied one after the other, nothing that can change a result is left."""
    here, there = case(Random(one)).scheme, case(Random(other)).scheme
    for difference in scheme_difference(here, there):
        assert str(difference.sentence)
        here = applied(here, there, difference)
    rows = case(Random(one)).rows
    assert scheme_difference(here, there) == ()
    assert evaluate(here, rows, year=YEAR).outcomes == evaluate(there, rows, year=YEAR).outcomes
