"""A draft scheme beside the one in force, on the same years: who moves, which rule decides alone, what each
change does.

`trials` must hold every column that either scheme reads.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenglong.domain.evaluation.checks import problems
from tenglong.domain.evaluation.differences import Difference, applied, scheme_difference
from tenglong.domain.evaluation.replay import replay
from tenglong.domain.evaluation.robustness import Switch, switches
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import Standings, Trials
from tenglong.domain.kernel.messages import Message

Matrix = Mapping[tuple[str, str], int]
"""How many firms went from one final grade to another; "" is none. Firms that stay are in it."""


@dataclass(frozen=True)
class Movement:
    """What the draft does in one year. `by` has the matrices of each value of each column asked for."""

    year: int
    switches: tuple[Switch, ...]
    matrix: Matrix
    by: Mapping[str, Mapping[str | None, Matrix]]


@dataclass(frozen=True)
class Deciding:
    """A rule and the firms whose final grade it alone decides: `before` is the grade with it, `after` without it.

    `section` is that of the scheme file: adjust, exempt or points. Without an exemption or points others move too.
    """

    section: str
    rule: str
    name: str
    switches: tuple[Switch, ...]


@dataclass(frozen=True)
class Contribution:
    """What one difference alone would change in the results of the scheme in force.

    `problem` says why it cannot be applied alone, for example because it refers to another new item.
    """

    difference: Difference
    switches: tuple[Switch, ...]
    problem: Message | None = None


def movement(in_force: Scheme, draft: Scheme, trials: Trials, by: Sequence[str] = ()) -> Movement:
    """Who moves from which grade to which in the year of `trials`; `by` are columns of text: town, industry …"""
    before, after = trials.ask(in_force, {}), trials.ask(draft, {})
    pairs = list(zip(before.grades, after.grades, strict=True))
    rows = [row for row, year in enumerate(trials.years) if year == trials.year]
    matrices: dict[str, dict[str | None, Counter[tuple[str, str]]]] = {column: {} for column in by}
    for column, found in matrices.items():
        for row, pair in zip(rows, pairs, strict=True):
            found.setdefault(trials.texts[column][row], Counter())[pair] += 1
    return Movement(trials.year, tuple(switches(before, after)), Counter(pairs), matrices)


def deciding_rules(scheme: Scheme, trials: Trials) -> tuple[Deciding, ...]:
    """For each adjustment, exemption and item of bonus or deduction, whose final grade would be another without it."""
    base = trials.ask(scheme, {})
    return (
        *(
            Deciding("adjust", one.id, one.zh, tuple(_without_adjustment(scheme, base, one.id)))
            for one in scheme.adjust
        ),
        *_left_out(scheme, trials, base, "exempt"),
        *_left_out(scheme, trials, base, "points"),
    )


def _without_adjustment(scheme: Scheme, base: Standings, rule: str) -> Iterator[Switch]:
    """No rank depends on an adjustment, so replaying the others is enough."""
    for place, fitted in enumerate(base.adjustments):
        if rule in fitted:
            quota, grade = base.quota_grades[place], base.grades[place]
            turns = replay(scheme, quota, [one for one in fitted if one != rule])
            without = turns[-1].after if turns else quota
            if without != grade:
                yield Switch(base.ids[place], grade, without)


def _left_out(scheme: Scheme, trials: Trials, base: Standings, section: str) -> Iterator[Deciding]:
    items: tuple[Any, ...] = getattr(scheme, section)
    for rule in items:
        rest = tuple(one for one in items if one.id != rule.id)
        found = trials.ask(scheme.model_copy(update={section: rest}), {})
        yield Deciding(section, rule.id, rule.zh, tuple(switches(base, found)))


def contributions(in_force: Scheme, draft: Scheme, trials: Trials) -> tuple[Contribution, ...]:
    """Each difference of the draft, applied alone to the scheme in force."""
    base = trials.ask(in_force, {})
    found = []
    for difference in scheme_difference(in_force, draft):
        alone = applied(in_force, draft, difference)
        problem = next(problems(alone, draft.id), None)
        moved = () if problem else tuple(switches(base, trials.ask(alone, {})))
        found.append(Contribution(difference, moved, problem))
    return tuple(found)
