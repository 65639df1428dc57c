"""A plan in the making: what each firm may choose, what it has chosen, and what the rows have left."""

from dataclasses import dataclass, field

import numpy as np

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS, Flags, Ints
from tenglong.domain.roadmap.solvers.pricing import Reals
from tenglong.domain.roadmap.solvers.quick.tables import LOWEST, Listed, Tables, Uses, gains, spans, uses_of

NEVER = 1 << 30
ROUNDS = 12
MOST_LEVELS = 50


@dataclass
class Draft:
    """`chosen` is an option of the list by firm, or WAITS; `when` its start."""

    options: Options
    some: Listed
    gain: Reals
    uses: Uses
    slack: Ints
    chosen: Ints
    when: Ints
    tried: Flags
    """Options that did not fit beside those of others."""
    before: Ints = field(init=False)
    after: Ints = field(init=False)

    def __post_init__(self) -> None:
        arrays, firms = self.options.arrays, np.arange(self.options.firms)
        self.before = np.repeat(firms, np.diff(arrays.before_start))
        self.after = np.repeat(firms, np.diff(arrays.after_start))

    def windows(self) -> tuple[Ints, Ints]:
        """In which periods each firm may start, given the others; first > last: never."""
        arrays, count = self.options.arrays, self.options.firms
        low, high = np.zeros(count, np.int64), np.full(count, NEVER)
        other = self.when[arrays.before]
        np.maximum.at(low, self.before, np.where(other >= 0, other + arrays.before_gap, NEVER))
        other = self.when[arrays.after]
        np.minimum.at(high, self.after, np.where(other >= 0, other - arrays.after_gap, NEVER))
        return low, high

    def allowed(self) -> Flags:
        """Which options the starts of others allow."""
        if not len(self.before):
            return np.ones(len(self.some.firm), bool)
        low, high = (one[self.some.firm] for one in self.windows())
        return (low <= self.some.start) & (self.some.start <= high)

    def total(self, chosen: Ints) -> Ints:
        """What some options use of the rows, exactly."""
        _, line = spans(self.uses.begin[chosen], self.uses.begin[chosen + 1])
        total = np.zeros(self.options.rows, np.int64)
        np.add.at(total, self.uses.row[line], self.uses.use[line])
        return total

    def take(self, chosen: Ints) -> None:
        """Give waiting firms these options."""
        self.slack = self.slack - self.total(chosen)
        self.chosen[self.some.firm[chosen]] = chosen
        self.when[self.some.firm[chosen]] = self.some.start[chosen]

    def holds(self) -> bool:
        """Whether the plan keeps everything, added up again from nothing."""
        orders, acts = self.options.orders, self.chosen != WAITS
        first, then = self.when[orders.first], self.when[orders.then]
        ordered = (then == WAITS) | ((first != WAITS) & (then >= first + orders.gap))
        kept = self.total(self.chosen[acts]) <= self.options.capacity
        return bool(ordered.all() and kept.all() and not (self.options.arrays.must & ~acts).any())

    def choice(self) -> tuple[Ints, Ints]:
        """Measure and start of each firm."""
        acts = self.chosen != WAITS
        measure = np.full(len(self.chosen), WAITS, np.int64)
        measure[acts] = self.some.measure[self.chosen[acts]]
        return measure, self.when.copy()


def drafted(options: Options, table: Tables, starts: int) -> Draft:
    """Nobody has chosen yet; of each measure the best starts under prices may be chosen."""
    measure, start, gain = _best_starts(options, table, starts)
    owner = np.repeat(np.arange(options.firms), np.diff(options.arrays.measure_start))
    firm = owner[measure]
    some = Listed(firm, measure, start, np.searchsorted(firm, np.arange(options.firms + 1)))
    waits = np.full(options.firms, WAITS, np.int64)
    uses, tried = uses_of(options, some), np.zeros(len(firm), bool)
    return Draft(options, some, gain, uses, options.capacity.copy(), waits, waits.copy(), tried)


