"""Why a firm has its measure and date, and what each other option would cost (docs/algorithms/roadmap.md 7.1).

Two statements about an option: what the best plan with it is worth at most, which the certificate proves; and what this
plan would lose if the firm switched now and nobody else changed, with the limits that this would break.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.breaches import broken_orders, floor_breach, limit_breach, limit_totals
from tenglong.domain.roadmap.checking import Arrived, arrivals, worth_of
from tenglong.domain.roadmap.followers import following, settle
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import WAITS, Ints, Problem
from tenglong.domain.roadmap.wording import Names, Worth, firm_words, limit_words, option_words, said

# The options of one firm under the prices of a certificate, as whole numbers (docs/algorithms/roadmap.md
# 4.2, 7.1).
#
# What an option is worth under prices is its value less what it takes from limits times their prices.
# L(prices) takes the best option of each firm, so a plan that holds an option which is worse by `loss` is
# worth at most L(prices) - `loss`.


@dataclass(frozen=True)
class PricedOption:
    """An option (both `WAITS`: waiting) in stored units: its value, and what it adds to each limit that it touches.

    `paid` is what it pays to limits, earlier aims and orders, `worth` = value - paid. `alone` says whether it keeps
    every at_most limit all alone: no feasible plan holds it otherwise.
    """

    measure: int
    start: int
    value: int
    use: dict[int, int]
    paid: Fraction
    alone: bool

    @property
    def worth(self) -> Fraction:
        """The value under the prices."""
        return self.value - self.paid


def priced_options(problem: Problem, certificate: Certificate, firm: int) -> list[PricedOption]:
    """All options of a firm, waiting first unless it must start."""
    found = [] if problem.firms.must[firm] else [(WAITS, WAITS)]
    found += [
        (measure, start)
        for measure in problem.measures_of(firm)
        for start in range(int(problem.measures.first[measure]), int(problem.measures.last[measure]) + 1)
    ]
    pricing = _Pricing(problem, certificate, firm)
    return [pricing.option(measure, start) for measure, start in found]


def limit_uses(problem: Problem, firm: int, measure: int, start: int) -> dict[int, int]:
    """What an option adds to each limit that it touches, in stored units."""
    parts = [] if measure == WAITS else list(problem.parts_of(measure, start))
    return _uses(problem, _limits_on(problem, firm), parts)


def _limits_on(problem: Problem, firm: int) -> list[int]:
    """The limits that a firm counts for: a look at its own tags, where `Limit.firms` looks at columns."""
    codes = {key: int(tag.codes[firm]) for key, tag in problem.firms.tags.items()}
    own = {key: problem.firms.tags[key].names[code] for key, code in codes.items() if code >= 0}
    return [
        number
        for number, limit in enumerate(problem.limits)
        if all(own.get(key) in values for key, values in limit.where)
    ]


def _uses(problem: Problem, limits: list[int], parts: list[tuple[int, int, int]]) -> dict[int, int]:
    found = {}
    for number in limits:
        limit = problem.limits[number]
        used = sum(
            quantity
            for amount, period, quantity in parts
            if amount == limit.amount and limit.first <= period <= limit.last
        )
        if used:
            found[number] = used
    return found


class _Pricing:
    """One firm: the limits and the prices of orders that are about it."""

    def __init__(self, problem: Problem, certificate: Certificate, firm: int):
        self._problem, self._certificate = problem, certificate
        self._limits = _limits_on(problem, firm)
        orders = problem.orders
        begin = {int(k): int(orders.gap[k]) for k in np.flatnonzero(orders.first == firm)}
        then = set(np.flatnonzero(orders.then == firm).tolist())
        some = [row for row in certificate.orders if row[0] in begin or row[0] in then]
        self._pays = [(period, price) for order, period, price in some if order in then]
        self._earns = [(period - begin[order], price) for order, period, price in some if order in begin]

    def option(self, measure: int, start: int) -> PricedOption:
        """An option with what it pays."""
        problem, certificate = self._problem, self._certificate
        parts = [] if measure == WAITS else list(problem.parts_of(measure, start))
        use, alone, paid = _uses(problem, self._limits, parts), True, self._paid_to_orders(start)
        for number, used in use.items():
            limit = problem.limits[number]
            paid += certificate.limits[number] * (used if limit.at_most else -used)
            alone &= not limit.at_most or used <= limit.bound
        for price, floor in zip(certificate.floors, problem.floors, strict=True):
            paid -= price * _worth(floor.aim.worth, parts)
        share = Fraction(paid, certificate.denominator)
        return PricedOption(measure, start, _worth(problem.aim.worth, parts), use, share, alone)

    def _paid_to_orders(self, start: int) -> int:
        """What a start pays for coming before others, less what it earns by letting others start."""
        if start == WAITS:
            return 0
        paid = sum(price for period, price in self._pays if start <= period)
        return paid - sum(price for period, price in self._earns if start <= period)


def _worth(worth: Ints, parts: list[tuple[int, int, int]]) -> int:
    return sum(int(worth[amount, period]) * quantity for amount, period, quantity in parts)


def most_with(options: list[PricedOption], option: PricedOption, certificate: Certificate) -> int | None:
    """No plan that holds the option of this firm is worth more; None: no feasible plan holds it at all.

    The certificate states L(prices) without its fraction, so the largest fraction is assumed.
    """
    if not option.alone:
        return None
    best = max(one.worth for one in options if one.alone)
    below = certificate.denominator
    most = certificate.priced + Fraction(below - 1, below) - (best - option.worth)
    return most.numerator // most.denominator


@dataclass(frozen=True)
class Paid:
    """What an option takes from a scarce limit, in the unit of its amount, and what that is worth under the price."""

    limit: str
    label: Message
    used: Fraction
    unit: str
    value: Fraction


@dataclass(frozen=True)
class OptionExplained:
    """One option of a firm. Numbers are exact, in units of the aim; `start` counts from 1, None: it waits.

    `net` is the value less what is paid. No plan with this option is worth more than `most_with` (None: no feasible
    plan holds it), so choosing it costs the plan at least `loss_at_least`. If only this firm switched, the plan would
    lose `loss_now` (negative: gain) and break what `breaks` says.
    """

    measure: str
    start: int | None
    start_on: date | None
    value: Fraction
    paid: tuple[Paid, ...]
    net: Fraction
    most_with: Fraction | None
    loss_at_least: Fraction | None
    loss_now: Fraction
    breaks: tuple[Message, ...]
    label: Message
    sentence: Message


@dataclass(frozen=True)
class FirmExplanation:
    """The chosen option, the others by what they are worth under the prices (best first), and the reasons."""

    firm: str
    chosen: OptionExplained
    alternatives: tuple[OptionExplained, ...]
    sentences: tuple[Message, ...]


def explain_firm(
    problem: Problem, plan: Plan, certificate: Certificate, firm: int, names: Names | None = None
) -> FirmExplanation:
    """Why the firm with this index has its option in a feasible plan, and what its others would cost."""
    explainer = _Explainer(problem, plan, certificate, names or Names(), firm)
    ranked = sorted(explainer.options, key=lambda one: (not one.alone, -one.worth))
    chosen = next(one for one in ranked if explainer.is_chosen(one))
    others = [one for one in ranked if one is not chosen]
    told = explainer.explained(chosen)
    alternatives = tuple(explainer.explained(one) for one in others)
    sentences = explainer.reasons(chosen, others, told, alternatives)
    return FirmExplanation(problem.firms.ids[firm], told, alternatives, sentences)


class _Explainer:
    """One firm in one plan."""

    def __init__(
        self, problem: Problem, plan: Plan, certificate: Certificate, names: Names, firm: int
    ):  # everything that the options of a firm are told from
        self.problem, self.plan, self.certificate, self.names, self.firm = (
            problem,
            plan,
            certificate,
            names,
            firm,
        )
        self.options = priced_options(problem, certificate, firm)
        arrived = arrivals(problem, plan)
        self.totals = limit_totals(problem, arrived)
        self.kept = [worth_of(floor.aim.worth, arrived) for floor in problem.floors]
        self.worth = Worth.of(problem, plan)
        self.following = [one for one in following(problem, [firm]) if one != firm]

    def is_chosen(self, one: PricedOption) -> bool:
        """Whether the plan holds this option."""
        return (one.measure, one.start) == (self.plan.measure[self.firm], self.plan.start[self.firm])

    def explained(self, one: PricedOption) -> OptionExplained:
        """An option in words and numbers."""
        problem, worth = self.problem, self.worth
        most = most_with(self.options, one, self.certificate)
        least = None if most is None else max(0, self.plan.value - most)
        loss, breaks = self._switched(one)
        waits = one.measure == WAITS
        label = option_words(problem, one.measure, one.start, self.names)
        return OptionExplained(
            measure="" if waits else problem.measures.names[problem.measures.name[one.measure]],
            start=None if waits else one.start + 1,
            start_on=None if waits else problem.starts[one.start],
            value=worth.natural(one.value),
            paid=self._paid(one),
            net=worth.natural(one.worth),
            most_with=None if most is None else worth.natural(most),
            loss_at_least=None if least is None else worth.natural(least),
            loss_now=worth.natural(loss),
            breaks=breaks,
            label=label,
            sentence=self._sentence(label, least, loss, breaks),
        )

    def _paid(self, one: PricedOption) -> tuple[Paid, ...]:
        """What it pays to limits, the most first; earlier aims and orders are told by the net value only."""
        found, below = [], self.certificate.denominator
        for number, (limit, price) in enumerate(
            zip(self.problem.limits, self.certificate.limits, strict=True)
        ):
            used = one.use.get(number, 0)
            if price and used:
                amount = self.problem.amounts[limit.amount]
                value = Fraction(price * used if limit.at_most else -price * used, below)
                label = limit_words(self.problem, number, self.names)
                natural = Fraction(used, 10**amount.places)
                found.append(Paid(limit.id, label, natural, amount.unit, self.worth.natural(value)))
        return tuple(sorted(found, key=lambda paid: -paid.value))

    def _switched(self, one: PricedOption) -> tuple[int, tuple[Message, ...]]:
        """What the plan loses if only this firm switches, and what that breaks."""
        problem = self.problem
        measure, start = self.plan.measure.copy(), self.plan.start.copy()
        measure[self.firm], start[self.firm] = one.measure, one.start
        settle(problem, measure, start, self.following)
        moved = [one for one in self.following if start[one] != self.plan.start[one]]
        before = _brought(problem, self.plan.measure, self.plan.start, [self.firm, *moved])
        after = _brought(problem, measure, start, [self.firm, *moved])
        loss = worth_of(problem.aim.worth, before) - worth_of(problem.aim.worth, after)
        kept = [
            value + worth_of(floor.aim.worth, after) - worth_of(floor.aim.worth, before)
            for floor, value in zip(problem.floors, self.kept, strict=True)
        ]
        change = self._change(measure, start, [self.firm, *moved])
        found = [
            limit_breach(problem, number, self.totals[number] + by, self.names)
            for number, by in sorted(change.items())
            if by
        ]
        found += [floor_breach(problem, number, value) for number, value in enumerate(kept)]
        orders = broken_orders(problem, start, self.names, of=self.firm)
        return loss, (*(sentence for sentence in found if sentence), *orders)

    def _change(self, measure: Ints, start: Ints, firms: list[int]) -> dict[int, int]:
        """By how much the sums of limits change when these firms do."""
        change: dict[int, int] = {}
        for firm in firms:
            for options, sign in (((self.plan.measure, self.plan.start), -1), ((measure, start), 1)):
                used = limit_uses(self.problem, firm, int(options[0][firm]), int(options[1][firm]))
                for number, amount in used.items():
                    change[number] = change.get(number, 0) + sign * amount
        return change

    def _sentence(self, label: Message, least: int | None, loss: int, breaks: tuple[Message, ...]) -> Message:
        """What choosing an option would mean."""
        if least is None:
            return msg("{option}：单独这一项就会超出限制，任何可行方案都不能采用。", option=label)
        cost = (
            msg("无论如何调整其他企业，方案至少会{loss}", loss=self.worth.less(least))
            if least
            else msg("其他企业跟着调整后，总成效可能不减")
        )
        if breaks:
            return msg(
                "{option}：{cost}；只改这一家现在不可行：{breaks}",
                option=label,
                cost=cost,
                breaks=_some(breaks),
            )
        if not loss:
            return msg("{option}：{cost}；只改这一家可行，方案价值不变。", option=label, cost=cost)
        change = self.worth.less(loss) if loss > 0 else self.worth.more(-loss)
        return msg("{option}：{cost}；只改这一家可行，方案{change}。", option=label, cost=cost, change=change)

    def reasons(
        self,
        chosen: PricedOption,
        others: list[PricedOption],
        told: OptionExplained,
        alternatives: tuple[OptionExplained, ...],
    ) -> tuple[Message, ...]:
        """Why the chosen option."""
        firm = firm_words(self.problem, self.firm, self.names)
        if not others:
            return (msg("{firm}只有一个选项：{option}。", firm=firm, option=told.label),)
        fields = {"firm": firm, "option": told.label, "value": self.worth.total(chosen.value)}
        found = [msg("{firm}：{option}，{value}{prices}。", prices=_balance(told), **fields)]
        parts = tuple(_part(paid) for paid in told.paid[:_MOST_PARTS] if said(paid.value))
        if parts:
            found.append(msg("其中：{parts}。", parts=_joined(parts, "；")))
        better = [
            one
            for one, other in zip(alternatives, others, strict=True)
            if other.alone and other.worth > chosen.worth
        ]
        if better:
            found.append(self._not_the_best(told, better[0]))
        elif others[0].alone:
            found.append(_next_best(alternatives[0], told.net - alternatives[0].net))
        else:
            found.append(msg("这是最好的选项，其余选项单独就会超出限制。"))
        return (*found, *(one.sentence for one in _one_of_each(alternatives)))

    def _not_the_best(self, told: OptionExplained, better: OptionExplained) -> Message:
        by = said(better.net - told.net)
        fields = {"option": better.label, "by": by}
        if not by:
            return msg("单看这一家，{option}几乎同样好。", **fields)
        if better.breaks:
            return msg(
                "单看这一家，{option}还多得 {by} 分，但换成它会突破限制：{why}",
                why=_some(better.breaks),
                **fields,
            )
        return msg("单看这一家，{option}还多得 {by} 分，但各家合起来不如现在的安排。", **fields)


_MOST_PARTS, _MOST_BREAKS = 3, 3


def _balance(told: OptionExplained) -> Message | str:
    """What an option pays and earns under the prices, down to its net value; nothing where no price touches it."""
    taken = sum((paid.value for paid in told.paid if paid.value > 0), Fraction(0))
    given = -sum((paid.value for paid in told.paid if paid.value < 0), Fraction(0))
    others = told.value - told.net - taken + given
    parts = [
        msg("，占用的紧张资源折算 {x}", x=said(taken)) if said(taken) else "",
        msg("，对目标的贡献折算 {x}", x=said(given)) if said(given) else "",
        msg("，受先后次序限制折算 {x}", x=said(others)) if said(others) > 0 else "",
        msg("，使排在后面的能够启动折算 {x}", x=said(-others)) if said(others) < 0 else "",
    ]
    some = tuple(part for part in parts if isinstance(part, Message))
    return _joined((*some, msg("，扣去后得 {net} 分", net=said(told.net)))) if some else ""


def _brought(problem: Problem, measure: Ints, start: Ints, firms: list[int]) -> Arrived:
    """What these firms bring and take."""
    plan = Plan.waiting(len(problem.firms))
    plan.measure[firms], plan.start[firms] = measure[firms], start[firms]
    return arrivals(problem, plan)


def _part(paid: Paid) -> Message:
    fields = {"limit": paid.label, "used": said(paid.used), "unit": paid.unit, "value": said(abs(paid.value))}
    if paid.value < 0:
        return msg("为{limit}贡献 {used}{unit}，折算 {value}", **fields)
    return msg("占用{limit} {used}{unit}，折算 {value}", **fields)


def _next_best(option: OptionExplained, by: Fraction) -> Message:
    if not said(by):
        return msg("扣去占用的紧张资源，这是最好的选项；{option}几乎同样好。", option=option.label)
    return msg(
        "扣去占用的紧张资源，这是最好的选项；其次是{option}，少得 {by} 分。", option=option.label, by=said(by)
    )


def _one_of_each(alternatives: tuple[OptionExplained, ...]) -> list[OptionExplained]:
    """The best alternative of each measure, and waiting."""
    found: dict[str, OptionExplained] = {}
    for one in alternatives:
        found.setdefault(one.measure, one)
    return list(found.values())


def _some(breaks: tuple[Message, ...]) -> Message:
    """The first of what breaks, and how much more there is."""
    more = len(breaks) - _MOST_BREAKS
    if more <= 0:
        return _joined(breaks)
    return msg("{first}另有 {count} 项。", first=_joined(breaks[:_MOST_BREAKS]), count=more)


def _joined(messages: tuple[Message, ...], between: str = "") -> Message:
    found = messages[-1]
    for one in reversed(messages[:-1]):
        found = msg("{first}{between}{rest}", first=one, between=between, rest=found)
    return found
