"""Proves that the best plan so far is the best there is: a tree of branches, in each leaf prices that prove it (4.2).

Branch and bound on the relaxation without any cuts, because a cut would have to be believed: what is left of the gap
is closed by branches alone, so the choice of them matters more than their speed.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from tenglong.domain.roadmap.plans import Branch, Certificate
from tenglong.domain.roadmap.problems import Flags, Ints
from tenglong.domain.roadmap.solvers import highs, near, rounding
from tenglong.domain.roadmap.solvers.pricing import Reals
from tenglong.domain.roadmap.solvers.search import Search

MOST_FIRMS, MOST_COLUMNS = 120, 3_000
"""Up to which a proof is tried."""
MOST_ENTRIES = 20_000_000
"""What the checker may have to add up in all: some twenty seconds."""
TRIED, TRUSTED = 6, 2
"""Candidates that are tried at a node, and the trials after which one's earlier effect is believed."""
FINEST, FINER = 10**9, 10
_SAFE = 2.0**61
_LITTLE = 1e-6


def fits(search: Search) -> bool:
    """Whether a problem is small enough for a proof to be likely."""
    return search.options.firms <= MOST_FIRMS and len(near.all_near(search)) <= MOST_COLUMNS


def prove(search: Search) -> bool:
    """Keep a tree that proves the best plan, which may become better on the way; whether there is one now."""
    if search.plan is None or search.certificate is None or search.prices is None or search.over():
        return False
    search.stage = "proof"
    tree = _Tree(search)
    found = tree.grown()
    if found:
        search.split(tree.listed())
    return found


@dataclass
class _Node:
    """What is allowed here: columns, and firms that may not wait; how it was split, or what proves it."""

    allowed: Flags
    must: Flags
    value: float = np.inf
    shares: Reals = field(default_factory=lambda: np.zeros(0))
    prices: Reals = field(default_factory=lambda: np.zeros(0))
    branch: Branch | None = None
    sides: "tuple[_Node, _Node] | None" = None
    proof: Certificate | None = None


@dataclass(frozen=True)
class _Split:
    """A way to split a node: the columns of one side, of all that the firm has left."""

    line: int
    branch: Branch
    inside: Ints
    weight: float


