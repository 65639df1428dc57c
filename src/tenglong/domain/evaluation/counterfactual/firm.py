"""The trials of one firm: which figures help, and how little of each is enough. Each trial is a whole evaluation."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import inf
from statistics import median

from tenglong.domain.evaluation.counterfactual.results import Change, Futile, Moved, Way
from tenglong.domain.evaluation.counterfactual.search import Probe, least
from tenglong.domain.evaluation.expressions import names
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.results import Group
from tenglong.domain.evaluation.rounding import compared
from tenglong.domain.evaluation.schemes import Column, Scheme
from tenglong.domain.evaluation.trials import Benchmarks, Standings, Trials
from tenglong.domain.kernel.rulefiles import load_rules

RULES = load_rules("tenglong.domain.evaluation.counterfactual", "counterfactual.toml").content
LIMITS = {name: Decimal(value) for name, value in RULES["limits"].items()}
EFFORT = {name: Decimal(value) for name, value in RULES["effort"].items()}
MOST_PER_MILLE = int(LIMITS["per_mille"])

Figures = Mapping[str, Decimal]


def changeable(scheme: Scheme) -> tuple[str, ...]:
    """The columns that indicators read and a firm can change, in the order of the scheme."""
    texts = [text for one in scheme.indicator for text in (one.numerator, one.denominator) if text]
    read = {name for text in texts for name in names(parse(text, where=text))}
    return tuple(name for name in scheme.column if name in read and name not in RULES["fixed"])


def order_of(scheme: Scheme) -> Mapping[str, int]:
    """The grades of the scheme, 0 being the best."""
    steps = scheme.grades.steps if scheme.grades else ()
    return {step.grade: place for place, step in enumerate(steps)}


class FirmSearch:
    """What can be found out about one rated firm of a scheme with grades."""

    def __init__(self, scheme: Scheme, trials: Trials, firm: str):
        self.scheme, self.trials, self.firm = scheme, trials, firm
        self.row, self.base = trials.row_of(firm), trials.ask(scheme, {})
        self.place = self.base.place[firm]
        self._order = order_of(scheme)
        self._tried: dict[tuple[tuple[str, Decimal], ...], Standings] = {}
        self._signs: dict[str, int] = {}
        self._gains: dict[str, float] = {}

    def unreported(self) -> tuple[Column, ...]:
        """The columns that the firm could change if it had reported a figure."""
        columns, numbers = changeable(self.scheme), self.trials.numbers
        return tuple(self.scheme.column[name] for name in columns if numbers[name][self.row] is None)

    def singles(self) -> tuple[tuple[Way, ...], tuple[Futile, ...]]:
        """For each figure alone the least change that lifts the firm, cheapest first; and the figures that cannot."""
        ways: list[Way] = []
        futile: list[Futile] = []
        for column in changeable(self.scheme):
            if self.trials.numbers[column][self.row] is None:
                continue
            found = self._single(column)
            if isinstance(found, Way):
                ways.append(found)
            elif found is not None:
                futile.append(found)
        return tuple(sorted(ways, key=lambda way: _cost(way.changes[0]))), tuple(futile)

    def shared(self) -> tuple[Way | None, Way | None]:
        """The pair of figures that needs the least change by the same share; and all that help, where they need less.

        Call `singles` before.
        """
        least_share, pair = MOST_PER_MILLE + 1, None
        for columns in combinations(self._most_useful(int(LIMITS["pairs"])), 2):
            if found := self._in_proportion(columns, least_share - 1):
                least_share, pair = found
        all_useful = self._most_useful(len(self._gains))
        together = self._in_proportion(all_useful, least_share - 1) if len(all_useful) > 2 else None
        return pair, together[1] if together else None

    def _single(self, column: str) -> Way | Futile | None:
        first = self._units(LIMITS["probe"] * self._scale(column), column)
        sign = self._direction(column, first)
        most = self._most(column, sign)
        if most < 1:
            return None
        figures = self._along(column, sign)
        found = least(lambda units: self._probe(figures(units)), self._base_gap, min(first, most), most)
        if found is None:
            after = figures(most)
            total = self._evaluated(after).totals[self.place]
            return Futile(column, self.scheme.column[column], after[column], total)
        return self._way(figures(found))

    def _direction(self, column: str, first: int) -> int:
        """1 if more of a figure helps, -1 if less does: by a small change, and where that shows nothing by the largest.

        0 where only less would help and less is not to be advised. Gains of small changes are noted for `shared`.
        """
        for far in (False, True):
            units = {sign: self._most(column, sign) for sign in (1, -1)}
            gains = {
                sign: self._gain(column, sign, most if far else min(first, most))
                for sign, most in units.items()
            }
            sign = max(gains, key=lambda one: gains[one])
            if gains[sign] > 0:
                if not far and self._before(column):
                    self._signs[column], self._gains[column] = sign, gains[sign]
                return sign
        return 0 if gains[1] < 0 else 1

    def _gain(self, column: str, sign: int, units: int) -> float:
        """How many points nearer the firm comes; a change that passes counts as at least some."""
        if units < 1:
            return 0.0
        here = self._probe(self._along(column, sign)(units))
        return max(self._base_gap - here.gap, 1e-9 if here.passed else -inf)

    def _most_useful(self, count: int) -> tuple[str, ...]:
        return tuple(sorted(self._gains, key=lambda column: -self._gains[column])[:count])

    def _in_proportion(self, columns: Sequence[str], most: int) -> tuple[int, Way] | None:
        """The least share in per mille, up to `most`, by which all `columns` must change, and what it does."""
        if most < 1 or not self._probe(self._shared(columns, most)).passed:
            return None
        found = least(
            lambda share: self._probe(self._shared(columns, share)), self._base_gap, min(50, most), most
        )
        return None if found is None else (found, self._way(self._shared(columns, found)))

    def _shared(self, columns: Sequence[str], share: int) -> Figures:
        """The figures after a change by `share` per mille, each in its helpful direction and by its effort."""
        changed: dict[str, Decimal] = {}
        for column in columns:
            exact = abs(self._before(column)) * share / 1000 / EFFORT.get(column, Decimal(1))
            changed |= self._along(column, self._signs[column])(self._units(exact, column))
        return changed

    def _along(self, column: str, sign: int) -> Callable[[int], Figures]:
        """The changed figure by the number of units of its last place."""
        start, unit = self._before(column), self._unit(column)
        return lambda units: {column: start + sign * units * unit}

    def _before(self, column: str) -> Decimal:
        return self.trials.numbers[column][self.row] or Decimal(0)

    def _unit(self, column: str) -> Decimal:
        places = RULES["places"]
        return Decimal(1).scaleb(-int(places.get(self.scheme.column[column].unit, places["otherwise"])))

    def _units(self, amount: Decimal, column: str) -> int:
        """An amount in whole units of the last place, at least one."""
        return max(1, int((amount / self._unit(column)).to_integral_value(ROUND_CEILING)))

    def _scale(self, column: str) -> Decimal:
        """How large the figure is: the firm's own, or the median of its peers where that is larger."""
        numbers = self.trials.numbers[column]
        peers = [abs(value) for row in self._peer_rows if (value := numbers[row]) is not None]
        return max(abs(self._before(column)), Decimal(median(peers)) if peers else Decimal(0))

    def _most(self, column: str, sign: int) -> int:
        """How many units the search goes at most; never down to zero or below."""
        if sign > 0:
            return self._units(LIMITS["up"] * self._scale(column), column)
        if sign == 0 or column in RULES["not_less"]:
            return 0
        return int(LIMITS["down"] * self._before(column) / self._unit(column))

    @cached_property
    def _peer_rows(self) -> Sequence[int]:
        """Where the rated peers of the firm, itself included, stand in the table."""
        columns = [
            self.trials.texts[name] for name in (self.scheme.grades.peers if self.scheme.grades else ())
        ]
        own = [values[self.row] for values in columns]
        return [
            row
            for row, year in enumerate(self.trials.years)
            if year == self.trials.year
            and [values[row] for values in columns] == own
            and self.base.totals[self.base.place[self.trials.ids[row]]] is not None
        ]

    @cached_property
    def _peer_places(self) -> Sequence[int]:
        """Where the firm's peers, itself included, stand in a result."""
        return [self.base.place[self.trials.ids[row]] for row in self._peer_rows]

    @cached_property
    def _base_gap(self) -> float:
        return self._gap(self.base)

    def _evaluated(self, figures: Figures) -> Standings:
        key = tuple(figures.items())
        if key not in self._tried:
            self._tried[key] = self.trials.ask(self.scheme, self.trials.with_firm(self.firm, figures))
        return self._tried[key]

    def _probe(self, figures: Figures) -> Probe:
        standings = self._evaluated(figures)
        grade = self._order.get(standings.grades[self.place])
        passed = grade is not None and grade < self._order[self.base.grades[self.place]]
        return Probe(passed, self._gap(standings))

    def _gap(self, standings: Standings) -> float:
        """Points to the lowest total of a better grade by quota than the present one; guides, decides nothing."""
        total = standings.totals[self.place]
        better = self._order[self.base.quota_grades[self.place]]
        if total is None:
            return inf
        if self.scheme.grades and self.scheme.grades.by == "score":
            limits = [step.from_ for step in self.scheme.grades.steps[:better] if step.from_ is not None]
            return float(min(limits) - total) if limits else 0.0
        others = [
            found
            for place in self._peer_places
            if place != self.place
            and (found := standings.totals[place]) is not None
            and self._order[standings.quota_grades[place]] < better
        ]
        return float(min(others) - total) if others else -float(total)

    def _way(self, figures: Figures) -> Way:
        standings, place = self._evaluated(figures), self.place
        quota = standings.quota_grades[place]
        grades = zip(self.base.ids, self.base.grades, standings.grades, strict=True)
        return Way(
            tuple(
                Change(name, self.scheme.column[name], self._before(name), after)
                for name, after in figures.items()
            ),
            standings.totals[place] or Decimal(0),
            standings.ranks[place] or 0,
            standings.grades[place],
            self._lowest(self.base, quota),
            self._lowest(standings, quota),
            tuple(Moved(one, old, new) for one, old, new in grades if old != new and one != self.firm),
            self._moved_benchmarks(figures),
        )

    def _moved_benchmarks(self, figures: Figures) -> tuple[tuple[str, Group, Fraction, Fraction], ...]:
        changed = self.trials.benchmarks(self.scheme, self.trials.with_firm(self.firm, figures))
        return tuple(
            (indicator, group, before, after)
            for indicator, groups in self._benchmarks.items()
            for group, before in groups.items()
            if compared(after := changed[indicator].get(group, before)) != compared(before)
        )

    @cached_property
    def _benchmarks(self) -> Benchmarks:
        return self.trials.benchmarks(self.scheme, {})

    def _lowest(self, standings: Standings, grade: str) -> Decimal | None:
        totals = (
            standings.totals[place] for place in self._peer_places if standings.quota_grades[place] == grade
        )
        return min((total for total in totals if total is not None), default=None)


def _cost(change: Change) -> float:
    """What a single change costs beside others: its share of the figure, times the effort of its column."""
    relative = change.relative
    return inf if relative is None else float(relative) * float(EFFORT.get(change.column, Decimal(1)))
