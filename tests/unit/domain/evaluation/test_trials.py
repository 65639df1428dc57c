from decimal import Decimal

import polars as pl
import pytest

from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.trials import Trials, trials_on_rows
from tenglong.domain.evaluation.trials.frames import trials_on_columns, trials_on_frame
from tenglong.domain.kernel.errors import NotFound
from tests.unit.domain.evaluation.county import FIRMS, firm, scheme

LAST_YEAR = firm("甲", "1", "1", "1", "1", year=2023)
ROWS = (LAST_YEAR, *FIRMS)
FRAME = pl.DataFrame(
    [
        {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        for row in ROWS
    ]
)
BOTH = pytest.mark.parametrize(
    "trials",
    [
        trials_on_rows(scheme(), ROWS, 2024, evaluate),
        trials_on_frame(scheme(), FRAME, 2024),
        trials_on_columns(scheme(), ROWS, 2024),
    ],
    ids=["rows", "frame", "columns"],
)


@BOTH
def test_the_table_as_it_is_gives_the_run_itself(trials: Trials) -> None:
    run = evaluate(scheme(), ROWS, year=2024)
    found = trials.ask(scheme(), {})
    assert list(found.ids) == [str(row["id"]) for row in FIRMS]
    assert list(found.totals) == [one.total for one in run.outcomes]
    assert list(found.grades) == [one.grade for one in run.outcomes]
    assert [tuple(rules) for rules in found.adjustments] == [one.adjustments for one in run.outcomes]
    assert found.reasons[found.place["水厂"]] == "utility"


@BOTH
def test_other_figures_of_one_firm_touch_its_row_of_the_year_alone(trials: Trials) -> None:
    changed = trials.with_firm("甲", {"tax": Decimal("12.5")})
    assert changed["tax"][0] == Decimal(1)
    assert changed["tax"][1] == Decimal("12.5")
    before, after = trials.ask(scheme(), {}), trials.ask(scheme(), changed)
    assert before.grades[before.place["甲"]] == "A"
    assert after.grades[after.place["甲"]] != "A"
    assert trials.numbers["tax"][1] == Decimal(400)


@BOTH
def test_computed_benchmarks_are_those_of_the_changed_table(trials: Trials) -> None:
    changed = trials.with_firm("甲", {"value_added": Decimal(2500)})
    before, after = (
        trials.benchmarks(scheme(), figures)["va_per_mu"][("钮扣",)] for figures in ({}, changed)
    )
    assert (before, after) == (90, 105)


@BOTH
def test_a_firm_without_a_row_in_the_year_is_refused(trials: Trials) -> None:
    with pytest.raises(NotFound, match=r"2024 年的数据里没有企业“无名”"):
        trials.with_firm("无名", {"tax": Decimal(1)})


@BOTH
def test_rows_outside_the_scope_say_so(trials: Trials) -> None:
    asked = scheme(("[[exempt]]", "[scope]\nwhen = \"industry = '纺织'\"\n[[exempt]]"))
    found = trials.ask(asked, {})
    assert found.reasons[found.place["甲"]] == "out_of_scope"
    assert found.totals[found.place["甲"]] is None
