"""When no plan is feasible: which limits contradict each other, and what is cheapest to change (6).

A linear problem in which every limit may be broken at a cost tells which of them have to do with it; a deletion filter
then leaves out one after the other as long as the rest is still contradictory.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.infeasible.rules import Relaxation, Rules
from tenglong.domain.roadmap.options import Options, compiled
from tenglong.domain.roadmap.problems import Flags, Orders, Problem
from tenglong.domain.roadmap.solvers import highs
from tenglong.domain.roadmap.solvers.pricing import Reals

MOST_WHOLE = 20_000
"""Options up to which plans are whole here; above, shares of options are allowed, and some contradictions missed."""
SECONDS = 20.0
_SOME = 1e-6


def conflict(problem: Problem) -> Rules | None:
    """A contradictory set of rules: without any one of them the others can be met. None: no contradiction was found."""
    tables = _Tables(problem)
    every = Rules(
        tuple(range(tables.options.rows)),
        tuple(range(len(problem.orders))),
        tuple(np.flatnonzero(problem.firms.must).tolist()),
    )
    found = tables.suspects(every)
    if found is None or tables.whole and tables.possible(found):  # shares: prices prove that these contradict
        if tables.possible(every):
            return None
        found = every
    for kind in ("must", "orders", "limits"):
        found = _without(tables, found, kind, getattr(found, kind))
    return found


def _without(tables: "_Tables", found: Rules, kind: str, some: tuple[int, ...]) -> Rules:
    """The rules less as many of `some` as are not needed for the contradiction: all at once, or half by half."""
    if not some:
        return found
    fewer = replace(found, **{kind: tuple(one for one in getattr(found, kind) if one not in some)})
    if not tables.possible(fewer):
        return fewer
    if len(some) == 1:
        return found
    half = len(some) // 2
    return _without(tables, _without(tables, found, kind, some[:half]), kind, some[half:])


def cheapest_relaxation(problem: Problem) -> tuple[Relaxation, ...] | None:
    """The limits to move so that a plan exists, at the least cost; None where moving limits does not help."""
    tables = _Tables(problem)
    broken = tables.least_breach()
    if broken is None:
        return None
    by = np.ceil(broken - _SOME).astype(np.int64)
    costs = [_cost(problem, number) for number in range(len(problem.limits))]
    return tuple(
        Relaxation(number, int(by[number]), costs[number] * int(by[number]))
        for number in range(len(problem.limits))
        if by[number] > 0
    )


def _cost(problem: Problem, number: int) -> Decimal:
    """The cost of one stored unit: as the file says, or one for each per cent."""
    limit = problem.limits[number]
    if limit.cost is not None:
        return problem.amounts[limit.amount].natural(1) * limit.cost
    return Decimal(100) / max(1, abs(limit.bound))


class _Tables:
    """The options of a problem with all columns, and questions about them."""

    def __init__(self, problem: Problem):
        self.problem, self.options = problem, compiled(problem)
        measures = problem.measures
        starts = (measures.last.astype(np.int64) - measures.first + 1).clip(min=0)
        measure = np.repeat(np.arange(len(measures)), starts)
        start = (
            np.arange(len(measure)) - np.repeat(np.cumsum(starts) - starts, starts) + measures.first[measure]
        )
        firm = measures.firm[measure].astype(np.int64)
        self.columns = highs.columns_of(self.options, firm, measure, start)
        self.whole = len(measure) <= MOST_WHOLE

    def possible(self, rules: Rules) -> bool:
        """Whether the rules can all be met at once; for shares the least breach is found sooner than that."""
        must = np.zeros(self.options.firms, bool)
        must[list(rules.must)] = True
        idle = np.bincount(self.columns.firm, minlength=self.options.firms) == 0
        if (must & idle).any():
            return False
        capacity = np.full(self.options.rows, highs.FREE)
        chosen = list(rules.limits)
        capacity[chosen] = self.options.capacity[chosen]
        options = self._with_orders(rules.orders)
        if self.whole:
            model = highs.Model(options, self._worthless(), capacity, must)
            return highs.solve(model, highs.Ask(seconds=SECONDS), whole=True).status != "Infeasible"
        model = highs.Model(options, self.columns, capacity, must, break_cost=self._break_costs())
        answer = highs.solve(model, highs.Ask(seconds=SECONDS), whole=False)
        if answer.broken is None:
            return answer.status != "Infeasible"
        return bool(answer.broken.max(initial=0) < _SOME)

    def suspects(self, every: Rules) -> Rules | None:
        """The rules with a price when limits may be broken; None where shares of options can meet all limits."""
        answer = self._elastic(self.problem.firms.must, whole=False)
        if (
            answer is None
            or answer.prices is None
            or answer.broken is None
            or answer.broken.max(initial=0) < _SOME
        ):
            return None
        orders = np.flatnonzero(answer.prices.orders.max(axis=1, initial=0) > 0)
        assert answer.obliged is not None
        must = np.intersect1d(answer.obliged, every.must)
        return Rules(
            tuple(np.flatnonzero(answer.prices.rows > 0).tolist()),
            tuple(orders.tolist()),
            tuple(must.tolist()),
        )

    def least_breach(self) -> Reals | None:
        """By how much each row is broken at the least cost."""
        answer = self._elastic(self.problem.firms.must, whole=self.whole)
        return None if answer is None else answer.broken

    def _elastic(self, must: Flags, *, whole: bool) -> highs.Answer | None:
        idle = np.bincount(self.columns.firm, minlength=self.options.firms) == 0
        if (must & idle).any():
            return None
        model = highs.Model(
            self.options, self.columns, self.options.capacity, must, break_cost=self._break_costs()
        )
        answer = highs.solve(model, highs.Ask(seconds=SECONDS), whole=whole)
        return None if answer.taken is None else answer

    def _break_costs(self) -> Reals:
        """What it costs to break each row by one unit."""
        costs = [float(_cost(self.problem, number)) for number in range(len(self.problem.limits))]
        costs += [100.0 / max(1, abs(floor.least)) for floor in self.problem.floors]
        return np.maximum(costs, 1e-12)

    def _worthless(self) -> highs.Columns:
        return replace(self.columns, value=np.zeros_like(self.columns.value))

    def _with_orders(self, chosen: Sequence[int]) -> Options:
        orders, kept = self.problem.orders, list(chosen)
        return replace(self.options, orders=Orders(orders.first[kept], orders.then[kept], orders.gap[kept]))


def explain(problem: Problem) -> tuple[Message, ...]:
    """The contradiction and the cheapest way out, in sentences; nothing where none was found."""
    found = conflict(problem)
    if found is None:
        return ()
    said = [msg("以下 {count} 项不能同时满足，去掉其中任何一项，其余就能满足：", count=len(found))]
    said += [_limit_sentence(problem, number) for number in found.limits]
    for k in found.orders:
        first, then = (problem.firms.ids[one[k]] for one in (problem.orders.first, problem.orders.then))
        gap = int(problem.orders.gap[k])
        said.append(
            msg("次序：企业 {then} 在企业 {first} 启动至少 {gap} 期之后启动", then=then, first=first, gap=gap)
        )
    said += [msg("企业 {id} 必须启动", id=problem.firms.ids[firm]) for firm in found.must]
    moved = cheapest_relaxation(problem)
    if moved:
        said.append(msg("代价最小的放宽："))
        said += [_relaxation_sentence(problem, one) for one in moved]
    else:
        said.append(msg("只放宽限制的数量不能解决，请取消必须启动的要求或调整次序。"))
    return tuple(said)


def _limit_sentence(problem: Problem, number: int) -> Message:
    if number >= len(problem.limits):
        return msg("前一目标 {name} 应保持的数值", name=problem.floors[number - len(problem.limits)].aim.name)
    limit = problem.limits[number]
    amount = problem.amounts[limit.amount]
    said = {"id": limit.id, "amount": amount.id, "bound": amount.natural(limit.bound), "unit": amount.unit}
    if limit.at_most:
        return msg("限制 {id}：{amount} 至多 {bound}{unit}", **said)
    return msg("限制 {id}：{amount} 至少 {bound}{unit}", **said)


def _relaxation_sentence(problem: Problem, one: Relaxation) -> Message:
    limit = problem.limits[one.limit]
    amount = problem.amounts[limit.amount]
    new = limit.bound + one.by if limit.at_most else limit.bound - one.by
    said = {
        "id": limit.id,
        "old": amount.natural(limit.bound),
        "new": amount.natural(new),
        "unit": amount.unit,
    }
    if limit.at_most:
        return msg("限制 {id} 由 {old}{unit} 提高到 {new}{unit}", **said)
    return msg("限制 {id} 由 {old}{unit} 降低到 {new}{unit}", **said)
