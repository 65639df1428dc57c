"""What a case frees is at most what it had (docs/domain.md §2.2-e, §11.3-5): equal is allowed, one more is not.

Lines: baseline and freed amount in millionths of their unit; None is an amount that was never recorded.
"""

import pytest

from tenglong.domain.campaign.cases import check_history, machine
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.ledger.kinds import vocabulary
from tests.unit.domain.ledger.samples import entry

PAIRS = [
    ("energy_baseline", "energy_freed"),
    ("wastewater_baseline", "wastewater_freed"),
    ("cod_baseline", "cod_freed"),
]
LINES = [
    (100_000_000, 99_999_999, True),
    (100_000_000, 100_000_000, True),
    (100_000_000, 100_000_001, False),
    (0, 0, True),
    (0, 1, False),
    (None, 10**15, True),
    (100_000_000, None, True),
]


def history(amounts: dict[str, int | None]) -> list:
    """A target with these amounts, in the order given."""
    told = [(kind, amount) for kind, amount in amounts.items() if amount is not None]
    amounts_told = [entry(n, kind, day=n, quantity=amount) for n, (kind, amount) in enumerate(told, start=2)]
    return [entry(1, "targeted", day=1), *amounts_told]


def test_the_pairs_of_the_rule_file_are_those_tried_here() -> None:
    assert machine().at_most == {freed: baseline for baseline, freed in PAIRS}


@pytest.mark.parametrize(("baseline", "freed"), PAIRS)
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("freed_first", [False, True])
def test_freed_is_at_most_the_baseline(
    baseline: str, freed: str, line: tuple[int | None, int | None, bool], freed_first: bool
) -> None:
    had, gave, allowed = line
    told = [(baseline, had), (freed, gave)]
    facts = history(dict(reversed(told) if freed_first else told))
    if allowed:
        check_history(facts)
        return
    words = vocabulary()
    with pytest.raises(Conflict, match=f"“{words.kind(freed).zh}”.*超过“{words.kind(baseline).zh}”"):
        check_history(facts)


@pytest.mark.parametrize(("baseline", "freed"), PAIRS)
def test_the_amount_that_was_told_last_counts(baseline: str, freed: str) -> None:
    facts = history({baseline: 5, freed: 5})
    lower = entry(9, baseline, day=9, quantity=4)
    with pytest.raises(Conflict):
        check_history([*facts, lower])
    check_history([*facts, lower, entry(10, freed, day=10, quantity=4)])


def test_an_excess_of_one_amount_is_not_made_good_by_another() -> None:
    others = {kind: 10 for pair in PAIRS[:2] for kind in pair}
    with pytest.raises(Conflict):
        check_history(history({**others, PAIRS[2][0]: 10, PAIRS[2][1]: 11}))
