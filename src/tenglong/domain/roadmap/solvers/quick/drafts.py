"""A plan in the making: what each firm may choose, what it has chosen, and what the rows have left."""

from dataclasses import dataclass, field

import numpy as np

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.problems import WAITS, Flags, Ints
from tenglong.domain.roadmap.solvers.pricing import Reals
from tenglong.domain.roadmap.solvers.quick.tables import Listed, Tables, Uses, listed, spans, uses_of

NEVER = 1 << 30
PIECE = 20_000
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

    def choice(self) -> tuple[Ints, Ints]:
        """Measure and start of each firm."""
        acts = self.chosen != WAITS
        measure = np.full(len(self.chosen), WAITS, np.int64)
        measure[acts] = self.some.measure[self.chosen[acts]]
        return measure, self.when.copy()


def drafted(options: Options, table: Tables, kept: int) -> Draft:
    """Nobody has chosen yet; of each firm the best options under prices may be chosen."""
    pieces = []
    for low in range(0, options.firms, PIECE):
        firms = np.arange(low, min(options.firms, low + PIECE))
        some = listed(options, firms)
        gain = table.gain(options, some)
        best = _best(some, gain, kept)
        pieces.append((some.firm[best], some.measure[best], some.start[best], gain[best]))
    firm, measure, start, gain = (np.concatenate(column) for column in zip(*pieces, strict=True))
    begin = np.searchsorted(firm, np.arange(options.firms + 1))
    some = Listed(firm, measure, start, begin)
    waits = np.full(options.firms, WAITS, np.int64)
    uses = uses_of(options, some)
    tried = np.zeros(len(firm), bool)
    return Draft(options, some, gain, uses, options.capacity.copy(), waits, waits.copy(), tried)


def _best(some: Listed, gain: Reals, kept: int) -> Ints:
    """The best `kept` options of each firm, in their order."""
    if len(gain) <= kept * (len(some.begin) - 1):
        return np.arange(len(gain))
    line = np.repeat(np.arange(len(some.begin) - 1), np.diff(some.begin))
    order = np.lexsort((-gain, line))
    return np.sort(order[np.arange(len(order)) - some.begin[line] < kept])


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
