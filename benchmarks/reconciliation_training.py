"""Make the fixed weights of reconciliation: `python -m benchmarks.reconciliation_training`.

m is counted on true pairs of invented firms, u on random pairs of different firms; half a case is added to
every count. The seed is not one of those that are reported.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.invented_firms import InventedFirm, two_lists
from tenglong.domain.campaign.reconciliation import weighing
from tenglong.domain.campaign.reconciliation.comparison import Candidate, Field, Levels, candidate, compare
from tenglong.domain.campaign.reconciliation.weighing import field_levels

SEED, SIZE, RANDOM_PAIRS = 101, 60_000, 3_000_000
PRIOR = 5e-4
TARGET = Path(weighing.__file__).with_name("weights.toml")
HEAD = f'''# Written by `python -m benchmarks.reconciliation_training`; do not edit.
source = """Counted on invented firms (seed {SEED}, {SIZE:,} rows a list, {RANDOM_PAIRS:,} random pairs).
Assumptions: the rates of miswriting behind m are the generator's; one compared pair in 2,000 is one firm
(prior, chosen on seed 7); one firm in fifty has got another valid code since (m of code); tenants of one yard
share its address, so that it proves little by itself (u of address, chosen on half 0 of the register)"""
prior = {PRIOR}
'''
NEW_CODE = 0.02
NEIGHBOURS = {"same": 0.004, "same_road": 0.02, "different": 0.976}


def as_candidate(firm: InventedFirm) -> Candidate:
    """The row as an importer would read it."""
    return candidate(
        firm.number,
        firm.name,
        code=firm.code,
        place=firm.county,
        address=firm.address,
        representative=firm.representative,
    )


def main() -> None:
    """Count and write the weights."""
    left, right = ([as_candidate(firm) for firm in side] for side in two_lists(SEED, SIZE, 0.5))
    by_id = {row.id: row for row in left}
    true = [compare(by_id[row.id], row) for row in right if row.id in by_id]
    dice = random.Random(SEED)
    blind = list(_random_pairs(dice, left, right))
    blocks = [HEAD]
    for field, names in field_levels().items():
        m = _shares(true, field, names)
        if field is Field.CODE:
            m = {"same": 1 - NEW_CODE, "different": NEW_CODE}
        u = NEIGHBOURS if field is Field.ADDRESS else _shares(blind, field, names)
        lines = (f"{name} = {{ m = {m[name]:.7f}, u = {u[name]:.7f} }}" for name in names)
        blocks.append("\n".join((f"[{field.value}]", *lines)) + "\n")
    TARGET.write_text("\n".join(blocks), encoding="utf-8")


def _random_pairs(
    dice: random.Random, left: Sequence[Candidate], right: Sequence[Candidate]
) -> Iterable[Levels]:
    for _ in range(RANDOM_PAIRS):
        one, other = dice.choice(left), dice.choice(right)
        if one.id != other.id:
            yield compare(one, other)


def _shares(found: Iterable[Levels], field: Field, names: Sequence[str]) -> dict[str, float]:
    counts = Counter(levels[field] for levels in found)
    total = sum(counts[name] + 0.5 for name in names)
    return {name: (counts[name] + 0.5) / total for name in names}


if __name__ == "__main__":
    main()
