"""Whole lists: exact joins first, then Splink on DuckDB with the fixed weights. Imports Splink lazily."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tenglong.domain.campaign.matching.exact import by_code, by_name_and_county, join
from tenglong.domain.campaign.reconciliation import Certainty, Thresholds, judge, thresholds
from tenglong.domain.campaign.reconciliation.comparison import Candidate, Key
from tenglong.domain.kernel.messages import Message

Scored = tuple[float, Candidate, Candidate]


@dataclass(frozen=True)
class Pair:
    """Two rows that are one firm, certainly or perhaps, and why."""

    left_id: Key
    right_id: Key
    probability: Decimal
    certainty: Certainty
    reasons: tuple[Message, ...]


def match_lists(
    left: Sequence[Candidate], right: Sequence[Candidate], limits: Thresholds | None = None
) -> list[Pair]:
    """Pairs of rows that are one firm, each row in at most one pair, in the order of `left`.

    Ids must be unique within each list. The same lists give the same pairs on any machine and day.
    """
    limits = limits or thresholds()
    pairs: list[Pair] = []
    rest_left, rest_right = list(left), list(right)
    for keys in (by_code, by_name_and_county):
        joined = list(join(rest_left, rest_right, keys))
        pairs += [_pair(one, other, False, limits) for one, other in joined]
        rest_left, rest_right = _without(rest_left, rest_right, joined)
    pairs += _likely(rest_left, rest_right, limits)
    position = {row.id: number for number, row in enumerate(left)}
    return sorted(pairs, key=lambda pair: position[pair.left_id])


def match_within(rows: Sequence[Candidate], limits: Thresholds | None = None) -> list[Pair]:
    """Pairs of rows of one list that may be one firm, each row with the earlier one that it is most like.

    `left_id` is the later row. Nothing is certain here: one list named both.
    """
    from tenglong.domain.campaign.matching.splink_engine import score_pairs

    limits = (limits or thresholds()).within_one_list
    found: dict[Key, Pair] = {}
    for _, earlier, later in score_pairs(rows, rows, limits.doubtful_at):
        if later.id not in found:
            pair = _pair(later, earlier, False, limits)
            if pair.certainty is not Certainty.NONE:
                found[later.id] = replace(pair, certainty=Certainty.DOUBTFUL)
    return [found[row.id] for row in rows if row.id in found]


def _likely(left: Sequence[Candidate], right: Sequence[Candidate], limits: Thresholds) -> list[Pair]:
    """The most probable pairs, one to one; a row that two others fit equally well is doubtful."""
    from tenglong.domain.campaign.matching.splink_engine import score_pairs

    scored = score_pairs(left, right, limits.doubtful_at)
    rivals = _rivals(scored, limits)
    taken: tuple[set[Key], set[Key]] = (set(), set())
    pairs = []
    for _, one, other in scored:
        if one.id in taken[0] or other.id in taken[1]:
            continue
        pair = _pair(one, other, one.id in rivals[0] or other.id in rivals[1], limits)
        if pair.certainty is not Certainty.NONE:
            taken[0].add(one.id)
            taken[1].add(other.id)
            pairs.append(pair)
    return pairs


def _rivals(scored: Sequence[Scored], limits: Thresholds) -> tuple[set[Key], set[Key]]:
    """The rows on each side that more than one row fits with certainty."""
    fits: tuple[dict[Key, int], dict[Key, int]] = (defaultdict(int), defaultdict(int))
    for probability, one, other in scored:
        if probability >= limits.certain_at:
            fits[0][one.id] += 1
            fits[1][other.id] += 1
    many = [{id for id, count in side.items() if count > 1} for side in fits]
    return many[0], many[1]


def _pair(one: Candidate, other: Candidate, rivals: bool, limits: Thresholds) -> Pair:
    judgement = judge(one, other, rivals=rivals, limits=limits)
    return Pair(one.id, other.id, judgement.probability, judgement.certainty, judgement.reasons)


def _without(
    left: Sequence[Candidate], right: Sequence[Candidate], joined: Sequence[tuple[Candidate, Candidate]]
) -> tuple[list[Candidate], list[Candidate]]:
    gone_left, gone_right = {one.id for one, _ in joined}, {other.id for _, other in joined}
    kept_left = [row for row in left if row.id not in gone_left]
    return kept_left, [row for row in right if row.id not in gone_right]
