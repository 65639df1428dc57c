"""Two runs side by side: who moved from which grade to which, by place; which rules decide alone; what each
difference of the schemes does."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.process import COMPUTING, FINAL, WITHDRAWN
from tenglong.domain.evaluation.rehearsal import Contribution, Deciding, contributions, deciding_rules
from tenglong.domain.evaluation.robustness import Switch
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import Row, Trials
from tenglong.domain.registry.territory import Level
from tenglong.queries.evaluation.firm import rests_on, trials_of, trials_with
from tenglong.queries.evaluation.results import ResultFilter, ResultRow, all_results
from tenglong.queries.evaluation.runs import scheme_file, table_of, visible_runs
from tenglong.queries.evaluation.shown import RunView
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import remembered
from tenglong.store.models import Evaluation

STAYED, UP, DOWN, OTHER = "stayed", "up", "down", "other"


@dataclass(frozen=True)
class Moved:
    """A firm in both runs; `way` is stayed, up, down, or other where one of the grades is outside the steps.

    `unit` is its town, in a run of a whole city its county.
    """

    now: ResultRow
    unit: str
    before: str
    way: str


@dataclass(frozen=True)
class Moves:
    """Two runs side by side, for the firms that may be seen. `grades` are in order from the best; "" is none.

    `new` firms have a result only in the later run, `gone` ones only in the earlier.
    """

    earlier: RunView
    later: RunView
    grades: tuple[str, ...]
    firms: tuple[Moved, ...]
    new: int
    gone: int

    @cached_property
    def matrix(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """For each grade before, how many have each grade now."""
        counts = Counter((one.before, one.now.grade) for one in self.firms)
        return [(old, [(new, counts[old, new]) for new in self.grades]) for old in self.grades]

    @cached_property
    def ways(self) -> Counter[str]:
        """How many stayed, rose and fell."""
        return Counter(one.way for one in self.firms)

    @cached_property
    def by_place(self) -> list[tuple[str, Counter[str]]]:
        """The same for each unit, in the order of the rows."""
        found: dict[str, Counter[str]] = {}
        for one in self.firms:
            found.setdefault(one.unit, Counter())[one.way] += 1
        return list(found.items())

    @property
    def movers(self) -> list[Moved]:
        """Those whose grade is another one."""
        return [one for one in self.firms if one.before != one.now.grade]


@dataclass(frozen=True)
class Effect:
    """What a rule or a difference does alone: how many firms that may be seen would change grade by it."""

    what: Deciding | Contribution
    count: int


def comparable(run: Evaluation, scope: Scope) -> list[Evaluation]:
    """The runs that a run can be held against: of the same place, with results, the usual one first.

    The usual one is the run that it revises, else the latest final one of an earlier year.
    """
    found = [
        other
        for other in visible_runs(scope)
        if other.pk != run.pk and other.place_id == run.place_id and other.state not in (COMPUTING, WITHDRAWN)
    ]
    return sorted(found, key=lambda one: (not _usual(run, one), -one.year, -one.pk))


def usual_comparison(run: Evaluation, others: Sequence[Evaluation]) -> Evaluation | None:
    """The run that is shown unless another is asked for."""
    return next((one for one in others if _usual(run, one)), None)


def moves(earlier: Evaluation, later: Evaluation, scope: Scope) -> Moves:
    """Who moved between two runs that the person may see."""
    before = {row.firm_id: row.grade for row in all_results(earlier, scope, ResultFilter())}
    now = list(all_results(later, scope, ResultFilter(sort="place")))
    steps = _steps((scheme_file(earlier.scheme), scheme_file(later.scheme)))
    there = [row for row in now if row.firm_id in before]
    firms = tuple(
        Moved(row, _unit(row, later), before[row.firm_id], _way(steps, before[row.firm_id], row.grade))
        for row in there
    )
    others = sorted({grade for one in firms for grade in (one.before, one.now.grade)} - set(steps) - {""})
    grades = (*steps, *others, *([""] if any("" in (one.before, one.now.grade) for one in firms) else []))
    return Moves(
        RunView.of(earlier), RunView.of(later), grades, firms, len(now) - len(there), len(before) - len(there)
    )


def deciding(run: Evaluation, scope: Scope) -> list[Effect]:
    """The adjustments, exemptions and points of a run that alone decide the grade of some firm that may be seen.

    Raises:
        BadFile: the kept table of the run is not there.
    """
    key = f"deciding-{rests_on(run)}"
    found = remembered(key, lambda: deciding_rules(scheme_file(run.scheme), trials_of(run)), lasting=True)
    return [effect for effect in _effects(run, scope, found) if effect.count]


def effects_of_differences(earlier: Evaluation, later: Evaluation, scope: Scope) -> list[Effect]:
    """What each difference of the later run's scheme would change alone, on the firms of the later run's year.

    Raises:
        BadFile: a kept table is not there.
    """
    key = f"effects-{rests_on(earlier)}-{rests_on(later)}"
    before, after = scheme_file(earlier.scheme), scheme_file(later.scheme)
    found = remembered(key, lambda: contributions(before, after, _both(earlier, later)), lasting=True)
    return _effects(later, scope, found)


def _effects(run: Evaluation, scope: Scope, found: Iterable[Deciding | Contribution]) -> list[Effect]:
    seen = {str(row.firm_id) for row in all_results(run, scope, ResultFilter())}
    return [Effect(one, _seen(one.switches, seen)) for one in found]


def _seen(switches: Sequence[Switch], seen: set[str]) -> int:
    return sum(one.firm in seen for one in switches)


def _both(earlier: Evaluation, later: Evaluation) -> Trials:
    """The later table with the columns that only the earlier scheme reads."""
    before, after = scheme_file(earlier.scheme), scheme_file(later.scheme)
    known = {(row["id"], row["year"]): row for row in table_of(earlier).rows}
    nothing: Row = dict.fromkeys(before.column)
    rows = [{**nothing, **known.get((row["id"], row["year"]), {}), **row} for row in table_of(later).rows]
    wide = after.model_copy(update={"column": after.column | before.column})
    return trials_with(wide, rows, later.year)


def _usual(run: Evaluation, other: Evaluation) -> bool:
    if run.revises_id is not None:
        return other.pk == run.revises_id
    return other.state == FINAL and other.year < run.year


def _unit(row: ResultRow, run: Evaluation) -> str:
    places = territory().places
    place = places[row.place_id]
    if run.place.level == Level.CITY and place.level == Level.TOWN and place.parent_id:
        place = places[place.parent_id]
    return place.name


def _steps(schemes: Iterable[Scheme]) -> tuple[str, ...]:
    grades = (step.grade for scheme in schemes if scheme.grades for step in scheme.grades.steps)
    return tuple(dict.fromkeys(grades))


def _way(steps: Sequence[str], before: str, now: str) -> str:
    if before == now:
        return STAYED
    if before not in steps or now not in steps:
        return OTHER
    return UP if steps.index(now) < steps.index(before) else DOWN
