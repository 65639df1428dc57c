"""Limits, orders, clearances and aims of a problem file, as the records of `problems` (2, 3)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np

from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.problems.columns import too_fine, unknown_amount
from tenglong.domain.roadmap.problems.format import (
    MOST_PERIODS,
    BenefitSpec,
    ClearanceSpec,
    CostSpec,
    Exact,
    LimitSpec,
    ProblemSpec,
    Where,
    wrong,
)
from tenglong.domain.roadmap.problems.problem import (
    ALWAYS,
    LARGEST,
    Aim,
    Amount,
    Firms,
    Flags,
    Limit,
    Measures,
    Orders,
    Parts,
    Problem,
    Tag,
    in_units,
    rounded,
)

WISHES = "clearance"
"""The amount, and the measure, by which a wish for clearance earns its bonus."""


def limits_of(spec: ProblemSpec, name: str, tags: Mapping[str, Tag]) -> tuple[Limit, ...]:
    """The limits; a capacity is rounded to the whole numbers that it allows. Raises BadFile."""
    seen: set[str] = set()
    found = []
    for one in spec.limits:
        key = f"limits[{one.id}]"
        if one.id in seen:
            raise wrong(name, key, msg("编号重复，请改名。"))
        seen.add(one.id)
        if one.amount not in spec.amounts:
            raise wrong(name, f"{key}.amount", unknown_amount(one.amount))
        if (one.at_most is None) == (one.at_least is None):
            raise wrong(name, key, msg("at_most 和 at_least 应写明一个，且只写一个。"))
        last = ALWAYS if one.until is None else one.until - 1
        if (
            one.from_ - 1 > last
            or one.from_ > len(spec.periods)
            or last != ALWAYS
            and last >= len(spec.periods)
        ):
            raise wrong(
                name,
                key,
                msg("from 不应晚于 until，until 不应超过期数 {periods}。", periods=len(spec.periods)),
            )
        where = _where(one.where, name, f"{key}.where", tags)
        amount = list(spec.amounts).index(one.amount)
        bound = _bound(one, spec.amounts[one.amount].decimals)
        cost = None if one.cost is None else Decimal(one.cost)
        found.append(Limit(one.id, amount, where, one.from_ - 1, last, one.at_most is not None, bound, cost))
    return tuple(found)


def _bound(one: LimitSpec, places: int) -> int:
    if one.at_most is not None:
        return floor(Fraction(one.at_most) * 10**places)
    assert one.at_least is not None
    return ceil(Fraction(one.at_least) * 10**places)


def _where(
    where: Where, name: str, key: str, tags: Mapping[str, Tag]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for tag, wanted in where.items():
        values = (wanted,) if isinstance(wanted, str) else wanted
        known = tags[tag].names if tag in tags else ()
        for value in values:
            if value not in known:
                said = msg("没有企业的标签“{tag}”是“{value}”，请核对拼写。", tag=tag, value=value)
                raise wrong(name, key, said)
        found.append((tag, values))
    return tuple(found)


def orders_of(spec: ProblemSpec, name: str, ids: tuple[str, ...]) -> Orders:
    """The orders, as indices of firms. Raises BadFile."""
    place = {id: number for number, id in enumerate(ids)} if spec.orders else {}
    for number, order in enumerate(spec.orders, 1):
        for key, id in (("first", order.first), ("then", order.then)):
            if id not in place:
                said = msg("firms 中没有编号为“{id}”的企业，请核对。", id=id)
                raise wrong(name, f"orders[{number}].{key}", said)
        if order.first == order.then:
            raise wrong(name, f"orders[{number}]", msg("first 和 then 不应是同一家企业。"))
    return Orders(
        np.array([place[one.first] for one in spec.orders], np.int32),
        np.array([place[one.then] for one in spec.orders], np.int32),
        np.array([one.gap for one in spec.orders], np.int16),
    )


def aims_of(spec: ProblemSpec, name: str, arrivals: int) -> tuple[Aim, ...]:
    """The aims, with the worth of each amount by period of arrival. Raises BadFile."""
    aims = spec.aim if isinstance(spec.aim, tuple) else (spec.aim,)
    return tuple(
        _benefit(spec, name, aim, arrivals)
        if isinstance(aim, BenefitSpec)
        else _cost(spec, name, aim, arrivals)
        for aim in aims
    )


def _benefit(spec: ProblemSpec, name: str, aim: BenefitSpec, arrivals: int) -> Aim:
    if not aim.discount:
        raise wrong(name, "aim.discount", msg("应大于 {limit}。", limit=0))
    for id in aim.weights:
        if id not in spec.amounts:
            raise wrong(name, f"aim.weights.{id}", unknown_amount(id))
    places = max((spec.amounts[id].decimals for id in aim.weights), default=0)
    worth = np.zeros((len(spec.amounts), arrivals), np.int64)
    for row, (id, amount) in enumerate(spec.amounts.items()):
        weight, discount = Fraction(aim.weights.get(id, 0)), Fraction(aim.discount)
        for period in range(arrivals if weight else 0):
            value = rounded(weight * discount**period * 10**aim.decimals) * 10 ** (places - amount.decimals)
            if abs(value) >= LARGEST:
                raise wrong(name, f"aim.weights.{id}", msg("权重过大，请减少小数位数或换用更大的单位。"))
            worth[row, period] = value
    return Aim(aim.name, worth, aim.decimals + places, Decimal(aim.tolerance))


def _cost(spec: ProblemSpec, name: str, aim: CostSpec, arrivals: int) -> Aim:
    if aim.amount not in spec.amounts:
        raise wrong(name, "aim.amount", unknown_amount(aim.amount))
    worth = np.zeros((len(spec.amounts), arrivals), np.int64)
    worth[list(spec.amounts).index(aim.amount)] = -1
    return Aim(aim.name, worth, spec.amounts[aim.amount].decimals, Decimal(aim.tolerance))


def with_clearances(problem: Problem, spec: ProblemSpec, name: str) -> Problem:
    """The problem with its clearances (2.3): starts that are too late are cut off and firms must start.

    A wish becomes a firm of its own that may start in the named period once all firms of the zone have: its only
    measure brings the bonus.
    """
    wishes: list[tuple[ClearanceSpec, Flags, int]] = []
    for one in spec.clearances:
        key = f"clearances[{one.id}]"
        where = _where(one.where, name, f"{key}.where", problem.firms.tags)
        if one.by > problem.periods:
            raise wrong(name, f"{key}.by", msg("不应超过期数 {periods}。", periods=problem.periods))
        chosen = Limit(one.id, 0, where, 0, 0, True, 0).firms(problem.firms.tags, 0, len(problem.firms))
        if not chosen.any():  # a wish would earn its bonus for nothing
            said = msg("没有企业同时符合这些标签，请核对，或删去这一项。")
            raise wrong(name, f"{key}.where", said)
        if one.bonus is None:
            problem = _cleared(problem, chosen, one.by - 1)
        else:
            wishes.append((one, chosen, valued(one.bonus, problem, name, f"{key}.bonus")))
    return _with_wishes(problem, wishes, name) if wishes else problem


def _cleared(problem: Problem, chosen: Flags, by: int) -> Problem:
    measures = problem.measures
    last = np.where(chosen[measures.firm], np.minimum(measures.last, by), measures.last).astype(np.int16)
    return replace(
        problem,
        firms=replace(problem.firms, must=problem.firms.must | chosen),
        measures=replace(measures, last=last),
    )


def valued(value: Exact, problem: Problem, name: str, key: str) -> int:
    """A number in stored units of the aim. Raises BadFile where it is not whole in them, or too large."""
    units = in_units(value, problem.aim.places)
    if units is None:
        raise wrong(name, key, too_fine(value, problem.aim.places))
    if units >= LARGEST // MOST_PERIODS:
        raise wrong(name, key, msg("价值合计过大，请减少小数位数。"))
    return units


def _with_wishes(problem: Problem, wishes: list[tuple[ClearanceSpec, Flags, int]], name: str) -> Problem:
    firms, measures, parts, orders = problem.firms, problem.measures, problem.parts, problem.orders
    count, start = len(wishes), np.array([one.by - 1 for one, _, _ in wishes], np.int16)
    numbers = np.arange(len(firms), len(firms) + count, dtype=np.int32)
    bonus = [units for _, _, units in wishes]
    before = [np.flatnonzero(chosen).astype(np.int32) for _, chosen, _ in wishes]
    ids = (*firms.ids, *(f"{WISHES}:{one.id}" for one, _, _ in wishes))
    if len(set(ids)) < len(ids):
        raise wrong(name, "clearances", msg("编号重复，请改名。"))
    after = np.repeat(numbers, [len(one) for one in before])
    small = np.zeros(count, np.int16)
    aims = tuple(
        replace(aim, worth=np.vstack([aim.worth, np.full((1, aim.worth.shape[1]), int(n == 0))]))
        for n, aim in enumerate(problem.aims)
    )
    return replace(
        problem,
        amounts=(*problem.amounts, Amount(WISHES, "", problem.aim.places, takes=False)),
        firms=Firms(
            ids,
            {
                key: replace(tag, codes=np.append(tag.codes, small - 1).astype(np.int32))
                for key, tag in firms.tags.items()
            },
            np.append(firms.must, small.astype(bool)),
            np.append(firms.measure_start, firms.measure_start[-1] + 1 + np.arange(count)),
        ),
        measures=Measures(
            np.append(measures.firm, numbers),
            np.append(measures.name, small + len(measures.names)).astype(np.int32),
            (*measures.names, WISHES),
            np.append(measures.first, start),
            np.append(measures.last, start),
            np.append(measures.part_start, measures.part_start[-1] + 1 + np.arange(count)),
        ),
        parts=Parts(
            np.append(parts.amount, small + len(problem.amounts)).astype(np.int16),
            np.append(parts.lag, small),
            np.append(parts.first, start),
            np.append(parts.last, start),
            np.append(parts.value, np.array(bonus, np.int64)),
        ),
        orders=Orders(
            np.concatenate([orders.first, *before]).astype(np.int32),
            np.append(orders.then, after).astype(np.int32),
            np.append(orders.gap, np.zeros(len(after))).astype(np.int16),
        ),
        aims=aims,
    )


def check_sizes(problem: Problem, name: str) -> None:
    """Raises BadFile where sums would not fit whole numbers of 64 bits, or a firm that must start has no measure."""
    total = np.bincount(problem.parts.amount, problem.parts.value.astype(float), len(problem.amounts))
    for amount, most in zip(problem.amounts, total, strict=True):
        if most >= LARGEST:
            raise wrong(
                name, f"amounts.{amount.id}.decimals", msg("数量合计过大，请减少小数位数或换用更大的单位。")
            )
    for aim in problem.aims:
        if (np.abs(aim.worth).max(axis=1, initial=0) * total).sum() >= LARGEST:
            raise wrong(name, "aim.decimals", msg("价值合计过大，请减少小数位数。"))
    idle = problem.firms.must & (np.diff(problem.firms.measure_start) == 0)
    if idle.any():
        id = problem.firms.ids[int(np.flatnonzero(idle)[0])]
        raise wrong(name, f"firms[{id}]", msg("必须启动的企业至少要有一项措施，请补上或去掉 must。"))