def _best_starts(options: Options, table: Tables, starts: int) -> tuple[Ints, Ints, Reals]:
    """Measure, start and gain of the best starts of each measure that are worth something, or of firms that must.

    Where all starts are asked for, these are all that are offered.
    """
    gain = gains(options, table)
    if starts >= options.periods:
        measure, start = np.nonzero(options.arrays.offered)
        return measure, start, gain[measure, start]
    owner = np.repeat(np.arange(options.firms), np.diff(options.arrays.measure_start))
    must = options.arrays.must[owner]
    kept = options.arrays.offered & ((gain > 0) | must[:, None])
    least = np.partition(np.where(kept, gain, LOWEST), options.periods - starts, axis=1)
    kept &= gain >= least[:, options.periods - starts, None]
    measure, start = np.nonzero(kept)
    return measure, start, gain[measure, start]


def put(draft: Draft, plan: Plan) -> None:
    """Let firms choose as in a plan, as far as they may."""
    some = draft.some
    same = (plan.measure[some.firm] == some.measure) & (plan.start[some.firm] == some.start)
    draft.take(np.flatnonzero(same))


def fill(draft: Draft) -> None:
    """Firms take the best option that fits, those first that lose most without it; who comes first starts first."""
    level = _levels(draft)
    for one in range(int(level.max(initial=0)) + 1):
        for _ in range(ROUNDS):
            best = _wishes(draft, level == one)
            if not len(best):
                break
            fits = _fitting(draft, best)
            draft.tried[best[~fits]] = True
            draft.take(best[fits])


def _levels(draft: Draft) -> Ints:
    """How many firms at least must start before each, one after the other."""
    level = np.zeros(draft.options.firms, np.int64)
    for _ in range(MOST_LEVELS):
        later = level.copy()
        np.maximum.at(later, draft.before, level[draft.options.arrays.before] + 1)
        if (later == level).all():
            break
        level = later
    return level


def _wishes(draft: Draft, turn: Flags) -> Ints:
    """The best option of each waiting firm that may fit, the most certain first."""
    some, must = draft.some, draft.options.arrays.must
    option = np.repeat(np.arange(len(some.firm)), np.diff(draft.uses.begin))
    capped = draft.options.capacity[draft.uses.row] >= 0
    too_much = (draft.uses.use > 0) & (draft.uses.use > draft.slack[draft.uses.row]) & capped
    open_ = turn & (draft.chosen == WAITS)
    usable = open_[some.firm] & ~draft.tried & ((draft.gain > 0) | must[some.firm]) & draft.allowed()
    usable[option[too_much]] = False
    able = np.flatnonzero(usable)
    order = able[np.lexsort((-draft.gain[able], some.firm[able]))]
    firm = some.firm[order]
    first = np.append(True, firm[1:] != firm[:-1])[: len(order)]
    follows = np.append(~first[1:], False)[: len(order)]
    second = np.where(follows, np.append(draft.gain[order][1:], 0.0)[: len(order)], 0.0)
    best = order[first]
    lost = draft.gain[best] - np.maximum(second[first], 0.0)
    return best[np.lexsort((-lost, ~must[some.firm[best]]))]


def _fitting(draft: Draft, wished: Ints) -> Flags:
    """Which of the options fit beside those before them."""
    own, line = spans(draft.uses.begin[wished], draft.uses.begin[wished + 1])
    row, use = draft.uses.row[line], draft.uses.use[line]
    counts = np.flatnonzero((use > 0) & (draft.options.capacity[row] >= 0))
    by_row = counts[np.argsort(row[counts], kind="stable")]
    row = row[by_row]
    total = np.concatenate([[0], np.cumsum(use[by_row])])
    so_far = total[1:] - total[np.searchsorted(row, np.arange(draft.options.rows))][row]
    fits = np.ones(len(wished), bool)
    fits[own[by_row[so_far > draft.slack[row]]]] = False
    return fits
