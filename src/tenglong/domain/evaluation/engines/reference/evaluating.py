"""The judge: a scheme carried out row by row in exact fractions, slow and obvious.

Each function follows a numbered statement of docs/algorithms/evaluation.md; the other engines must agree with it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from tenglong.domain.evaluation.engines.reference.expressions import (
    Row,
    Tables,
    fits,
    group_of,
    mean,
    number,
    tables_of,
)
from tenglong.domain.evaluation.engines.reference.rows import Firm, Value, firms_of
from tenglong.domain.evaluation.engines.reference.scores import (
    Scored,
    Standard,
    kept,
    ruled,
    scored,
    standard,
)
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.results import Evaluation, Group, Item, Outcome
from tenglong.domain.evaluation.rounding import LARGEST_TOTAL, compared, last_places, rounded
from tenglong.domain.evaluation.schemes import Adjustment, Grades, Indicator, Scheme

# Ranks, grades and what comes after the quota (docs/algorithms/evaluation.md §6, §7).

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


Averages = Mapping[str, Mapping[Group, Fraction]]

NO_RESULT = {"total": None, "rank": None, "peers": None, "grade": None}
"""What an eligible firm that is not rated has under the names of 7.2."""


@dataclass(frozen=True)
class Rated:
    """A rated firm on its way: where it stands in the list of firms, its row, and its result so far."""

    place: int
    row: Row
    outcome: Outcome


def evaluate(
    scheme: Scheme, rows: Sequence[Mapping[str, Value]], *, year: int, input_digest: str = ""
) -> Evaluation:
    """Score, rank and grade the firms of `year`; rows of the year before serve as last year's peers.

    Raises:
        BadValue: a row has no year or no id, or an id stands twice in the year.
    """
    firms = firms_of(scheme, rows, year)
    last = [
        firm.row
        for firm in firms_of(scheme, rows, year - 1)
        if firm.status == "rated" or firm.reason == "no_peers"
    ]
    eligible = {place: firm.row for place, firm in enumerate(firms) if firm.status == "rated"}
    standards = [standard(indicator, list(eligible.values()), last) for indicator in scheme.indicator]
    firms, scores = _own_scores(scheme, firms, standards)
    averages = _averages(scheme, firms, scores)
    rated = _totals(scheme, firms, scores, averages, list(eligible.values()))
    ranked = _ranked(scheme, firms, rated)
    graded = _graded(scheme, ranked, eligible)
    found = {one.place: one.outcome for one in graded}
    outcomes = {
        member: replace(found.get(place) or _described(scheme, firm), id=member)
        for place, firm in enumerate(firms)
        for member in firm.members
    }
    return Evaluation(
        scheme=scheme.id,
        version=scheme.version,
        scheme_digest=scheme.digest,
        year=year,
        input_digest=input_digest,
        outcomes=tuple(outcomes[str(row["id"])] for row in rows if row["year"] == year),
        benchmarks={one.indicator.id: one.benchmarks for one in standards},
        ranges={one.indicator.id: one.ranges for one in standards if one.indicator.method == "minmax"},
        averages=averages,
        cuts=_lowest_totals(scheme, graded),
    )


def _own_scores(
    scheme: Scheme, firms: Sequence[Firm], standards: Sequence[Standard]
) -> tuple[list[Firm], dict[int, list[Scored]]]:
    """The scores of the eligible firms by their place; a rule `not_rated` takes a firm out (1.4, 3.2)."""
    judged: list[Firm] = []
    scores: dict[int, list[Scored]] = {}
    for place, firm in enumerate(firms):
        if firm.status == "rated":
            scores[place] = [scored(measure, firm.row, scheme.total.score_places) for measure in standards]
            refused = next((one.item.indicator for one in scores[place] if one.rule == "not_rated"), None)
            if refused is not None:
                firm = replace(firm, status="not_rated", reason=f"no_{refused}")
            elif all(one.rule == "excluded" for one in scores[place]):
                firm = replace(firm, status="not_rated", reason="no_indicators")  # 4.2
        judged.append(firm)
    return judged, scores


def _average_by(scheme: Scheme, indicator: Indicator) -> tuple[str, ...]:
    """The peers of an average score: by default those of the grades (3.2)."""
    if indicator.average_by is not None:
        return indicator.average_by
    return scheme.grades.peers if scheme.grades is not None else ()


def _averages(scheme: Scheme, firms: Sequence[Firm], scores: Mapping[int, Sequence[Scored]]) -> Averages:
    """The mean score of the rated firms that were scored by their own value, by indicator and group (3.2)."""
    own: dict[str, dict[Group, list[Fraction]]] = {
        indicator.id: defaultdict(list) for indicator in scheme.indicator
    }
    for place, firm in enumerate(firms):
        if firm.status == "rated":
            for indicator, one in zip(scheme.indicator, scores[place], strict=True):
                if one.item.score is not None:
                    group = group_of(firm.row, _average_by(scheme, indicator))
                    own[indicator.id][group].append(one.item.score)
    return {id: {group: mean(found) for group, found in groups.items()} for id, groups in own.items()}


def _totals(
    scheme: Scheme,
    firms: Sequence[Firm],
    scores: Mapping[int, Sequence[Scored]],
    averages: Averages,
    eligible: Sequence[Row],
) -> list[Rated]:
    """The rated firms with their items, points and totals (4)."""
    conditions = [parse(one.when, where=one.id) for one in scheme.points if one.when]
    amounts = [parse(one.points, where=one.id) for one in scheme.points if isinstance(one.points, str)]
    tables = tables_of([*conditions, *amounts], eligible)
    rated = []
    for place, firm in enumerate(firms):
        if firm.status == "rated":
            items = tuple(
                ruled(one, indicator, _average(scheme, indicator, averages, firm.row))
                for indicator, one in zip(scheme.indicator, scores[place], strict=True)
            )
            outcome = replace(_described(scheme, firm), items=items, points=_points(scheme, firm.row, tables))
            rated.append(Rated(place, firm.row, _with_total(scheme, outcome)))
    return rated


def _average(scheme: Scheme, indicator: Indicator, averages: Averages, row: Row) -> Fraction:
    group = group_of(row, _average_by(scheme, indicator))
    return kept(averages[indicator.id].get(group, Fraction(0)), scheme.total.score_places)


def _points(scheme: Scheme, row: Row, tables: Tables) -> tuple[tuple[str, Fraction], ...]:
    """What is added and taken off, item by item (4.1)."""
    found: list[tuple[str, Fraction]] = []
    for points in scheme.points:
        if points.when and not fits(parse(points.when, where=points.id), row, tables):
            continue
        if isinstance(points.points, Decimal):
            amount: Fraction | None = Fraction(points.points)
        else:
            amount = number(parse(points.points, where=points.id), row, tables)
        if amount is not None:
            found.append((points.id, amount))
    return tuple(found)


def _with_total(scheme: Scheme, outcome: Outcome) -> Outcome:
    """Scores, made up for what does not count, with bonus and deduction; cut, then rounded once (4)."""
    counted = [item.score is not None for item in outcome.items]
    weights = [Fraction(indicator.weight) for indicator in scheme.indicator]
    made_up = sum(weights, Fraction(0)) / sum(
        (weight for weight, counts in zip(weights, counted, strict=True) if counts), Fraction(0)
    )
    bonus = sum((amount for _, amount in outcome.points if amount > 0), Fraction(0))
    deduction = -sum((amount for _, amount in outcome.points if amount < 0), Fraction(0))
    limit = scheme.points_limit
    bonus = bonus if limit.bonus is None else min(bonus, Fraction(limit.bonus))
    deduction = deduction if limit.deduction is None else min(deduction, Fraction(limit.deduction))
    total = sum((item.score for item in outcome.items if item.score is not None), Fraction(0)) * made_up
    total += bonus - deduction
    if scheme.total.floor is not None:
        total = max(total, Fraction(scheme.total.floor))
    if scheme.total.cap is not None:
        total = min(total, Fraction(scheme.total.cap))
    total = min(max(total, Fraction(-LARGEST_TOTAL)), Fraction(LARGEST_TOTAL))
    return replace(outcome, bonus=bonus, deduction=deduction, total=rounded(total, scheme.total.places))


def _peers(scheme: Scheme, row: Row) -> Group:
    return group_of(row, scheme.grades.peers if scheme.grades is not None else ())


def _by_peers(scheme: Scheme, rated: Sequence[Rated]) -> dict[Group, list[Rated]]:
    groups: dict[Group, list[Rated]] = defaultdict(list)
    for one in rated:
        groups[_peers(scheme, one.row)].append(one)
    return groups


def _total_of(one: Rated) -> Decimal:
    """The total, which every rated firm has."""
    return one.outcome.total if one.outcome.total is not None else Decimal(0)


def _ranked(scheme: Scheme, firms: Sequence[Firm], rated: Sequence[Rated]) -> list[tuple[Rated, Rank]]:
    """Every rated firm with its rank among its peers (6.1, 6.2)."""
    each = scheme.merge is not None and scheme.merge.counts == "each"
    ranked: list[tuple[Rated, Rank]] = []
    for group in _by_peers(scheme, rated).values():
        keys = []
        for one in group:
            total = last_places(Fraction(_total_of(one)), scheme.total.places)
            count = len(firms[one.place].members) if each else 1
            keys.append((order_key(scheme.grades, total, one.row), count))
        for one, rank in zip(group, ranks(keys), strict=True):
            outcome = replace(one.outcome, rank=rank.rank, peers=rank.peers)
            ranked.append((replace(one, outcome=outcome), rank))
    return ranked


def _graded(scheme: Scheme, ranked: Sequence[tuple[Rated, Rank]], eligible: Mapping[int, Row]) -> list[Rated]:
    """Grades by quota or score, then the adjustments (6.3, 6.4, 7)."""
    if scheme.grades is None:
        return [one for one, _ in ranked]
    steps = scheme.grades.steps
    firsts = [first_grade(scheme.grades, _total_of(one), rank) for one, rank in ranked]
    rows = {
        one.place: _with_result(one, steps[first].grade)
        for (one, _), first in zip(ranked, firsts, strict=True)
    }
    conditions = [parse(one.when, where=one.id) for one in scheme.adjust]
    tables = tables_of(conditions, [rows.get(place, {**row, **NO_RESULT}) for place, row in eligible.items()])
    graded = []
    for (one, _), first in zip(ranked, firsts, strict=True):
        step, applied = adjusted(scheme, first, rows[one.place], tables)
        outcome = replace(
            one.outcome, grade_by_quota=steps[first].grade, adjustments=applied, grade=steps[step].grade
        )
        graded.append(replace(one, outcome=outcome))
    return graded


def _with_result(one: Rated, grade: str) -> Row:
    """The row with the names that adjustments may read besides (7.2)."""
    rank, peers = Fraction(one.outcome.rank or 0), Fraction(one.outcome.peers or 0)
    return {**one.row, "total": Fraction(_total_of(one)), "rank": rank, "peers": peers, "grade": grade}


def _described(scheme: Scheme, firm: Firm) -> Outcome:
    """What is said of every firm, rated or not: its status, its peer columns and its values (8)."""
    columns = scheme.grades.peers if scheme.grades is not None else ()
    group = dict(zip(columns, _peers(scheme, firm.row), strict=True))
    items = []
    for indicator in scheme.indicator:
        value = firm.row[indicator.id]
        items.append(Item(indicator.id, value if isinstance(value, Fraction) else None))
    return Outcome("", firm.status, firm.reason, group, tuple(items), grade=firm.grade)


def _lowest_totals(scheme: Scheme, graded: Sequence[Rated]) -> dict[Group, dict[str, Decimal]]:
    """The lowest total of each grade by quota, by peer group (8)."""
    cuts: dict[Group, dict[str, Decimal]] = {}
    if scheme.grades is None:
        return cuts
    for group, members in _by_peers(scheme, graded).items():
        cuts[group] = {}
        for step in scheme.grades.steps:
            totals = [_total_of(one) for one in members if one.outcome.grade_by_quota == step.grade]
            if totals:
                cuts[group][step.grade] = min(totals)
    return cuts
