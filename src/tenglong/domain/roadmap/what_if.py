"""What if a budget or a capacity were another: the same problem with other bounds, solved again from what is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.adjusting import changed_firms
from tenglong.domain.roadmap.checking import arrivals, certified_bound, check, worth_of
from tenglong.domain.roadmap.infeasible.child import contradiction
from tenglong.domain.roadmap.infeasible.wording import relaxation_in_words, rules_in_words
from tenglong.domain.roadmap.plans import Plan, Reason, Solution, Status
from tenglong.domain.roadmap.problems import Limit, Problem
from tenglong.domain.roadmap.solvers.child import Progress
from tenglong.domain.roadmap.solvers.choose import solve, solve_aims
from tenglong.domain.roadmap.stability import STABILITY
from tenglong.domain.roadmap.wording import Names, Worth, amount_label, limit_words, said

SECONDS_FOR_REASONS = 20.0
"""How long to look for the limits that contradict each other, where there is no plan."""


@dataclass(frozen=True)
class Change:
    """A limit with another bound, in the unit of its amount, or with a bound larger by a share (negative: smaller)."""

    limit: str
    bound: Decimal | None = None
    share: Decimal | None = None


@dataclass(frozen=True)
class WhatIf:
    """The changed problem (of its last aim, as a plan file names it), its solution, and what differs in sentences."""

    problem: Problem
    solution: Solution
    sentences: tuple[Message, ...]


def changed(problem: Problem, changes: Sequence[Change]) -> Problem:
    """The problem with other bounds; a bound is rounded to the whole numbers that it allows.

    Raises:
        BadValue: there is no such limit, or a change states neither or both of bound and share.
    """
    place = {limit.id: number for number, limit in enumerate(problem.limits)}
    limits = list(problem.limits)
    for change in changes:
        if change.limit not in place:
            raise BadValue(msg("问题中没有编号为“{id}”的限制，请从列表中选择。", id=change.limit))
        number = place[change.limit]
        limits[number] = replace(limits[number], bound=_bound(problem, limits[number], change))
    return replace(problem, limits=tuple(limits), digest="")


def of_amount(problem: Problem, amount: str, share: Decimal) -> tuple[Change, ...]:
    """All capacities of an amount changed by the same share: a tenth less money in every month and in all."""
    return tuple(
        Change(limit.id, share=share)
        for limit in problem.limits
        if limit.at_most and problem.amounts[limit.amount].id == amount
    )


def what_if(
    problem: Problem,
    solution: Solution,
    changes: Sequence[Change],
    seconds: float | None = None,
    *,
    seed: int = 0,
    work: float | None = None,
    gap: float = 0.0,
    names: Names | None = None,
    on_progress: Progress | None = None,
) -> WhatIf:
    """The problem with the changes, solved from what the solution knows; the solution must have a plan.

    With several aims `problem` may be that of the first or of the last one: all aims are followed again.

    Raises:
        BadValue: as `changed`.
    """
    assert solution.plan is not None
    names, first = names or Names(), from_first_aim(problem)
    asked = changed(first, changes)
    options: dict[str, Any] = {"seed": seed, "work": work, "gap": gap, "on_progress": on_progress}
    if len(asked.aims) == 1:
        found = with_known(asked, solve(asked, seconds=seconds, known=solution, **options), solution)
        answered = asked
    else:
        answered, found = solve_aims(asked, seconds=seconds, known=solution, **options)
    sentences = _change_sentences(first, asked, changes, names)
    if found.plan is None:
        sentences += _impossible(asked, found, names)
    else:
        sentences += _differences(first, solution, answered, found)
    return WhatIf(answered, found, tuple(sentences))


def from_first_aim(problem: Problem) -> Problem:
    """The problem before any of its aims was kept."""
    return replace(problem, aims=(*(floor.aim for floor in problem.floors), *problem.aims), floors=())


def with_known(problem: Problem, found: Solution, known: Solution) -> Solution:
    """What was found, unless an earlier plan or certificate is better for this problem of one aim."""
    plan, certificate = found.plan, found.certificate
    old = known.plan
    if old is not None and (plan is None or plan.value < old.value) and check(problem, old) == ():
        plan = old
    if known.certificate is not None and len(known.certificate.limits) == len(problem.limits):
        bound = certified_bound(problem, known.certificate)
        if bound is not None and (certificate is None or bound < certificate.bound):
            certificate = known.certificate.without_tree(bound)
    if plan is found.plan and certificate is found.certificate:
        return found
    better = replace(found, plan=plan, certificate=certificate)
    if plan is not None and certificate is not None and plan.value == certificate.bound:
        return replace(better, status=Status.OPTIMAL, reason=Reason.CERTIFIED)
    return better if found.plan is not None or plan is None else replace(better, status=Status.FEASIBLE)


def totals(problem: Problem, plan: Plan) -> dict[str, Decimal]:
    """What a plan brings and takes in all, by amount, in their units."""
    arrived = arrivals(problem, plan)
    return {
        amount.id: amount.natural(int(arrived.value[arrived.amount == number].sum()))
        for number, amount in enumerate(problem.amounts)
    }


def _bound(problem: Problem, limit: Limit, change: Change) -> int:
    if (change.bound is None) == (change.share is None):
        raise BadValue(msg("限制“{id}”的假设应填写新的数量或增减比例，且只填一项。", id=change.limit))
    if change.bound is not None:
        new = Fraction(change.bound) * 10 ** problem.amounts[limit.amount].places
    else:
        new = limit.bound * (1 + Fraction(change.share or 0))
    return floor(new) if limit.at_most else ceil(new)


def _change_sentences(
    before: Problem, after: Problem, changes: Sequence[Change], names: Names
) -> list[Message]:
    """What is assumed: one sentence for all limits of an amount that change by the same share."""
    place = {limit.id: number for number, limit in enumerate(before.limits)}
    alike: dict[tuple[int, bool, Decimal | None], list[int]] = {}
    for change in changes:
        limit = before.limits[place[change.limit]]
        alike.setdefault((limit.amount, limit.at_most, change.share), []).append(place[change.limit])
    sentences = []
    for (amount, at_most, share), numbers in alike.items():
        if share is None or len(numbers) == 1:
            sentences += [_change_sentence(before, after, number, names) for number in numbers]
        else:
            sentences.append(_share_sentence(before.amounts[amount].id, at_most, share, len(numbers)))
    return sentences


def _share_sentence(amount: str, at_most: bool, share: Decimal, count: int) -> Message:
    fields = {"amount": amount_label(amount), "count": count, "share": said((1 + share) * 100)}
    if at_most:
        return msg("假设{amount}的 {count} 项上限都改为原来的 {share}%。", **fields)
    return msg("假设{amount}的 {count} 项目标都改为原来的 {share}%。", **fields)


def _change_sentence(before: Problem, after: Problem, number: int, names: Names) -> Message:
    amount = before.amounts[before.limits[number].amount]
    old, new = (said(amount.natural(one.limits[number].bound)) for one in (before, after))
    fields = {"limit": limit_words(before, number, names), "old": old, "new": new, "unit": amount.unit}
    if before.limits[number].at_most:
        return msg("假设{limit}的上限由 {old}{unit} 改为 {new}{unit}。", **fields)
    return msg("假设{limit}的目标由 {old}{unit} 改为 {new}{unit}。", **fields)


def _impossible(asked: Problem, found: Solution, names: Names) -> list[Message]:
    """That there is no plan, which limits contradict each other, and what is cheapest to change."""
    reasons = contradiction(asked, SECONDS_FOR_REASONS)
    proven = found.status == Status.INFEASIBLE or reasons.rules is not None
    if not proven and not reasons.relaxation:
        return [msg("限定时间内没有找到可行方案，请给更多时间再算。")]
    sentences = [msg("在此假设下没有可行方案。")] if proven else [msg("限定时间内没有找到可行方案。")]
    if reasons.rules is not None:
        sentences += rules_in_words(asked, reasons.rules, names)
    if reasons.relaxation:
        sentences.append(msg("代价最小的放宽："))
        sentences += [relaxation_in_words(asked, one, names) for one in reasons.relaxation]
    return sentences


def _differences(first: Problem, known: Solution, answered: Problem, found: Solution) -> list[Message]:
    """What changes, from the plan to the amounts."""
    assert known.plan is not None and found.plan is not None
    sentences = [_aim_sentence(first, known.plan, found.plan, number) for number in range(len(first.aims))]
    if len(first.aims) == 1:
        sentences.append(_certified(first, known, found))
    old, new = totals(first, known.plan), totals(answered, found.plan)
    for amount in first.amounts:
        if old[amount.id] != new[amount.id] and amount.id != STABILITY:
            sentences.append(_amount_sentence(amount.id, amount.unit, old[amount.id], new[amount.id]))
    count = len(changed_firms(known.plan, found.plan))
    return [*sentences, msg("{count} 家企业的措施或日期随之改变。", count=count)]


def _aim_sentence(problem: Problem, old: Plan, new: Plan, aim: int) -> Message:
    """How one aim changes; `old` is told in the words that suit it."""
    about = replace(problem, aims=problem.aims[aim:], floors=())
    before, after = (worth_of(about.aim.worth, arrivals(problem, plan)) for plan in (old, new))
    worth = Worth.of(about, old)
    fields = {"before": worth.total(before), "after": worth.total(after)}
    if after == before:
        return msg("方案仍为{after}。", **fields)
    change = worth.more(after - before) if after > before else worth.less(before - after)
    return msg("方案由{before}变为{after}，{change}。", change=change, **fields)


def _certified(problem: Problem, known: Solution, found: Solution) -> Message:
    """What the two certificates prove about the best plans before and after."""
    assert known.plan is not None and found.plan is not None
    if known.certificate is None or found.certificate is None:
        return msg("缺少证书，不能证明这一变化对最好方案的影响。")
    worth = Worth.of(problem, known.plan)
    least, most = found.plan.value - known.certificate.bound, found.certificate.bound - known.plan.value
    fields = {
        "least": worth.more(least) if least >= 0 else worth.less(-least),
        "most": worth.more(most) if most >= 0 else worth.less(-most),
    }
    return msg("两份证书证明：最好的方案因此变化在“{least}”与“{most}”之间。", **fields)


def _amount_sentence(id: str, unit: str, old: Decimal, new: Decimal) -> Message:
    fields = {"amount": amount_label(id), "old": said(old), "new": said(new), "unit": unit}
    if new > old:
        return msg("{amount}由 {old}{unit} 增至 {new}{unit}，增加 {by}{unit}。", by=said(new - old), **fields)
    return msg("{amount}由 {old}{unit} 减至 {new}{unit}，减少 {by}{unit}。", by=said(old - new), **fields)
