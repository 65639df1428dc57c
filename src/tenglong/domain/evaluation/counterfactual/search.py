"""The least whole number that passes, found with few trials because each trial is a whole evaluation."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """One trial: whether it passed, and how far it was from passing (negative beyond); the distance only guides."""

    passed: bool
    gap: float


def least(probe: Callable[[int], Probe], gap: float, first: int, most: int) -> int | None:
    """A number from 1 to `most` that passes while the one before it fails; None where none was found.

    0 is known to fail with `gap`. Where passing is monotone this is the least of all. The search starts with
    `first`, goes on to where the gaps so far say it closes, and tries `most` before giving up.
    """
    low, low_gap, at, stride = 0, gap, min(first, most), 1
    while not (here := probe(at)).passed:
        if at >= most:
            return None
        slope = (low_gap - here.gap) / (at - low)
        ahead = int(here.gap / slope) + 1 if slope > 0 else 3 * at
        low, low_gap = at, here.gap
        at = min(most, at + max(min(ahead, 3 * at + 1), stride))
        stride *= 2
    return _narrow(probe, low, low_gap, at, here.gap)


def _narrow(probe: Callable[[int], Probe], low: int, low_gap: float, high: int, high_gap: float) -> int:
    """The number that passes next to one that fails, between `low`, which fails, and `high`, which passes."""
    for _ in range(2):
        at = _between(low, low_gap, high, high_gap)
        if at is None:
            return high
        here = probe(at)
        if here.passed:
            high, high_gap = at, here.gap
        else:
            low, low_gap = at, here.gap
    low, high = _gallop(probe, low, high, from_high=here.passed)
    while high - low > 1:
        at = (low + high) // 2
        low, high = (low, at) if probe(at).passed else (at, high)
    return high


def _between(low: int, low_gap: float, high: int, high_gap: float) -> int | None:
    """Where the straight line through both gaps crosses zero; None where nothing lies between."""
    if high - low < 2:
        return None
    fall = low_gap - high_gap
    crossing = low + (high - low) * low_gap / fall if fall > 0 else (low + high) / 2
    return min(max(round(crossing), low + 1), high - 1)


def _gallop(probe: Callable[[int], Probe], low: int, high: int, *, from_high: bool) -> tuple[int, int]:
    """A narrower pair: steps of 1, 2, 4 … away from the end that was tried last."""
    stride = 1
    while high - low > 2 * stride:
        at = high - stride if from_high else low + stride
        passed = probe(at).passed
        low, high = (low, at) if passed else (at, high)
        if passed != from_high:
            break
        stride *= 2
    return low, high
