"""What more of a scarce limit would bring and less of it would cost, in words (docs/algorithms/roadmap.md 7.2).

A price is the slope of the bound. What a step may bring at most, and must cost at least, follows from the certificate:
the same prices prove a bound for the changed problem.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.checking_bound import certified_bound
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import Limit, Problem
from tenglong.domain.roadmap.wording import Names, amount_step, limit_words, said
from tenglong.domain.roadmap.wording_worth import Worth


@dataclass(frozen=True)
class ShadowPrice:
    """The price of a limit with its meaning. Values are exact, in units of the aim; `step` in the unit of the amount.

    Easing the limit by one step brings about `per_step`, and no plan is then better than this one by more than
    `gain_at_most`; tightening it costs about `per_step` too, and at least `loss_at_least`.
    """

    limit: str
    label: Message
    unit: str
    per_unit: Fraction
    step: Decimal
    per_step: Fraction
    gain_at_most: Fraction
    loss_at_least: Fraction
    sentences: tuple[Message, ...]


def shadow_prices(
    problem: Problem, plan: Plan, certificate: Certificate, names: Names | None = None
) -> tuple[ShadowPrice, ...]:
    """The limits with a price, the one whose step matters most first."""
    worth = Worth.of(problem, plan)
    found = [
        _priced(problem, plan, certificate, number, (names or Names(), worth))
        for number, price in enumerate(certificate.limits)
        if price
    ]
    return tuple(sorted(found, key=lambda one: -one.per_step))


def eased(problem: Problem, number: int, by: int) -> Problem:
    """The problem in which a limit is eased by so many stored units (negative: tightened)."""
    limit = problem.limits[number]
    bound = limit.bound + by if limit.at_most else limit.bound - by
    limits = list(problem.limits)
    limits[number] = replace(limit, bound=bound)
    return replace(problem, limits=tuple(limits))


def bound_when_eased(problem: Problem, certificate: Certificate, number: int, by: int) -> int:
    """No plan is worth more once a limit is eased by so many stored units.

    The bound moves by price × step, unless a wider limit lets in options that broke it all alone: then it is computed
    again. The certificate states its bound without a fraction, so the largest is assumed.
    """
    if by > 0 and problem.limits[number].at_most and _lets_in(problem, number):
        again = certified_bound(eased(problem, number, by), certificate)
        if again is not None:
            return again
    below = certificate.denominator
    return (certificate.bound * below + below - 1 + certificate.limits[number] * by) // below


def _lets_in(problem: Problem, number: int) -> bool:
    """Whether some measure may break the limit all alone, however its parts fall into periods."""
    limit, parts = problem.limits[number], problem.parts
    mine = parts.amount == limit.amount
    owner = np.repeat(np.arange(len(problem.measures)), np.diff(problem.measures.part_start))
    total = np.bincount(owner[mine], parts.value[mine].astype(float), len(problem.measures))
    return bool(total.max(initial=0.0) > limit.bound)


def step_of(problem: Problem, limit: Limit) -> int:
    """The step, in stored units: what one talks about, but at most about a tenth of the limit."""
    amount = problem.amounts[limit.amount]
    step = int(amount_step(amount.id).scaleb(amount.places))
    while step >= 10 and step > abs(limit.bound) > 0:
        step //= 10
    return max(1, step)


def _priced(
    problem: Problem, plan: Plan, certificate: Certificate, number: int, words: tuple[Names, Worth]
) -> ShadowPrice:
    limit, (names, worth) = problem.limits[number], words
    amount, by = problem.amounts[limit.amount], step_of(problem, limit)
    price = certificate.price(number)
    most = bound_when_eased(problem, certificate, number, by) - plan.value
    least = max(0, plan.value - bound_when_eased(problem, certificate, number, -by))
    label = limit_words(problem, number, names)
    fields: dict[str, object] = {
        "limit": label,
        "step": said(amount.natural(by)),
        "unit": amount.unit,
        "gain": worth.more(price * by),
        "most": worth.more(most),
        "loss": worth.less(price * by),
        "least": worth.less(least),
    }
    missing = certificate.bound - plan.value
    told = _capacity(fields, proven=least > 0) if limit.at_most else _target(fields, proven=least > 0)
    sentences = (*told, _reach(worth, price * by, missing))
    return ShadowPrice(
        limit=limit.id,
        label=label,
        unit=amount.unit,
        per_unit=worth.natural(price * 10**amount.places),
        step=amount.natural(by),
        per_step=worth.natural(price * by),
        gain_at_most=worth.natural(most),
        loss_at_least=worth.natural(least),
        sentences=sentences,
    )


def _capacity(fields: dict[str, object], *, proven: bool) -> tuple[Message, Message]:
    more = msg("{limit}每增加 {step}{unit}，约可{gain}，至多{most}。", **fields)
    if proven:
        return more, msg("{limit}每减少 {step}{unit}，约会{loss}，至少{least}。", **fields)
    return more, msg("{limit}每减少 {step}{unit}，约会{loss}。", **fields)


def _target(fields: dict[str, object], *, proven: bool) -> tuple[Message, Message]:
    more = msg("{limit}目标每降低 {step}{unit}，约可{gain}，至多{most}。", **fields)
    if proven:
        return more, msg("{limit}目标每提高 {step}{unit}，约会{loss}，至少{least}。", **fields)
    return more, msg("{limit}目标每提高 {step}{unit}，约会{loss}。", **fields)


def _reach(worth: Worth, effect: Fraction, missing: int) -> Message:
    """How far the estimate may be trusted."""
    if effect <= missing:
        gap = worth.more(missing)
        return msg(
            "这是边际估计，且小于方案与上界之间尚未证明的差距（至多{gap}），只宜用来比较轻重，实际效果请用假设分析重算。",
            gap=gap,
        )
    return msg(
        "这是边际估计：增加越多，每一份带来的越少；减少越多，每一份损失的越多。变动较大时请用假设分析重算。"
    )
