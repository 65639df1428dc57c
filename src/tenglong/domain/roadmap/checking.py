"""Checks a plan and its bound against the problem: whole numbers, no tolerance, no solver, no table of a solver (4).

`check` derives everything from the columns of the problem again. It trusts neither the plan nor the certificate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.checking_bound import certified_bound
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import WAITS, Ints, Periods, Problem


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
    """Whether the prices prove the bound; with `value` also whether the bound is not below it."""
    bound = certified_bound(problem, certificate)
    if bound is None:
        return [msg("证书的价格不完整或为负数，不能证明上界。")]
    found = []
    if bound != certificate.bound:
        said, again = problem.aim.natural(certificate.bound), problem.aim.natural(bound)
        found.append(msg("证书自称的上界为 {said}，按价格重新计算为 {bound}。", said=said, bound=again))
    if value is not None and value > bound and not found:
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
