"""Half up with the guard of docs/algorithms/evaluation.md §5.2: the one rounding of every engine."""

from decimal import Decimal
from fractions import Fraction
from math import floor

GUARD = Fraction(1, 1_000_000)
"""Of the last place: what lies less than this below a half is rounded up, so that binary doubles agree."""

LARGEST_TOTAL = 10**12
"""No total is larger (4.2): what exceeds it is a slip of a unit, and whole units of six places still fit 64 bits."""

COMPARED_PLACES, LARGE_PLACES, LARGE = 9, 4, 1_000_000
"""Numbers are compared, and tested for zero, after rounding to these places, large ones to fewer (2.3)."""


def last_places(value: Fraction, places: int) -> int:
    """`value` in whole units of the last place: 79.8566 with two places is 7986."""
    return floor(value * 10**places + Fraction(1, 2) + GUARD)


def rounded(value: Fraction, places: int) -> Decimal:
    """`value` rounded half up to `places`, which the result shows."""
    return Decimal(f"{last_places(value, places)}E-{places}")


def compared(value: Fraction) -> int:
    """What stands for `value` in a comparison; zero and negative numbers keep their sign."""
    if abs(value) < LARGE:
        return last_places(value, COMPARED_PLACES)
    return last_places(value, LARGE_PLACES) * 10 ** (COMPARED_PLACES - LARGE_PLACES)
