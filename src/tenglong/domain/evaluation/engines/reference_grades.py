"""Ranks, grades and what comes after the quota (docs/algorithms/evaluation.md §6, §7)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from tenglong.domain.evaluation.engines.reference_expressions import Row, Tables, fits
from tenglong.domain.evaluation.expressions_parsing import parse
from tenglong.domain.evaluation.rounding import compared
from tenglong.domain.evaluation.schemes import Adjustment, Grades, Scheme

Key = tuple[tuple[bool, int], ...]
"""What orders firms, best is largest: the total and the tie-breaks; a missing one is the lowest."""


@dataclass(frozen=True)
class Rank:
    """The rank of a firm, how many share it, and the number of its peers (6.1, 6.2)."""

    rank: int
    shared: int
    peers: int


def order_key(grades: Grades | None, total: int, row: Row) -> Key:
    """What a firm is ordered by; `total` in whole units of its last place."""
    values = [row[indicator] for indicator in (grades.tie_break if grades is not None else ())]
    ties = [(True, compared(value)) if isinstance(value, Fraction) else (False, 0) for value in values]
    return ((True, total), *ties)


def ranks(firms: Sequence[tuple[Key, int]]) -> list[Rank]:
    """The rank of each of some peers, given as key and the number that it counts for (6.2)."""
    counts: Counter[Key] = Counter()
    for key, count in firms:
        counts[key] += count
    better, rank_of = 0, {}
    for key in sorted(counts, reverse=True):
        rank_of[key] = better + 1
        better += counts[key]
    return [Rank(rank_of[key], counts[key], better) for key, _ in firms]


def cuts(grades: Grades, peers: int) -> list[int]:
    """The last rank of each step but the last one, for this number of peers (6.3)."""
    share, found = Fraction(0), []
    for step in grades.steps[:-1]:
        share += Fraction(step.share or 0)
        exact = share * peers / 100
        if grades.rounding == "up":
            found.append(ceil(exact))
        elif grades.rounding == "down":
            found.append(floor(exact))
        else:
            found.append(floor(exact + Fraction(1, 2)))
    return found


def first_grade(grades: Grades, total: Decimal, rank: Rank) -> int:
    """The number of the step that a firm gets by quota or by score (6.3, 6.4), from 0."""
    if grades.by == "score":
        passed = [step.from_ is not None and total >= step.from_ for step in grades.steps[:-1]]
    else:
        place = rank.rank if grades.ties == "up" else rank.rank + rank.shared - 1
        passed = [place <= cut for cut in cuts(grades, rank.peers)]
    return passed.index(True) if True in passed else len(grades.steps) - 1


def adjusted(scheme: Scheme, step: int, row: Row, tables: Tables) -> tuple[int, tuple[str, ...]]:
    """The step after every adjustment that fits, and their ids in order (7.1)."""
    names = [one.grade for one in scheme.grades.steps] if scheme.grades is not None else []
    best_allowed, applied = 0, []
    for adjustment in scheme.adjust:
        if not fits(parse(adjustment.when, where=adjustment.id), row, tables):
            continue
        applied.append(adjustment.id)
        if adjustment.kind == "veto":
            best_allowed = max(best_allowed, names.index(adjustment.grade))
        step = max(_changed(adjustment, step, names), best_allowed)
    return step, tuple(applied)


def _changed(adjustment: Adjustment, step: int, names: Sequence[str]) -> int:
    """The step after one adjustment; 0 is the best."""
    if adjustment.kind == "promote":
        best = names.index(adjustment.not_above) if adjustment.not_above else 0
        return min(step, max(step - adjustment.steps, best))
    if adjustment.kind == "demote":
        worst = names.index(adjustment.not_below) if adjustment.not_below else len(names) - 1
        return max(step, min(step + adjustment.steps, worst))
    stated = names.index(adjustment.grade)
    if adjustment.kind == "fix":
        return stated
    return min(step, stated) if adjustment.kind == "protect" else max(step, stated)
