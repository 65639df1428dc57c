"""When the milestones of a case were reached: its own day, or that of a later one that was reached without it."""

from collections.abc import Mapping, Sequence
from datetime import date

Due = tuple[str, date]
"""The slot of the ledger in which a milestone should stand, and the day by which it is due."""


def reached_on(milestones: Sequence[Due], stands: Mapping[str, date]) -> list[date | None]:
    """For each milestone of one case, in the order of their days, when it was reached; None: not yet.

    `stands` are the days of the entries that count, by slot. A ledger that arrives as a workbook seldom has every step:
    who has signed has passed the offer, whether it was recorded or not.
    """
    found: list[date | None] = []
    earliest: date | None = None
    for slot, _ in reversed(milestones):
        own = stands.get(slot)
        if own is not None and (earliest is None or own < earliest):
            earliest = own
        found.append(earliest)
    return found[::-1]


def days_late(due_on: date, reached: date | None, as_of: date) -> int:
    """How many days after it was due a milestone was reached or, not reached, still is due; 0: it is in time."""
    return max(((as_of if reached is None else reached) - due_on).days, 0)
