"""Checks a plan and its bound against the problem: whole numbers, no tolerance, no solver, no table of a solver (4).

`check` derives everything from the columns of the problem again. It trusts neither the plan nor the certificate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import LARGEST, WAITS, Ints, Periods, Problem

# Computes the bound of a certificate again, by exact addition (4.2).
#
# L(λ) = Σ over firms of the best option under the prices + Σ price × capacity. An option that breaks an
# at_most limit all alone is in no feasible plan and is passed over. All numbers are multiplied by the
# denominator of the prices, so that they are whole; numbers that 64 bits might not hold become Python's
# own.

_AT_ONCE = 20_000
_SAFE = 2.0**62
_NONE = -(2**400)


def certified_bound(problem: Problem, certificate: Certificate) -> int | None:
    """L(prices) without its fraction; None where the prices do not fit the problem or one is negative."""
    if not _fits(problem, certificate):
        return None
    below = certificate.denominator
    total = sum(
        price * (limit.bound if limit.at_most else -limit.bound)
        for price, limit in zip(certificate.limits, problem.limits, strict=True)
    )
    total -= sum(price * floor.least for price, floor in zip(certificate.floors, problem.floors, strict=True))
    for low in range(0, len(problem.firms), _AT_ONCE):
        best = _best(problem, certificate, low, min(low + _AT_ONCE, len(problem.firms)))
        if best is None:
            return None
        total += best
    return total // below


def _fits(problem: Problem, certificate: Certificate) -> bool:
    return (
        certificate.denominator > 0
        and len(certificate.limits) == len(problem.limits)
        and len(certificate.floors) == len(problem.floors)
        and min((*certificate.limits, *certificate.floors, 0)) >= 0
        and all(
            0 <= order < len(problem.orders) and 0 <= period < problem.periods and price >= 0
            for order, period, price in certificate.orders
        )
    )


def _best(problem: Problem, certificate: Certificate, low: int, high: int) -> int | None:
    """Σ over the firms low … high - 1 of the value of the best option under the prices; None: one has none at all."""
    measures, parts = problem.measures, problem.parts
    first, last = (int(problem.firms.measure_start[i]) for i in (low, high))
    begin, end = int(measures.part_start[first]), int(measures.part_start[last])
    net = _net_worth(problem, certificate, low, high, int(parts.value[begin:end].max(initial=0)))
    moved = _moved(problem, certificate, low, high, net.dtype)
    part_measure = np.repeat(np.arange(first, last), np.diff(measures.part_start[first : last + 1]))
    firm = measures.firm[first:last].astype(np.int64) - low
    tightest = _tightest(problem, low, high)
    best = np.zeros(high - low, net.dtype)
    able = ~problem.firms.must[low:high]
    for start in range(problem.periods):
        k = begin + np.flatnonzero((parts.first[begin:end] <= start) & (start <= parts.last[begin:end]))
        of = part_measure[k - begin]
        worth = parts.value[k] * net[measures.firm[of] - low, parts.amount[k], start + parts.lag[k]]
        gained = np.zeros(last - first, net.dtype)
        np.add.at(gained, of - first, worth)
        if moved is not None:
            gained += moved[firm, start]
        may = (measures.first[first:last] <= start) & (start <= measures.last[first:last])
        for amount, (begins, ends), most in tightest:
            inside = parts.amount[k] == amount
            inside &= (start + parts.lag[k] >= begins) & (start + parts.lag[k] <= ends)
            used = np.zeros(last - first, np.int64)
            np.add.at(used, of[inside] - first, parts.value[k[inside]])
            may &= used <= most[firm]
        offered = np.flatnonzero(may)
        for_first_time = ~able[firm[offered]]
        best[firm[offered[for_first_time]]] = _NONE if net.dtype == object else np.iinfo(np.int64).min
        able[firm[offered]] = True
        np.maximum.at(best, firm[offered], gained[offered])
    return sum(best.tolist()) if able.all() else None


def _tightest(problem: Problem, low: int, high: int) -> list[tuple[int, tuple[int, int], Ints]]:
    """For each amount and span of periods with an at_most limit, the least of them for each firm."""
    found: dict[tuple[int, int, int], Ints] = {}
    for limit in problem.limits:
        if limit.at_most:
            none = np.full(high - low, LARGEST)
            most = found.setdefault((limit.amount, limit.first, limit.last), none)
            chosen = limit.firms(problem.firms.tags, low, high)
            most[chosen] = np.minimum(most[chosen], limit.bound)
    return [(amount, (first, last), most) for (amount, first, last), most in found.items()]


def _net_worth(problem: Problem, certificate: Certificate, low: int, high: int, largest: int) -> Any:
    """What a unit of each amount is worth under the prices, by firm and period of arrival."""
    below, floors = certificate.denominator, certificate.floors
    prices = sum(certificate.limits) + sum(
        price * int(np.abs(floor.aim.worth).max(initial=0))
        for price, floor in zip(floors, problem.floors, strict=True)
    )
    orders = sum(price for _, _, price in certificate.orders)
    worth = int(np.abs(problem.aim.worth).max(initial=0)) * below + prices
    parts = 1 + int(np.diff(problem.measures.part_start).max(initial=0))
    kind = np.int64 if float(worth) * largest * parts + orders < _SAFE and worth < _SAFE else object
    net = np.empty((high - low, len(problem.amounts), problem.arrivals), kind)
    net[:] = (problem.aim.worth.astype(kind) * below)[None]
    for price, floor in zip(floors, problem.floors, strict=True):
        net += floor.aim.worth.astype(kind)[None] * price
    for price, limit in zip(certificate.limits, problem.limits, strict=True):
        if price:
            chosen = limit.firms(problem.firms.tags, low, high)
            change = price if limit.at_most else -price
            net[chosen, limit.amount, limit.first : limit.last + 1] -= change
    return net


def _moved(problem: Problem, certificate: Certificate, low: int, high: int, kind: Any) -> Any:
    """What the prices of orders add to a start, by firm and period; None where there are none."""
    if not certificate.orders:
        return None
    moved = np.zeros((high - low, problem.periods), kind)
    for order, period, price in certificate.orders:
        then, first = int(problem.orders.then[order]), int(problem.orders.first[order])
        if low <= then < high:
            moved[then - low, : period + 1] -= price
        if low <= first < high:
            moved[first - low, : max(0, period - int(problem.orders.gap[order]) + 1)] += price
    return moved


@dataclass(frozen=True)
class Arrived:
    """What the chosen options bring and take: one line for each part."""

    firm: Ints
    amount: Ints
    period: Ints
    value: Ints


def check(problem: Problem, plan: Plan, certificate: Certificate | None = None) -> tuple[Message, ...]:
    """Everything that is wrong with a plan or its certificate; nothing when both hold."""
    wrong = tuple(_impossible(problem, plan))
    if wrong:
        return wrong
    arrived = arrivals(problem, plan)
    found = [
        *_broken_limits(problem, arrived),
        *_broken_floors(problem, arrived),
        *_broken_orders(problem, plan),
    ]
    value = worth_of(problem.aim.worth, arrived)
    if value != plan.value:
        problem_said = "方案自称的价值为 {said}，重新相加为 {value}。"
        said, value_said = problem.aim.natural(plan.value), problem.aim.natural(value)
        found.append(msg(problem_said, said=said, value=value_said))
    if certificate is not None:
        found += check_certificate(problem, certificate, value)
    return tuple(found)


def require(problem: Problem, plan: Plan, certificate: Certificate | None = None) -> None:
    """Raises BadValue with the first sentence of `check`."""
    for sentence in check(problem, plan, certificate)[:1]:
        raise BadValue(sentence)


def check_certificate(problem: Problem, certificate: Certificate, value: int | None = None) -> list[Message]:
    """Whether the prices prove the bound; with `value` also whether the bound is not below it.

    What a tree proves is added up by `check` alone.
    """
    bound = certified_bound(problem, certificate)
    if bound is None:
        return [msg("证书的价格不完整或为负数，不能证明上界。")]
    found = []
    if bound != certificate.priced:
        said, again = problem.aim.natural(certificate.priced), problem.aim.natural(bound)
        found.append(msg("证书自称的上界为 {said}，按价格重新计算为 {bound}。", said=said, bound=again))
    if value is not None and value > certificate.bound and not found:
        found.append(msg("方案的价值高于上界，二者必有一错。"))
    return found


def arrivals(problem: Problem, plan: Plan) -> Arrived:
    """What the options of a plan, which must exist, bring and take."""
    parts, start = problem.parts, problem.measures.part_start
    firm = np.flatnonzero(plan.measure != WAITS)
    measure = plan.measure[firm]
    count = start[measure + 1] - start[measure]
    line = np.repeat(np.arange(len(firm)), count)
    k = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count) + start[measure][line]
    begun = plan.start[firm][line]
    counts = (parts.first[k] <= begun) & (begun <= parts.last[k])
    k, line, begun = k[counts], line[counts], begun[counts]
    return Arrived(firm[line], parts.amount[k].astype(np.int64), begun + parts.lag[k], parts.value[k])


def worth_of(worth: Ints, arrived: Arrived) -> int:
    """The value of what arrived, added up exactly."""
    return int((worth[arrived.amount, arrived.period] * arrived.value).sum())


def amount_in(problem: Problem, limit: int, arrived: Arrived) -> int:
    """The sum that a limit is about."""
    one = problem.limits[limit]
    chosen = (arrived.amount == one.amount) & (arrived.period >= one.first) & (arrived.period <= one.last)
    if one.where:
        chosen &= one.firms(problem.firms.tags, 0, len(problem.firms))[arrived.firm]
    return int(arrived.value[chosen].sum())


def _impossible(problem: Problem, plan: Plan) -> Iterator[Message]:
    """Choices that are no options of their firm."""
    count = len(problem.firms)
    if plan.measure.shape != (count,) or plan.start.shape != (count,):
        yield msg("方案的企业数与问题不符，请用同一问题文件。")
        return
    waits = (plan.measure == WAITS) & (plan.start == WAITS)
    own = problem.firms.measure_start
    theirs = (plan.measure >= own[:-1]) & (plan.measure < own[1:])
    measure = np.where(theirs, plan.measure, 0)
    measures = problem.measures
    possible = (
        theirs & (plan.start >= _at(measures.first, measure)) & (plan.start <= _at(measures.last, measure))
    )
    for firm in np.flatnonzero(~(waits | possible)):
        yield msg("企业 {id} 的选择不是它的选项。", id=problem.firms.ids[firm])
    for firm in np.flatnonzero(waits & problem.firms.must):
        yield msg("企业 {id} 必须启动，方案中却在等待。", id=problem.firms.ids[firm])


def _at(column: Periods, index: Ints) -> Ints:
    return column[index].astype(np.int64) if len(column) else np.zeros(len(index), np.int64)


def _broken_limits(problem: Problem, arrived: Arrived) -> Iterator[Message]:
    by_amount = {}
    for number, limit in enumerate(problem.limits):
        if limit.amount not in by_amount:
            chosen = arrived.amount == limit.amount
            by_amount[limit.amount] = Arrived(
                arrived.firm[chosen], arrived.amount[chosen], arrived.period[chosen], arrived.value[chosen]
            )
        reached = amount_in(problem, number, by_amount[limit.amount])
        amount = problem.amounts[limit.amount]
        said = {
            "id": limit.id,
            "sum": amount.natural(reached),
            "unit": amount.unit,
            "bound": amount.natural(limit.bound),
        }
        if limit.at_most and reached > limit.bound:
            yield msg("限制 {id}：{sum}{unit}，超过上限 {bound}{unit}。", **said)
        if not limit.at_most and reached < limit.bound:
            yield msg("限制 {id}：{sum}{unit}，未达到 {bound}{unit}。", **said)


def _broken_floors(problem: Problem, arrived: Arrived) -> Iterator[Message]:
    for floor in problem.floors:
        value = worth_of(floor.aim.worth, arrived)
        if value < floor.least:
            least, said = floor.aim.natural(floor.least), floor.aim.natural(value)
            yield msg(
                "前一目标 {name}：{value}，低于应保持的 {least}。",
                name=floor.aim.name,
                value=said,
                least=least,
            )


def _broken_orders(problem: Problem, plan: Plan) -> Iterator[Message]:
    orders, ids = problem.orders, problem.firms.ids
    first, then = plan.start[orders.first], plan.start[orders.then]
    broken = (then != WAITS) & ((first == WAITS) | (then < first + orders.gap))
    for k in np.flatnonzero(broken):
        said = {"first": ids[orders.first[k]], "then": ids[orders.then[k]], "gap": int(orders.gap[k])}
        yield msg("次序：企业 {then} 应在企业 {first} 启动至少 {gap} 期之后启动。", **said)
