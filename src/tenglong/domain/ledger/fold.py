"""The ledger as of a day, as known at a moment: the slow, obvious reference.

`queries.ledger.fold` computes the same in SQL for millions of entries; tests/property holds the two together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tenglong.domain.ledger.entries import Entry, filed, is_void, said_by
from tenglong.domain.ledger.kinds import Vocabulary

Subject = tuple[str, int]
Slots = dict[tuple[Subject, str], Entry]


@dataclass(frozen=True)
class AsOf:
    """A point in both times: facts effective on or before `day`, recorded up to entry `last_id`."""

    day: date
    last_id: int


ALWAYS = AsOf(day=date.max, last_id=2**62)
"""Everything that is known."""


@dataclass(frozen=True)
class Said:
    """What counts of an attribute: its text, the day from which it holds (None: from the start), who says so."""

    text: str
    since: date | None
    entry_id: int


Attributes = dict[tuple[Subject, str], Said]


def last_words(history: Sequence[Entry], vocabulary: Vocabulary) -> dict[str, str]:
    """The attributes of one subject by its surviving entries, given in the order of the fold, as of the last day."""
    from_the_start, later = list[Entry](), list[Entry]()
    for entry in history:
        kind = vocabulary.kinds[entry.kind]
        if kind.describes:
            (from_the_start if kind.from_the_start else later).append(entry)
    from_the_start.sort(key=lambda entry: entry.id)
    return {id: text for entry in (*from_the_start, *later) for id, text in said_by(entry).items()}


def known_since(entry: Entry, vocabulary: Vocabulary) -> int:
    """The entry from which on an attribute was known: itself, but for what an older ledger kept beside its entries."""
    from_the_start = vocabulary.kind(entry.kind).from_the_start
    return int(entry.details.get("known_since", entry.id)) if from_the_start else entry.id


def known(entries: Iterable[Entry], last_id: int) -> list[Entry]:
    """The entries that were recorded up to `last_id` and that no correction known by then takes back.

    A correction that is itself taken back corrects nothing: the entry counts again, as it was.
    """
    return _not_taken_back(entry for entry in entries if entry.id <= last_id)


def _not_taken_back(entries: Iterable[Entry]) -> list[Entry]:
    told = list(entries)
    voids = sorted((entry for entry in told if is_void(entry)), key=lambda entry: entry.id, reverse=True)
    gone: set[int] = set()
    for void in voids:  # the last first: what takes a correction back stands behind it
        if void.id not in gone and void.corrects is not None:
            gone.add(void.corrects)
    return [entry for entry in told if not is_void(entry) and entry.id not in gone] if voids else told


def surviving(entries: Iterable[Entry], at: AsOf) -> list[Entry]:
    """The entries that count at `at`: known, effective and not taken back."""
    return [entry for entry in known(entries, at.last_id) if entry.effective_on <= at.day]


def fold(entries: Iterable[Entry], at: AsOf, vocabulary: Vocabulary) -> Slots:
    """The last surviving entry of each (subject, slot)."""
    slots: Slots = {}
    for entry in surviving(entries, at):
        where = filed(vocabulary.kind(entry.kind), entry)
        place = ((where.subject_type, where.subject), where.slot)
        if place not in slots or entry.key > slots[place].key:
            slots[place] = entry
    return slots


def attributes(entries: Iterable[Entry], at: AsOf, vocabulary: Vocabulary) -> Attributes:
    """The last word on each (subject, attribute); what was said when a case was opened holds from the start."""
    last: dict[tuple[Subject, str], tuple[date, int]] = {}
    found: Attributes = {}
    for entry in _not_taken_back(one for one in entries if known_since(one, vocabulary) <= at.last_id):
        kind = vocabulary.kind(entry.kind)
        since = date.min if kind.from_the_start else entry.effective_on
        if since > at.day:
            continue
        where = filed(kind, entry)
        for id, text in said_by(entry).items():
            place = ((where.subject_type, where.subject), id)
            if place not in last or (since, entry.id) > last[place]:
                last[place] = since, entry.id
                found[place] = Said(text, None if kind.from_the_start else since, entry.id)
    return found
