"""Chance that comes out exactly: skewed numbers with a given sum, days along a curve."""

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random


def shares(rng: Random, total: int, count: int, *, spread: float, least: int = 1, step: int = 1) -> list[int]:
    """`count` whole numbers that sum to `total`, each a multiple of `step` and at least `least`.

    They are log-normal with `spread`; what rounding leaves over is settled on the largest.
    """
    room = total - least * count
    if room < 0 or total % step or least % step:
        raise ValueError(f"{total} cannot be split into {count} parts of at least {least} by {step}")
    weights = [rng.lognormvariate(0, spread) for _ in range(count)]
    scale = room / sum(weights)
    parts = [least + math.floor(weight * scale / step) * step for weight in weights]
    parts[parts.index(max(parts))] += total - sum(parts)
    return parts


def days_along(
    rng: Random, first: date, last: date, count: int, weight: Callable[[int], float]
) -> list[date]:
    """`count` days from `first` to `last`, sorted, as likely as `weight(days since first)` says."""
    length = (last - first).days + 1
    weights = [weight(number) for number in range(length)]
    return sorted(first + timedelta(days=number) for number in rng.choices(range(length), weights, k=count))


def signing_rush(day: int) -> float:
    """How eagerly contracts are signed on the `day`-th day: an S curve with a rush before days 30, 60 and 100,
    when a bonus ends."""
    curve = math.exp(-(((day - 55) / 30) ** 2))
    rush = sum(2.2 * math.exp(-(deadline - day) / 3) for deadline in (29, 59, 99) if 0 <= deadline - day < 12)
    return 0.08 + curve + rush


def steps_before(rng: Random, first: date, last: date, count: int) -> list[date]:
    """`count` different days from `first` to `last`, in order, the final one being `last`; fewer if none fit."""
    between = (last - first).days
    if between <= 0:
        return [last]
    chosen = rng.sample(range(between), min(count - 1, between))
    return [first + timedelta(days=number) for number in sorted(chosen)] + [last]


def dealt(rng: Random, items: Sequence[tuple[str, int]]) -> list[str]:
    """Each item as often as it says, shuffled."""
    cards = [name for name, times in items for _ in range(times)]
    rng.shuffle(cards)
    return cards