class _Tree:
    """The tree while it grows, depth first: the side that is worth more comes first."""

    def __init__(self, search: Search):
        self.search, options = search, search.options
        self.columns = near.all_near(search)
        model = highs.Model(options, self.columns, options.capacity, options.arrays.must)
        self.relaxed = highs.Splitting(model)
        self.line = np.searchsorted(self.relaxed.firms, self.columns.firm)
        self.cuts = rounding.cut(search, self.relaxed, self.columns, options.arrays.must[self.relaxed.firms])
        self.uses = self.relaxed.uses
        ordered = np.zeros(len(self.relaxed.orders), np.int64)
        self.capacity = np.concatenate([options.capacity, ordered, self.cuts.capacity])
        self.step = near.step(search)
        self.idle = int(np.setdiff1d(np.flatnonzero(options.arrays.must), self.relaxed.firms).size)
        self.effect: dict[tuple[Branch, bool], list[float]] = {}
        self.leaves, self.root = (
            0,
            _Node(np.ones(len(self.columns), bool), options.arrays.must[self.relaxed.firms]),
        )

    @property
    def value(self) -> int:
        """Of the best plan so far."""
        assert self.search.plan is not None
        return self.search.plan.value

    def grown(self) -> bool:
        """Split until every leaf is proven; False where time, work or patience end before."""
        if self.idle or not self._relax(self.root):
            return False
        waiting = [self.root]
        while waiting:
            over = self.search.over()
            if over or self.leaves * len(self.uses.data) > MOST_ENTRIES:
                return False
            node = waiting.pop()
            if self._proven(node):
                self.leaves += 1
                continue
            split = self._best_split(node)
            if split is None:
                return False
            waiting += sorted(split, key=lambda one: one.value)
        return True

    def listed(self) -> tuple[Branch | Certificate | None, ...]:
        """The nodes in the order of the file."""
        found: list[Branch | Certificate | None] = []
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if node.sides is None:
                found.append(node.proof)
            else:
                found.append(node.branch)
                waiting += node.sides[::-1]
        return tuple(found)

    def _relax(self, node: _Node) -> bool:
        """Solve the relaxation of a node; a whole solution is a plan."""
        self.search.spend(len(self.columns) / 2e3)
        answer = self.relaxed.solved(node.allowed, node.must)
        if answer is None:
            return False
        node.value, node.shares, node.prices = answer
        if (np.minimum(node.shares, 1 - node.shares) < _LITTLE).all():
            near.offer(self.search, self.columns, node.shares)
        return True

    def _proven(self, node: _Node) -> bool:
        """Whether prices of few digits prove that a node holds no better plan; they are kept."""
        if node.value >= self.value + self.step + 1:
            return False
        below = 1
        while below <= FINEST:
            prices = np.rint(node.prices * below)
            if not self._safe(prices, below):
                return False
            whole = prices.astype(np.int64)
            if self._bound(node, whole, below) < (self.value + self.step) * below:
                node.proof = self._certificate(whole, below)
                return True
            below *= FINER
        return False

    def _safe(self, prices: Reals, below: int) -> bool:
        """Whether 64 bits hold what is added up."""
        largest = float(np.abs(self.columns.value).max(initial=1)) * below
        used = float((abs(self.uses) @ prices).max(initial=0.0))
        return largest + used < _SAFE and float(np.abs(self.capacity) @ prices) < _SAFE

    def _bound(self, node: _Node, prices: Ints, below: int) -> int:
        """L(prices) of the options that are left, times `below`."""
        gains = np.where(
            node.allowed, self.columns.value * below - self.uses @ prices, np.iinfo(np.int64).min
        )
        best = np.full(len(self.relaxed.firms), np.iinfo(np.int64).min)
        np.maximum.at(best, self.line, gains)
        best = np.where(node.must, best, np.maximum(best, 0))
        if (best == np.iinfo(np.int64).min).any():
            return np.iinfo(np.int64).min * 2  # a firm that must start has nothing left
        return sum(best.tolist()) + sum((prices.astype(object) * self.capacity).tolist())

    def _certificate(self, prices: Ints, below: int) -> Certificate:
        leaf = rounding.priced(self.search.options, self.relaxed.orders, self.cuts, prices, below)
        return replace(leaf, bound=self.value)

    # Which branch: the one that lowers both sides most, by trial, or by what it did before.

    def _best_split(self, node: _Node) -> tuple[_Node, _Node] | None:
        splits = sorted(self._splits(node), key=lambda one: -self._guess(one))
        best: tuple[float, _Split, tuple[_Node, _Node]] | None = None
        known = [one for one in splits if self._trusted(one)][:1]
        for split in [*known, *[one for one in splits if not self._trusted(one)][:TRIED]]:
            sides = self._sides(node, split)
            if sides is None:
                return None
            score = self._score([node.value - side.value for side in sides])
            if best is None or score > best[0]:
                best = score, split, sides
        if best is None:
            return None
        node.branch, node.sides = best[1].branch, best[2]
        return node.sides

    def _splits(self, node: _Node) -> list[_Split]:
        """Ways to split the firms of which the relaxation takes shares: by measure, start, or both."""
        shared = np.minimum(node.shares, 1 - node.shares)
        per = np.bincount(self.line, shared, len(self.relaxed.firms))
        found = []
        for line in np.argsort(-per, kind="stable")[: 2 * TRIED]:
            if per[line] > _LITTLE:
                ways = self._ways(node, int(line))
                found += sorted(ways, key=lambda one: abs(one.weight - 0.5))[:3]
        return found

    def _ways(self, node: _Node, line: int) -> list[_Split]:
        mine = np.flatnonzero((self.line == line) & node.allowed)
        measure, start = self.columns.measure[mine], self.columns.start[mine]
        firm, last = int(self.relaxed.firms[line]), self.search.options.periods - 1
        branches = []
        for one in [None, *np.unique(measure).tolist()]:
            own = start if one is None else start[measure == one]
            branches += [Branch(firm, one, 0, until) for until in np.unique(own)[:-1].tolist()]
            branches.append(Branch(firm, one, 0, last))
        found = []
        for branch in branches:
            holds = start <= branch.last
            holds &= True if branch.measure is None else measure == branch.measure
            weight = float(node.shares[mine[holds]].sum())
            if _LITTLE < weight < 1 - _LITTLE:
                found.append(_Split(line, branch, mine[holds], weight))
        return found

    def _sides(self, node: _Node, split: _Split) -> tuple[_Node, _Node] | None:
        """Both sides, their relaxations solved; what they lower is noted."""
        first = _Node(node.allowed & (self.line != split.line), node.must.copy())
        first.allowed[split.inside] = node.allowed[split.inside]
        first.must[split.line] = True
        second = _Node(node.allowed.copy(), node.must)
        second.allowed[split.inside] = False
        for side, kept in ((first, 1 - split.weight), (second, split.weight)):
            if not self._relax(side):
                return None
            self.effect.setdefault((split.branch, side is first), []).append((node.value - side.value) / kept)
        return first, second

    def _trusted(self, split: _Split) -> bool:
        return len(self.effect.get((split.branch, True), ())) >= TRUSTED

    def _guess(self, split: _Split) -> float:
        """What a split may lower, from what it did before; else by how evenly it splits."""
        effects = [self.effect.get((split.branch, side)) for side in (True, False)]
        if effects[0] is None or effects[1] is None:
            return min(split.weight, 1 - split.weight) * _LITTLE
        first, second = (float(np.mean(one)) for one in effects if one)
        return self._score([first * (1 - split.weight), second * split.weight])

    def _score(self, lowered: list[float]) -> float:
        """The product of what both sides lose, no more of each than is needed."""
        first, second = (max(min(one, float(self.root.value - self.value)), 1e-3) for one in lowered)
        return first * second
