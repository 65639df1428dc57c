"""A roadmap problem as columns of whole numbers (docs/algorithms/roadmap.md 1–3); no object per option.

Periods are counted from 0 here and from 1 in files. `Problem` is what solvers and the checker share; each
derives its own tables from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Periods = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]

WAITS = -1
ALWAYS = np.iinfo(np.int16).max
"""The last period of a limit that also counts what arrives after the horizon."""
LARGEST = 2**60
"""Sums of a problem stay below this, so that whole numbers of 64 bits hold them."""


@dataclass(frozen=True)
class Amount:
    """What a measure brings or takes; stored in units of 10^-places."""

    id: str
    unit: str
    places: int
    takes: bool

    def natural(self, whole: int) -> Decimal:
        """A stored amount in its unit."""
        return Decimal(whole).scaleb(-self.places)


@dataclass(frozen=True)
class Tag:
    """One tag of all firms: the code of each, an index into `names`; -1 where a firm has none."""

    names: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True)
class Firms:
    """The firms in the order of the file; `measure_start[i]` … `measure_start[i + 1]` are the measures of firm i."""

    ids: tuple[str, ...]
    tags: Mapping[str, Tag]
    must: Flags
    measure_start: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Measures:
    """The measures, grouped by firm; each may start in the periods `first` … `last`."""

    firm: Codes
    name: Codes
    names: tuple[str, ...]
    first: Periods
    last: Periods
    part_start: Ints

    def __len__(self) -> int:
        return len(self.firm)


@dataclass(frozen=True)
class Parts:
    """What starts bring and take, grouped by measure: `value` of `amount` arrives `lag` periods after a start.

    A part counts for the starts `first` … `last` only: amounts that are given by start period are several parts.
    """

    amount: Periods
    lag: Periods
    first: Periods
    last: Periods
    value: Ints

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True)
class Limit:
    """The sum of an amount over the firms that fit `where`, in the periods `first` … `last`, against `bound`."""

    id: str
    amount: int
    where: tuple[tuple[str, tuple[str, ...]], ...]
    first: int
    last: int
    at_most: bool
    bound: int
    cost: Decimal | None = None
    """Of moving the bound by one unit of the amount, when limits contradict (6.2)."""

    def firms(self, tags: Mapping[str, Tag], low: int, high: int) -> Flags:
        """Which of the firms `low` … `high` - 1 the limit is about."""
        chosen = np.ones(high - low, bool)
        for key, values in self.where:
            tag = tags[key]
            chosen &= np.isin(tag.codes[low:high], [tag.names.index(value) for value in values])
        return chosen


@dataclass(frozen=True)
class Orders:
    """`then[k]` may only start `gap[k]` periods or more after `first[k]` started (2.4); indices of firms."""

    first: Codes
    then: Codes
    gap: Periods

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class Aim:
    """What is maximised: `worth[a, p]` for each unit of amount a that arrives in period p, in 10^-places (3.4)."""

    name: str
    worth: Ints
    places: int
    tolerance: Decimal = Decimal(0)

    def natural(self, whole: int) -> Decimal:
        """A stored value in units of the weights."""
        return Decimal(whole).scaleb(-self.places)


@dataclass(frozen=True)
class Floor:
    """An earlier aim of a list that must keep at least this value (3.2).

    `reached` is the evidence: the plan that reached it, with its certificate (`plans.Solution`); None: none is kept.
    """

    aim: Aim
    least: int
    reached: Any = None


@dataclass(frozen=True)
class Problem:
    """A whole problem; `aims[0]` is maximised, the others come after it in a list of aims."""

    name: str
    starts: tuple[date, ...]
    amounts: tuple[Amount, ...]
    firms: Firms
    measures: Measures
    parts: Parts
    limits: tuple[Limit, ...]
    orders: Orders
    aims: tuple[Aim, ...]
    floors: tuple[Floor, ...] = ()
    digest: str = ""
    """Of the content of the file (`files.content`): another order of keys or 1.00 for 1 does not change it."""
    bytes_digest: str = ""
    """Of its bytes, by which plans of form 1 name it."""

    @property
    def aim(self) -> Aim:
        """What is maximised now."""
        return self.aims[0]

    @property
    def periods(self) -> int:
        """How many periods there are to start in."""
        return len(self.starts)

    @property
    def arrivals(self) -> int:
        """How many periods amounts may arrive in: the last ones lie after the horizon."""
        return self.aim.worth.shape[1]

    def options(self) -> int:
        """How many options there are in all, waiting not counted."""
        return int((self.measures.last.astype(np.int64) - self.measures.first + 1).clip(min=0).sum())

    def measures_of(self, firm: int) -> range:
        """The measures of a firm, as indices."""
        start = self.firms.measure_start
        return range(int(start[firm]), int(start[firm + 1]))

    def parts_of(self, measure: int, start: int) -> Iterator[tuple[int, int, int]]:
        """(amount, period of arrival, value) of an option, one after the other."""
        parts = self.parts
        for k in range(int(self.measures.part_start[measure]), int(self.measures.part_start[measure + 1])):
            if parts.first[k] <= start <= parts.last[k]:
                yield int(parts.amount[k]), start + int(parts.lag[k]), int(parts.value[k])


# From amounts as they are written to whole numbers by period of arrival (3.4), adding up exactly.


def in_units(number: Decimal | int, places: int) -> int | None:
    """A number in units of 10^-places; None where it is no whole number of them."""
    if isinstance(number, int):
        return number * 10**places
    units = number.scaleb(places)
    whole = int(units)
    return whole if whole == units else None


def rounded(number: Fraction) -> int:
    """The nearest whole number, half away from zero."""
    doubled = 2 * abs(number.numerator) + number.denominator
    whole = doubled // (2 * number.denominator)
    return whole if number >= 0 else -whole


@dataclass(frozen=True)
class Block:
    """Units of one amount that arrive alike: `total[k]` for starts `first[k]` … `last[k]` of measure `measure[k]`.

    Without `shares` a total arrives whole, `lag[k]` periods after the start.
    """

    amount: int
    measure: Ints
    first: Periods
    last: Periods
    lag: Periods
    total: Ints
    shares: tuple[Decimal | int, ...] = ()


def spread(block: Block) -> list[Parts]:
    """The parts of a block, not yet grouped by measure: rounding is cumulative, so that parts add up to the total."""
    total: Any = block.total
    if not block.shares:
        return [_parts(block, block.lag, total)]
    shares = [Fraction(share) for share in block.shares]
    below = lcm(*(share.denominator for share in shares))
    if (2 * int(total.max(initial=0)) + 1) * below >= 2**63:  # beyond 64 bits numbers are Python's own
        total = total.astype(object)
    found, share, before = [], Fraction(0), np.zeros_like(total)
    for lag, one in enumerate(shares):
        share += one
        up_to = (2 * total * int(share * below) + below) // (2 * below)
        part = (up_to - before).astype(np.int64)
        found.append(_parts(block, np.full(len(total), lag, np.int16), part))
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
