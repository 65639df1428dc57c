"""What a unit still has to do: how much is short of the pace and of the target, and how much a day that makes."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from tenglong.domain.race.ranking import Entrant


@dataclass(frozen=True)
class Needed:
    """`behind` are the cases short of the pace on the day, `left` those short of the target; `days` are left until the
    deadline, and `daily` cases a day bring the target in time (None where no day is left or nothing is)."""

    behind: int
    left: int
    days: int
    daily: Fraction | None


def needed(unit: Entrant, as_of: date) -> Needed | None:
    """What `unit` still has to do on the day; None without a target."""
    if not unit.target:
        return None
    left = max(ceil(unit.target - unit.done), 0)
    behind = max(ceil(unit.target * unit.window.pace(as_of) - unit.done), 0)
    days = max((unit.window.deadline - as_of).days, 0)
    return Needed(behind, left, days, Fraction(left, days) if left and days else None)
