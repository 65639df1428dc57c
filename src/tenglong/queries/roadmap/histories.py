"""What the ledger tells of each case of a roster as of a day, as known then: one pass over its entries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from tenglong.domain.campaign.cases import machine, standing
from tenglong.domain.kernel.periods import day_number, day_of
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.entries import AsOf, Draft
from tenglong.domain.ledger.kinds import VOID
from tenglong.queries.ledger.fold import TAKEN_BACK

TOLD = f"""
SELECT case_id, kind, slot, is_on, effective_day, quantity FROM store_entry
WHERE roster_id = %s AND effective_day <= %s AND id <= %s AND kind <> %s
  AND id NOT IN ({TAKEN_BACK})
ORDER BY case_id, effective_day, id
"""
PAYMENTS = f"""
WITH counting AS (
    SELECT case_id, effective_day, id, CASE WHEN is_on THEN COALESCE(quantity, 0) ELSE 0 END AS total
    FROM store_entry
    WHERE roster_id = %s AND slot = 'paid_amount' AND effective_day <= %s AND id <= %s AND id NOT IN ({TAKEN_BACK})
)
SELECT case_id, effective_day, total - LAG(total, 1, 0) OVER (PARTITION BY case_id ORDER BY effective_day, id)
FROM counting ORDER BY case_id, effective_day, id
"""
"""What each entry adds to what was paid before: totals of the ledger become payments."""
PREPARED, CONSULTED = "approved", "consulted"


@dataclass
class Told:
    """One case: its state, what counts in each slot, and when work on it began (after any plan)."""

    state: str = ""
    slots: dict[str, tuple[bool, date, int | None]] = field(default_factory=dict)
    consultations: int = 0
    started_on: date | None = None

    def on(self, slot: str) -> bool:
        """Whether the slot counts."""
        return slot in self.slots and self.slots[slot][0]

    def day(self, slot: str) -> date | None:
        """The day of the entry that counts in the slot; None where none does."""
        return self.slots[slot][1] if self.on(slot) else None

    def quantity(self, slot: str) -> Decimal | None:
        """The amount that counts in the slot."""
        found = self.slots[slot][2] if self.on(slot) else None
        return None if found is None else from_micro(found)


def told_of_cases(roster_id: int, at: AsOf) -> dict[int, Told]:
    """Every case of the roster that has entries by then."""
    return {case: _told(case, list(rows)) for case, rows in groupby(_entries(roster_id, at), itemgetter(0))}


def payments_of_cases(roster_id: int, at: AsOf) -> list[tuple[int, date, Decimal]]:
    """(case, day, amount) of every payment by then, those that a correction takes back with a minus."""
    with connection.cursor() as cursor:
        cursor.execute(PAYMENTS, [roster_id, day_number(at.day), at.last_id, at.last_id])
        return [(case, day_of(day), from_micro(int(step))) for case, day, step in cursor.fetchall() if step]


def _entries(roster_id: int, at: AsOf) -> Iterator[tuple[Any, ...]]:
    params: list[Any] = [roster_id, day_number(at.day), at.last_id, VOID, at.last_id]
    with connection.cursor() as cursor:
        cursor.execute(TOLD, params)
        yield from cursor.fetchall()


def _told(case: int, rows: list[tuple[Any, ...]]) -> Told:
    found = Told(standing(Draft(case, kind, date.min) for _, kind, *_ in rows).shown)
    for _, kind, slot, is_on, day, quantity in rows:
        found.slots[slot] = bool(is_on), day_of(day), quantity
        found.consultations += kind == CONSULTED
        if found.started_on is None and kind in starting_kinds():
            found.started_on = day_of(day)
    return found


@cache
def starting_kinds() -> frozenset[str]:
    """The kinds that take a case with an approved plan further: work has begun."""
    moves = (move for move in machine().moves.values() if PREPARED in move.sources)
    return frozenset(
        move.kind for move in moves if not move.overlay and move.to not in ("planned", "removed")
    )
