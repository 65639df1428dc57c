"""Splink with our weights gives the probabilities of the plain Python comparison. All firms are invented."""

import random

import pytest

from tenglong.domain.campaign.matching.blocking import keys
from tenglong.domain.campaign.matching.splink_engine import score_pairs
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate, compare
from tenglong.domain.campaign.reconciliation.weighing import weights

CODES = ("", "91330421MATE5T017P", "91330421MATE5T025J", "91330421MATE5T017Q")


def invented(dice: random.Random, number: int) -> Candidate:
    names = [
        dice.choice(("嘉善", "嘉兴市", "", "平湖"))
        + "".join(dice.sample("盛达宏远金鑫", 3))
        + dice.choice(("纽扣厂", "塑料有限公司"))
        for _ in range(dice.choice((1, 1, 2)))
    ]
    return candidate(
        number,
        *names,
        code=dice.choice(CODES),
        place=dice.choice(("330421", "330482", "")),
        address=dice.choice(("", "西塘镇南苑路12号", "西塘镇南苑路8号", "西塘镇邮电路1号", "西塘镇工业区")),
        representative=dice.choice(("", "张三", "李四")),
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_splink_agrees_with_the_plain_comparison(seed: int) -> None:
    dice = random.Random(seed)
    left = [invented(dice, number) for number in range(40)]
    right = [invented(dice, number) for number in range(40)]
    scored = {(one.id, other.id): probability for probability, one, other in score_pairs(left, right, 0.0)}
    blocked = {
        (one.id, other.id): weights().probability(compare(one, other))
        for one in left
        for other in right
        if set(keys(one)) & set(keys(other))
    }
    assert len(blocked) > 100
    assert scored.keys() == blocked.keys()
    for (one, other), probability in scored.items():
        expected = blocked[one, other]
        if len(left[one].names) == len(right[other].names) == 1:
            assert probability == pytest.approx(expected, abs=1e-9)
        assert probability <= expected + 1e-9


def test_the_most_probable_pair_comes_first() -> None:
    dice = random.Random(9)
    rows = [invented(dice, number) for number in range(30)]
    probabilities = [probability for probability, _, _ in score_pairs(rows, rows, 0.5)]
    assert probabilities == sorted(probabilities, reverse=True)
