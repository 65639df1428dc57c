"""Limits that are rounded: a leaf of a certificate may price them beside the limits themselves (4.2).

The relaxation takes shares of options, and fills every limit to the last unit with them. Options are taken whole: a
limit that is divided and rounded knows it. Which divisors help is seen from the shares; no more than that is needed of
the theory, because the checker adds up what they prove.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.plans import Certificate
from tenglong.domain.roadmap.problems import Ints
from tenglong.domain.roadmap.solvers import highs, near
from tenglong.domain.roadmap.solvers.pricing import OrderLines, Reals, prices_of
from tenglong.domain.roadmap.solvers.search import Search

MOST_COLUMNS = 20_000
"""Options up to which limits are rounded: the checker looks at each of them."""
ROUNDS, AT_ONCE, MOST_DIVISORS = 12, 3, 200
"""Times that divisors are looked for, how many a limit may get each time, and how many are tried."""
SHARE = 0.2
"""Of the time that is left."""
BELOW = 10**7
_LEAST, _LITTLE, _SAFE = 1e-4, 1e-6, 2.0**61
_NEVER = np.iinfo(np.int64).min


def share(units: Any, bound: int, divisor: Any) -> Any:
    """What is left of uses, or of the bound itself, where a limit is divided and rounded."""
    rest = bound % divisor
    return units // divisor * (divisor - rest) + np.maximum(0, units % divisor - rest)


@dataclass(frozen=True)
class Cuts:
    """Rounded limits: the limit, what divides it, what each column uses of it, and what there is."""

    limit: Ints
    divisor: Ints
    uses: csr_array
    capacity: Ints


def cut(search: Search, relaxed: highs.Splitting, columns: highs.Columns, must: Any) -> Cuts:
    """Add to a relaxation the rounded limits that its shares break, round after round."""
    options, limit, divisor = search.options, list[int](), list[int]()
    uses = _uses(options, columns)
    before, until = np.inf, search.seconds + SHARE * search.left()
    everything = np.ones(len(columns), bool)
    for _ in range(ROUNDS):
        answer = relaxed.solved(everything, must)
        search.spend(len(columns) / 2e3)
        if answer is None or before - answer[0] < _LITTLE * abs(answer[0]) or search.seconds > until:
            break
        before = answer[0]
        found = [
            (row, one)
            for row in range(options.limits)
            if search.problem.limits[row].at_most and options.capacity[row] > 0
            for one in _divisors(uses, answer[1], row, int(options.capacity[row]))
        ]
        if not found:
            break
        limit += [row for row, _ in found]
        divisor += [one for _, one in found]
        relaxed.add(*_rounded(options, uses, [row for row, _ in found], [one for _, one in found]))
    rows, divisors = np.array(limit, np.int64), np.array(divisor, np.int64)
    return Cuts(rows, divisors, *_rounded(options, uses, limit, divisor))


def _divisors(uses: csr_array, shares: Reals, row: int, bound: int) -> list[int]:
    """The divisors of a limit whose rounded form these shares break most."""
    own = slice(uses.indptr[row], uses.indptr[row + 1])
    units, taken = uses.data[own], shares[uses.indices[own]]
    units, taken = units[taken > _LITTLE], taken[taken > _LITTLE]
    if not len(units) or (taken > 1 - _LITTLE).all():
        return []
    tried = np.unique(np.concatenate([units, bound // np.arange(1, 12) + 1]))[-MOST_DIVISORS:]
    tried = tried[tried > 1]
    made = share(units[None, :], bound, tried[:, None]).astype(float)
    size = np.maximum(np.sqrt((made**2).sum(axis=1)), 1.0)
    broken = (made @ taken - share(bound, bound, tried)) / size
    best = np.argsort(-broken, kind="stable")[:AT_ONCE]
    return [int(one) for one in tried[best[broken[best] > _LEAST]]]


def _uses(options: Options, columns: highs.Columns) -> csr_array:
    """By row what columns use; of its own, because SciPy may put the entries of a matrix in order where they lie."""
    given = columns.use, columns.row, columns.begin
    return csc_array(given, shape=(options.rows, len(columns)), copy=True).tocsr()


def _rounded(
    options: Options, uses: csr_array, rows: list[int], divisors: list[int]
) -> tuple[csr_array, Ints]:
    """What columns use of rounded limits, and what there is of them."""
    capacity = [
        int(share(int(options.capacity[row]), int(options.capacity[row]), one))
        for row, one in zip(rows, divisors, strict=True)
    ]
    made = uses[rows] if rows else csr_array((0, uses.shape[1]), dtype=np.int64)
    lines = np.repeat(np.arange(len(rows)), np.diff(made.indptr))
    bounds, by = options.capacity[rows], np.array(divisors, np.int64)
    rest = bounds % np.maximum(by, 1)
    data = made.data // by[lines] * (by - rest)[lines] + np.maximum(0, made.data % by[lines] - rest[lines])
    found = csr_array((data, made.indices, made.indptr), shape=made.shape)
    return csr_array(found.T), np.array(capacity, np.int64)


def tighten(search: Search) -> None:
    """Find prices of rounded limits, for `conclude`."""
    if search.plan is None or search.certificate is None or search.over():
        return
    search.stage = "rounding"
    columns = _near(search)
    if not 0 < len(columns) <= MOST_COLUMNS:
        return
    must = search.options.arrays.must
    model = highs.Model(search.options, columns, search.options.capacity, must)
    relaxed = highs.Splitting(model)
    cuts = cut(search, relaxed, columns, must[relaxed.firms])
    answer = relaxed.solved(np.ones(len(columns), bool), must[relaxed.firms])
    if len(cuts.limit) and answer is not None:
        found = priced(search.options, relaxed.orders, cuts, np.rint(answer[2] * BELOW), BELOW)
        proven = [
            (bound, one)
            for one in (found, search.leaf)
            if one and (bound := bound_of(search, one)) is not None
        ]
        search.leaf = min(proven, key=lambda one: one[0], default=(0, None))[1]


def priced(
    options: Options, orders: list[tuple[int, int]], cuts: Cuts, prices: Any, below: int
) -> Certificate:
    """A leaf with whole prices of rows, of orders and of rounded limits, in this order."""
    whole = prices.astype(np.int64).tolist()
    rows, rest = whole[: options.rows], whole[options.rows :]
    moved = tuple((*order, price) for order, price in zip(orders, rest, strict=False) if price)
    rounded = zip(cuts.limit.tolist(), cuts.divisor.tolist(), rest[len(orders) :], strict=True)
    kept = tuple(one for one in rounded if one[2])
    return Certificate(
        below, tuple(rows[: options.limits]), tuple(rows[options.limits :]), moved, 0, rounded=kept
    )


def conclude(search: Search) -> None:
    """Let rounded limits prove what they can of the plan that was found in the end."""
    certificate = search.certificate
    if search.leaf is None or search.plan is None or certificate is None or certificate.tree:
        return
    bound = bound_of(search, search.leaf)
    if bound is not None and bound < certificate.bound:
        leaf = replace(search.leaf, bound=bound)
        search.certificate = replace(certificate, tree=(leaf,), alone=certificate.bound, bound=bound)
        search.tell()


def bound_of(search: Search, leaf: Certificate) -> int | None:
    """What a tree of this leaf alone proves beside the best plan, as the checker adds it up; None: numbers too big."""
    root, plan = search.certificate, search.plan
    assert root is not None and plan is not None
    columns, must = _near(search), search.options.arrays.must
    gains = [_gains(search.options, columns, one) for one in (root, leaf)]
    if gains[0] is None or gains[1] is None:
        return None
    waits = ~must
    best = _best(columns, gains[0], waits, np.ones(len(columns), bool))
    if (best == _NEVER).any():
        return None
    most = _of_limits(search.options, root) + sum(best.tolist()) - (plan.value + 1) * root.denominator
    kept = gains[0] >= best[columns.firm] - most
    best = _best(columns, gains[1], waits & (best <= most), kept)
    if (best == _NEVER).any():
        return plan.value
    total = _of_limits(search.options, leaf) + sum(best.tolist())
    step = near.step(search)
    return max(plan.value, total // leaf.denominator // step * step)


def _near(search: Search) -> highs.Columns:
    """At least the options that a better plan may hold under the prices of the certificate."""
    certificate, plan, options = search.certificate, search.plan, search.options
    assert certificate is not None and plan is not None
    prices = prices_of(options, certificate)
    assert prices is not None
    loss = certificate.priced - plan.value + 1e-6 * abs(certificate.priced) + 2.0
    line, measure, start, _ = search.dual.near_best(prices, np.arange(options.firms), loss)
    return highs.columns_of(options, line, measure, start)


def _best(columns: highs.Columns, gains: Ints, waits: Any, kept: Any) -> Ints:
    found = np.where(waits, 0, _NEVER)
    np.maximum.at(found, columns.firm[kept], gains[kept])
    return found


def _of_limits(options: Options, one: Certificate) -> int:
    rows = zip([*one.limits, *one.floors], options.capacity.tolist(), strict=True)
    total = sum(price * capacity for price, capacity in rows)
    bounds = options.capacity.tolist()
    return total + sum(price * int(share(bounds[row], bounds[row], by)) for row, by, price in one.rounded)


def _gains(options: Options, columns: highs.Columns, one: Certificate) -> Ints | None:
    """What columns are worth under whole prices; None where 64 bits might not hold it."""
    uses = _uses(options, columns)
    rows = np.array([*one.limits, *one.floors], np.int64)
    lines, priced_orders = OrderLines(options), np.zeros((len(options.orders), options.periods), np.int64)
    for order, period, price in one.orders:
        priced_orders[order, period] = price
    of_rounded = [row for row, _, _ in one.rounded]
    made, _ = _rounded(options, uses, of_rounded, [by for _, by, _ in one.rounded])
    charged = np.array([price for _, _, price in one.rounded], np.int64)
    largest = float(np.abs(columns.value).max(initial=1)) * one.denominator + float(priced_orders.sum())
    largest += float((abs(uses).T @ rows.astype(float)).max(initial=0.0))
    largest += float((abs(made) @ charged.astype(float)).max(initial=0.0))
    if largest > _SAFE:
        return None
    moved = lines.moved(priced_orders)
    line = lines.line[columns.firm]
    found = columns.value * one.denominator - uses.T @ rows - made @ charged
    if len(moved):
        found = found + np.where(line >= 0, moved[line, columns.start], 0)
    whole: Ints = found.astype(np.int64)
    return whole
