"""A contradiction and the cheapest way out in words that name limits by label and date, firms by name (6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.explanation import limit_uses
from tenglong.domain.roadmap.infeasible.rules import Relaxation, Rules
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.wording import Names, firm_words, limit_words, said

MOST_NAMED = 3
"""So many rules of one kind are told one by one; more are counted."""


@dataclass(frozen=True)
class Bound:
    """What is decided before a plan: firms with a signed contract, and by limit on money what is gone of it."""

    signed: frozenset[str] = frozenset()
    gone: Mapping[str, Decimal] = field(default_factory=dict)


def rules_in_words(
    problem: Problem, rules: Rules | None, names: Names, bound: Bound | None = None
) -> tuple[Message, ...]:
    """The contradiction as a person would tell it: what contracts take and what there is; else a headline, then each
    kind of rule."""
    if rules is None:
        return (msg("没有可行方案；在限定时间内没有找出是哪些限制互相矛盾。"),)
    bound = bound or Bound()
    if short := _contracts_take_more(problem, rules, names, bound):
        return (short,)
    told = tuple(_rules(problem, rules, names, bound))
    return (msg("以下 {count} 项不能同时满足，去掉其中任何一项，其余就能满足：", count=len(told)), *told)


def _contracts_take_more(problem: Problem, rules: Rules, names: Names, bound: Bound) -> Message | None:
    """One sentence where contracts that are signed take more of one limit than there is, whatever is planned."""
    if len(rules.limits) != 1 or rules.orders or rules.limits[0] >= len(problem.limits):
        return None
    signed = [firm for firm, id in enumerate(problem.firms.ids) if id in bound.signed]
    if not set(rules.must) <= set(signed):
        return None
    (number,) = rules.limits
    limit = problem.limits[number]
    amount = problem.amounts[limit.amount]
    gone = bound.gone.get(limit.id, Decimal(0))
    there = amount.natural(limit.bound) + gone
    due = amount.natural(sum(_least_use(problem, firm, number) for firm in signed)) + gone
    if not limit.at_most or due <= there:
        return None
    fields = {"limit": limit_words(problem, number, names), "unit": amount.unit}
    numbers = {"due": said(due), "gone": said(gone), "there": said(there), "by": said(due - there)}
    if gone:
        return msg(
            "{limit}：已付和已签合同到期应付共 {due}{unit}（其中已付和已办结企业待付 {gone}{unit}），"
            "只有 {there}{unit}，缺 {by}{unit}。",
            **fields,
            **numbers,
        )
    return msg("{limit}：已签合同要用 {due}{unit}，只有 {there}{unit}，缺 {by}{unit}。", **fields, **numbers)


def _least_use(problem: Problem, firm: int, number: int) -> int:
    """What the option of a firm that has only one takes of a limit; of several the least."""
    measures = problem.measures
    return min(
        (
            limit_uses(problem, firm, measure, start).get(number, 0)
            for measure in problem.measures_of(firm)
            for start in range(int(measures.first[measure]), int(measures.last[measure]) + 1)
        ),
        default=0,
    )


def _rules(problem: Problem, rules: Rules, names: Names, bound: Bound) -> Iterator[Message]:
    yield from _limits(problem, rules, names, bound)
    yield from _orders(problem, rules, names)
    signed = [firm for firm in rules.must if problem.firms.ids[firm] in bound.signed]
    if len(signed) > MOST_NAMED:
        yield msg("{count} 户已签合同，须按合同履行", count=len(signed))
    others = [firm for firm in rules.must if firm not in set(signed)]
    if len(others) > MOST_NAMED:
        first = firm_words(problem, others[0], names)
        yield msg("{count} 户必须启动（整区清零或指定了措施），如{first}", count=len(others), first=first)
    for few in (signed, others):
        if len(few) <= MOST_NAMED:
            for firm in few:
                yield msg("{firm}必须启动", firm=firm_words(problem, firm, names))


def _limits(problem: Problem, rules: Rules, names: Names, bound: Bound) -> Iterator[Message]:
    """The limits; those of one amount and the same firms in many periods as one."""
    alike: dict[Any, list[int]] = {}
    for number in rules.limits:
        same = number >= len(problem.limits)
        limit = None if same else problem.limits[number]
        alike.setdefault(limit and (limit.amount, limit.at_most), []).append(number)
    for key, numbers in alike.items():
        first, rest = _limit(problem, numbers[0], names, bound), len(numbers) - 1
        if key is None or rest < MOST_NAMED:
            yield from (_limit(problem, number, names, bound) for number in numbers)
        else:
            yield msg("{first}，以及同类限制 {rest} 项", first=first, rest=rest)


def _orders(problem: Problem, rules: Rules, names: Names) -> Iterator[Message]:
    told = [_order(problem, k, names) for k in rules.orders]
    if len(told) > MOST_NAMED:
        yield msg("{first}，以及同类先后次序 {rest} 项", first=told[0], rest=len(told) - 1)
    else:
        yield from told


def _order(problem: Problem, k: int, names: Names) -> Message:
    orders = problem.orders
    first, then = (firm_words(problem, int(one[k]), names) for one in (orders.first, orders.then))
    return msg("{then}不早于{first}之后 {gap} 期启动", then=then, first=first, gap=int(orders.gap[k]))


def _limit(problem: Problem, number: int, names: Names, bound: Bound) -> Message:
    if number >= len(problem.limits):
        floor = problem.floors[number - len(problem.limits)]
        return msg("前一目标 {name} 应保持的数值", name=floor.aim.name)
    limit = problem.limits[number]
    amount = problem.amounts[limit.amount]
    left, gone = amount.natural(limit.bound), bound.gone.get(limit.id, Decimal(0))
    fields = {"limit": limit_words(problem, number, names), "bound": said(left), "unit": amount.unit}
    if limit.at_most and gone:
        fields |= {"whole": said(left + gone), "gone": said(gone)}
        if left < 0:
            over = said(-left)
            return msg(
                "{limit}共 {whole}{unit}，已付和已办结企业待付 {gone}{unit}，已超出 {over}{unit}",
                over=over,
                **fields,
            )
        return msg(
            "{limit}至多再付 {bound}{unit}（共 {whole}{unit}，已付和已办结企业待付 {gone}{unit}）", **fields
        )
    if limit.at_most and left < 0:
        return msg("{limit}已没有余量，超出 {over}{unit}", over=said(-left), **fields)
    if limit.at_most:
        return msg("{limit}至多 {bound}{unit}", **fields)
    return msg("{limit}至少 {bound}{unit}", **fields)


def relaxation_in_words(
    problem: Problem, one: Relaxation, names: Names, bound: Bound | None = None
) -> Message:
    """A limit that is moved; one on money in all that there is, with what is gone of it."""
    limit = problem.limits[one.limit]
    amount = problem.amounts[limit.amount]
    gone = (bound or Bound()).gone.get(limit.id, Decimal(0))
    fields = {
        "limit": limit_words(problem, one.limit, names),
        "old": said(amount.natural(limit.bound) + gone),
        "new": said(amount.natural(new_bound(problem, one)) + gone),
        "unit": amount.unit,
    }
    if limit.at_most:
        return msg("{limit}由 {old}{unit} 提高到 {new}{unit}", **fields)
    return msg("{limit}由 {old}{unit} 降低到 {new}{unit}", **fields)


def new_bound(problem: Problem, one: Relaxation) -> int:
    """The bound after a relaxation, in stored units."""
    limit = problem.limits[one.limit]
    return limit.bound + one.by if limit.at_most else limit.bound - one.by
