"""A contradiction and the cheapest way out in words that name limits by label and date, firms by name (6)."""

from collections.abc import Iterator

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.infeasible.rules import Relaxation, Rules
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.wording import Names, firm_words, limit_words, said


def rules_in_words(problem: Problem, rules: Rules | None, names: Names) -> tuple[Message, ...]:
    """The contradiction: a headline, then each rule."""
    if rules is None:
        return (msg("没有可行方案；在限定时间内没有找出是哪些限制互相矛盾。"),)
    head = msg("以下 {count} 项不能同时满足，去掉其中任何一项，其余就能满足：", count=len(rules))
    return (head, *_rules(problem, rules, names))


def _rules(problem: Problem, rules: Rules, names: Names) -> Iterator[Message]:
    for number in rules.limits:
        yield _limit(problem, number, names)
    orders = problem.orders
    for k in rules.orders:
        first, then = (firm_words(problem, int(one[k]), names) for one in (orders.first, orders.then))
        yield msg("{then}不早于{first}之后 {gap} 期启动", then=then, first=first, gap=int(orders.gap[k]))
    for firm in rules.must:
        yield msg("{firm}必须启动", firm=firm_words(problem, firm, names))


def _limit(problem: Problem, number: int, names: Names) -> Message:
    if number >= len(problem.limits):
        floor = problem.floors[number - len(problem.limits)]
        return msg("前一目标 {name} 应保持的数值", name=floor.aim.name)
    limit = problem.limits[number]
    amount = problem.amounts[limit.amount]
    fields = {"limit": limit_words(problem, number, names), "bound": said(amount.natural(limit.bound))}
    if limit.at_most:
        return msg("{limit}至多 {bound}{unit}", unit=amount.unit, **fields)
    return msg("{limit}至少 {bound}{unit}", unit=amount.unit, **fields)


def relaxation_in_words(problem: Problem, one: Relaxation, names: Names) -> Message:
    """A limit that is moved."""
    limit = problem.limits[one.limit]
    amount = problem.amounts[limit.amount]
    new = new_bound(problem, one)
    fields = {
        "limit": limit_words(problem, one.limit, names),
        "old": said(amount.natural(limit.bound)),
        "new": said(amount.natural(new)),
        "unit": amount.unit,
    }
    if limit.at_most:
        return msg("{limit}由 {old}{unit} 提高到 {new}{unit}", **fields)
    return msg("{limit}由 {old}{unit} 降低到 {new}{unit}", **fields)


def new_bound(problem: Problem, one: Relaxation) -> int:
    """The bound after a relaxation, in stored units."""
    limit = problem.limits[one.limit]
    return limit.bound + one.by if limit.at_most else limit.bound - one.by
