"""Rules that contradict each other, and what would make room (6); apart from the search, which loads a solver."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Rules:
    """Rules of a problem by number: limits, floors as limits after the last, orders, and firms that must start."""

    limits: tuple[int, ...]
    orders: tuple[int, ...]
    must: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.limits) + len(self.orders) + len(self.must)


@dataclass(frozen=True)
class Relaxation:
    """A limit that is moved by so many stored units, and what that costs."""

    limit: int
    by: int
    cost: Decimal
