"""The ledger as of a day, as known at a moment: the slow, obvious reference.

`queries.ledger` computes the same in SQL for millions of entries; tests/property holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tenglong.domain.ledger.entries import Entry, subject_of
from tenglong.domain.ledger.kinds import VOID, Vocabulary

Slots = dict[tuple[int, str], Entry]


@dataclass(frozen=True)
class AsOf:
    """A point in both times: facts effective on or before `day`, recorded up to entry `last_id`."""

    day: date
    last_id: int


def surviving(entries: Iterable[Entry], at: AsOf) -> list[Entry]:
    """The entries that count at `at`: known, effective and not voided by a known correction."""
    known = [entry for entry in entries if entry.id <= at.last_id]
    voids = [entry for entry in known if entry.kind == VOID]
    gone = {entry.corrects for entry in voids}.union(entry.id for entry in voids)
    return [entry for entry in known if entry.effective_on <= at.day and entry.id not in gone]


def fold(entries: Iterable[Entry], at: AsOf, vocabulary: Vocabulary) -> Slots:
    """The last surviving entry of each (subject, slot)."""
    slots: Slots = {}
    for entry in surviving(entries, at):
        kind = vocabulary.kind(entry.kind)
        place = (subject_of(kind, entry.case_id, entry.parcel_id), kind.slot)
        if place not in slots or entry.key > slots[place].key:
            slots[place] = entry
    return slots
