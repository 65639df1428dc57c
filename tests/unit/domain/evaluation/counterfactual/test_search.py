import pytest

from tenglong.domain.evaluation.counterfactual.search import Probe, least

SHAPES = {
    "straight": lambda number, needed: (needed - number) * 0.001,
    "in steps, as totals are rounded": lambda number, needed: round((needed - number) * 0.0007, 2),
    "steeper and steeper": lambda number, needed: 3.0 - 3.0 * (number / needed) ** 3,
    "flat at first": lambda number, needed: 2.0 if number < needed else -1.0,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("needed", [1, 2, 3, 7, 50, 51, 999, 12_345, 99_999, 100_000])
def test_the_least_number_is_found_whatever_the_gaps_look_like(shape: str, needed: int) -> None:
    tried = []

    def probe(number: int) -> Probe:
        tried.append(number)
        return Probe(number >= needed, SHAPES[shape](number, needed))

    assert least(probe, SHAPES[shape](0, needed), first=50, most=100_000) == needed
    assert len(tried) < 60
    assert all(1 <= number <= 100_000 for number in tried)


def test_nothing_is_found_where_the_most_does_not_pass() -> None:
    assert least(lambda number: Probe(False, 1.0), 1.0, first=5, most=80) is None


def test_a_straight_line_needs_few_trials() -> None:
    tried = []

    def probe(number: int) -> Probe:
        tried.append(number)
        return Probe(number >= 54_321, (54_321 - number) * 0.0001)

    assert least(probe, 5.4321, first=5000, most=1_000_000) == 54_321
    assert len(tried) <= 6
