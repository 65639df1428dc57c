"""Comparing and rounding doubles so that they agree with exact fractions (docs/algorithms/evaluation.md §2.3, §5)."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import narwhals as nw

from tenglong.domain.evaluation.rounding import COMPARED_PLACES, GUARD, LARGE, LARGE_PLACES

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


def half_up(value: nw.Expr, places: int) -> nw.Expr:
    """`value` times 10^places as a whole number (5.2); of a missing value missing."""
    return (value * 10.0**places + float(Fraction(1, 2) + GUARD)).floor()


def rounded(value: nw.Expr, places: int) -> nw.Expr:
    """The double nearest to `value` rounded half up."""
    return units(half_up(value, places), places)


def units(whole: nw.Expr, places: int) -> nw.Expr:
    """The double nearest to a whole number of units of the last place.

    Polars divides by a constant by multiplying with its inverse, which is not exact: the divisor is made a column.
    """
    return whole / (whole * 0.0 + 10.0**places)


def comparable(value: nw.Expr) -> nw.Expr:
    """What stands for a number in a comparison (2.3): nine decimals, from a million on four, in units of the ninth."""
    small = (value < LARGE) & (value > -LARGE)
    coarse = half_up(value, LARGE_PLACES) * 10.0 ** (COMPARED_PLACES - LARGE_PLACES)
    return nw.when(small).then(half_up(value, COMPARED_PLACES)).otherwise(coarse)


def positive(value: nw.Expr) -> nw.Expr:
    """Whether a number is above zero."""
    return against(value, ">", Decimal(0))


def negative(value: nw.Expr) -> nw.Expr:
    """Whether a number is below zero."""
    return against(value, "<", Decimal(0))


def against(value: nw.Expr, op: Operator, constant: Decimal) -> nw.Expr:
    """`comparable(value)` compared with a constant, without rounding every value.

    The doubles that round to the constant lie in one interval; its ends are computed once.
    """
    low, high = _interval(Fraction(constant))
    match op:
        case ">=":
            return value >= low
        case ">":
            return value >= high
        case "<":
            return value < low
        case "<=":
            return value < high
        case "=":
            return (value >= low) & (value < high)
        case "!=":
            return (value < low) | (value >= high)


def _interval(constant: Fraction) -> tuple[float, float]:
    """The first number that rounds to what the constant rounds to, and the first above that does not."""
    places = COMPARED_PLACES if abs(constant) < LARGE else LARGE_PLACES
    middle = Fraction((constant * 10**places + Fraction(1, 2) + GUARD).__floor__(), 10**places)
    below = COMPARED_PLACES if -LARGE < middle <= LARGE else LARGE_PLACES
    above = COMPARED_PLACES if -LARGE <= middle < LARGE else LARGE_PLACES
    half = Fraction(1, 2)
    return float(middle - (half + GUARD) / 10**below), float(middle + (half - GUARD) / 10**above)
