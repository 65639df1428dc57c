"""The hash chain: each entry carries the hash of the one before it in its roster."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from tenglong.domain.ledger.entries import Entry

GENESIS = "0" * 64


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold."""

    entry_id: int
    expected: str
    found: str


def link(previous: str, entry: Entry, details_text: str = "") -> str:
    """The hash of `entry` standing behind an entry whose hash is `previous` (SHA-256, hexadecimal).

    `details_text`: the canonical form of the details, for those who have it already.
    """
    return hashlib.sha256(previous.encode("ascii") + entry.canonical(details_text)).hexdigest()


def first_break(chain: Iterable[tuple[Entry, str]], head: str | None = None) -> Break | None:
    """The first place where stored hashes and facts disagree; None if the chain holds.

    `head` is the hash that the roster says its last entry has: without it, entries cut off at the end
    would not show.
    """
    previous, last_id = GENESIS, 0
    for entry, stored in chain:
        expected = link(previous, entry)
        if stored != expected:
            return Break(entry.id, expected, stored)
        previous, last_id = stored, entry.id
    if head is not None and head != previous:
        return Break(last_id, head, previous)
    return None
