"""From amounts as they are written to whole numbers by period of arrival (3.4): rounded once, adding up exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from tenglong.domain.roadmap.problems import Ints, Parts, Periods

Reals = npt.NDArray[np.float64]
_ULPS = 4 * 2.0**-52


def exact(number: float) -> Decimal:
    """The decimal number that the file says: 0.1 is one tenth."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def scaled(numbers: Reals, places: int) -> Ints:
    """`numbers` ≥ 0 in units of 10^-places, rounded half up as decimal numbers: 0.285 is 29 hundredths.

    A product within a few units of the last binary place of a half is that half. Numbers are up to 10^12, places to 6.
    """
    moved = numbers * 10.0**places
    return np.floor(moved + 0.5 + moved * _ULPS).astype(np.int64)


def scaled_one(number: Decimal | Fraction, places: int) -> int:
    """One number, of any sign, in units of 10^-places, rounded half away from zero."""
    value = Fraction(number) * 10**places
    doubled = 2 * abs(value.numerator) + value.denominator
    whole = doubled // (2 * value.denominator)
    return whole if value >= 0 else -whole


@dataclass(frozen=True)
class Block:
    """Totals of one amount that arrive alike: `total[k]` for starts `first[k]` … `last[k]` of measure `measure[k]`.

    Without `shares` a total arrives whole, `lag[k]` periods after the start.
    """

    amount: int
    places: int
    measure: Ints
    first: Periods
    last: Periods
    lag: Periods
    total: Reals
    shares: tuple[float, ...] = ()


def spread(block: Block) -> list[Parts]:
    """The parts of a block, not yet grouped by measure: rounding is cumulative, so that parts add up to the total."""
    total = scaled(block.total, block.places)
    if not block.shares:
        return [_parts(block, block.lag, total)]
    shares = [Fraction(exact(share)) for share in block.shares]
    below = lcm(*(share.denominator for share in shares))
    found, share, before = [], Fraction(0), np.zeros_like(total)
    for lag, one in enumerate(shares):
        share += one
        up_to = (2 * total * int(share * below) + below) // (2 * below)
        found.append(_parts(block, np.full(len(total), lag, np.int16), up_to - before))
        before = up_to
    return found


def _parts(block: Block, lag: Periods, value: Ints) -> Parts:
    amount = np.full(len(value), block.amount, np.int16)
    return Parts(amount, lag, block.first, block.last, value)


def grouped(blocks: Sequence[Block], measures: int) -> tuple[Ints, Parts]:
    """Where the parts of each measure start, and all parts in that order; parts of nothing are left out."""
    found = [(block.measure, part) for block in blocks for part in spread(block)]
    if not found:
        empty = np.zeros(0, np.int16)
        return np.zeros(measures + 1, np.int64), Parts(empty, empty, empty, empty, np.zeros(0, np.int64))
    measure = np.concatenate([one for one, _ in found])
    columns = [np.concatenate([getattr(part, name) for _, part in found]) for name in Parts.__annotations__]
    kept = np.flatnonzero(columns[-1])
    kept = kept[np.argsort(measure[kept], kind="stable")]
    start = np.zeros(measures + 1, np.int64)
    np.cumsum(np.bincount(measure[kept], minlength=measures), out=start[1:])
    ordered: list[Any] = [column[kept] for column in columns]
    return start, Parts(*ordered)
