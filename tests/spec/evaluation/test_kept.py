"""What a small county was told of its evaluation when people last read it: results, reasons, ways up, doubts."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tenglong.domain.evaluation.counterfactual.cheapest import counterfactual
from tenglong.domain.evaluation.counterfactual.wording import advice, futile_sentences, held_sentences
from tenglong.domain.evaluation.differences import scheme_difference
from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.explanation import explain
from tenglong.domain.evaluation.explanation.wording import sentences
from tenglong.domain.evaluation.kept import kept_measures, kept_result
from tenglong.domain.evaluation.robustness import intervals, near_thresholds, weight_changes
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.shipped import shipped_scheme
from tenglong.domain.evaluation.trials import trials_on_rows
from tests.kept import first_difference
from tests.unit.domain.evaluation.county import FIRMS, scheme
from tests.unit.domain.evaluation.test_differences import DRAFT

POINTS = scheme(
    (
        '[grades]\nby = "quota"',
        '[[points]]\nid = "patent"\nzh = "发明专利"\nen = "x"\npoints = 5\n[grades]\nby = "quota"',
    )
)


def told(asked: Scheme) -> list[str]:
    """Everything that is said of a year's evaluation."""
    found = evaluate(asked, FIRMS, year=2024)
    trials = trials_on_rows(asked, FIRMS, 2024, evaluate)
    lines = [f"{one.id}: {vars(kept_result(one))}" for one in found.outcomes]
    lines.append(repr(vars(kept_measures(found))))
    for firm in (one.id for one in found.outcomes):
        ways = counterfactual(asked, trials, firm)
        said = [
            *sentences(explain(asked, found, firm)),
            *advice(ways),
            *held_sentences(ways),
            *futile_sentences(ways),
        ]
        lines += [f"{firm}: {sentence}" for sentence in said]
    for points in (Decimal(2), Decimal(12)):
        lines += [
            *map(repr, near_thresholds(asked, found, points)),
            *map(repr, weight_changes(asked, trials, points)),
        ]
    return [*lines, *map(repr, intervals(asked, found, trials, Decimal("0.05")))]


def differences() -> list[str]:
    other = shipped_scheme("demo-jiaxing-2020")
    pairs = ((scheme(), DRAFT), (DRAFT, scheme()), (scheme(), POINTS), (scheme(), other), (other, scheme()))
    return [f"{one.id}: {one.sentence}" for pair in pairs for one in scheme_difference(*pair)]


KEPT: dict[str, Callable[[], list[str]]] = {
    "county": lambda: told(scheme()),
    "county-points": lambda: told(POINTS),
    "differences": differences,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT)
def test_a_county_is_told_what_was_kept(name: str) -> None:
    assert first_difference(name, KEPT[name]()) == ""
