"""What a plan breaks, in words that name limits by label and date; the verdict is the checker's (`checking.check`)."""

from collections.abc import Iterator

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.checking import Arrived, amount_in, arrivals, worth_of
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS, Ints, Problem
from tenglong.domain.roadmap.wording import Names, firm_words, limit_words, said


def breaches(problem: Problem, plan: Plan, names: Names | None = None) -> tuple[Message, ...]:
    """Every limit, earlier aim, order and obligation that a plan of possible options breaks, and by how much."""
    names, arrived = names or Names(), arrivals(problem, plan)
    totals = limit_totals(problem, arrived)
    found = [limit_breach(problem, number, total, names) for number, total in enumerate(totals)]
    found += [
        floor_breach(problem, number, worth_of(floor.aim.worth, arrived))
        for number, floor in enumerate(problem.floors)
    ]
    found += [
        msg("{firm}必须启动，方案中却在等待。", firm=firm_words(problem, firm, names))
        for firm in idle(problem, plan)
    ]
    return (*(one for one in found if one), *broken_orders(problem, plan.start, names))


def limit_totals(problem: Problem, arrived: Arrived) -> list[int]:
    """The sum that each limit is about."""
    by_amount = {}
    for amount in {limit.amount for limit in problem.limits}:
        mine = arrived.amount == amount
        by_amount[amount] = Arrived(
            arrived.firm[mine], arrived.amount[mine], arrived.period[mine], arrived.value[mine]
        )
    return [
        amount_in(problem, number, by_amount[limit.amount]) for number, limit in enumerate(problem.limits)
    ]


def limit_breach(problem: Problem, number: int, total: int, names: Names) -> Message | None:
    """What is wrong when the sum of a limit is `total`."""
    limit = problem.limits[number]
    amount = problem.amounts[limit.amount]
    over = total - limit.bound if limit.at_most else limit.bound - total
    if over <= 0:
        return None
    fields = {
        "limit": limit_words(problem, number, names),
        "sum": said(amount.natural(total)),
        "bound": said(amount.natural(limit.bound)),
        "by": said(amount.natural(over)),
        "unit": amount.unit,
    }
    if limit.at_most:
        return msg("{limit}为 {sum}{unit}，超过上限 {bound}{unit}，超出 {by}{unit}。", **fields)
    return msg("{limit}为 {sum}{unit}，未达到 {bound}{unit}，还差 {by}{unit}。", **fields)


def floor_breach(problem: Problem, number: int, value: int) -> Message | None:
    """What is wrong when an earlier aim has this value."""
    floor = problem.floors[number]
    if value >= floor.least:
        return None
    natural = floor.aim.natural
    fields = {"name": floor.aim.name, "value": said(natural(value)), "least": said(natural(floor.least))}
    return msg("前一目标“{name}”为 {value}，低于应保持的 {least}。", **fields)


def idle(problem: Problem, plan: Plan) -> list[int]:
    """Firms that must start and wait."""
    return [int(firm) for firm in np.flatnonzero(problem.firms.must & (plan.measure == WAITS))]


def broken_orders(problem: Problem, start: Ints, names: Names, of: int | None = None) -> Iterator[Message]:
    """The orders that starts break; with `of` those of one firm only."""
    orders = problem.orders
    first, then = start[orders.first], start[orders.then]
    broken = (then != WAITS) & ((first == WAITS) | (then < first + orders.gap))
    if of is not None:
        broken &= (orders.first == of) | (orders.then == of)
    for k in np.flatnonzero(broken).tolist():
        one, other = int(orders.first[k]), int(orders.then[k])
        fields: dict[str, object] = {
            "first": firm_words(problem, one, names),
            "then": firm_words(problem, other, names),
        }
        fields["later"] = problem.starts[start[other]]
        if start[one] == WAITS:
            yield msg("{then}定于 {later} 开始，应排在它之前的{first}却在等待。", **fields)
        else:
            fields["earlier"] = problem.starts[start[one]]
            yield _too_early(int(orders.gap[k]), fields)


def _too_early(gap: int, fields: dict[str, object]) -> Message:
    if gap:
        return msg(
            "{then}定于 {later} 开始，应比 {earlier} 开始的{first}至少晚 {gap} 期。", gap=gap, **fields
        )
    return msg("{then}定于 {later} 开始，不应早于 {earlier} 开始的{first}。", **fields)
