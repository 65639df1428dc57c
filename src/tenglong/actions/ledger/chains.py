"""The end of a chain in the hands of one writer: locked, moved on, stored."""

from collections.abc import Sequence
from datetime import date, datetime

from tenglong.domain.ledger.entries import GENESIS
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.store.models import Recording, RosterHead


class ChainEnd:
    """Where the book of a number ends. The instant of recording is taken while it is locked: `at`, or the last one's
    where another writer was faster."""

    def __init__(self, book: int, at: datetime):
        known = {"last_hash": GENESIS, "last_day": date.min}
        self._head, _ = RosterHead.objects.select_for_update().get_or_create(roster_id=book, defaults=known)
        self.at = max(at, self._head.last_recorded_at or at)
        self.recorded = 0

    @property
    def hash(self) -> str:
        """The hash of the last entry."""
        return self._head.last_hash

    @property
    def last_id(self) -> int:
        """The number of the last entry."""
        return self._head.last_id

    def advance(self, facts: Sequence[Fact], last_hash: str) -> None:
        """Stand behind `facts`, which were written."""
        head, last = self._head, facts[-1]
        head.last_id, head.last_hash, head.last_recorded_at = last.id, last_hash, last.recorded_at
        head.entries += len(facts)
        head.last_day = max(head.last_day, *(fact.effective_on for fact in facts))
        self.recorded += len(facts)

    def store(self) -> None:
        """Keep where the book ends now, and up to which entry it went at this instant."""
        self._head.save()
        Recording.objects.create(
            roster_id=self._head.roster_id, recorded_at=self.at, last_id=self._head.last_id
        )
