"""Where the chain of a book ends, and a branch beside it: entries of an acceptance, which count once it is joined."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction

from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.entries import GENESIS, joined
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.store.bulk import spare_entry_ids, take_entry_ids
from tenglong.store.models import Recording, RosterHead

Clock = Callable[[], datetime]
SPARE = 10_000
"""Numbers left to those who record by hand while an acceptance goes on: more than people say in an hour."""


class ChainEnd:
    """Where the book of a number ends, locked. The instant of recording is taken while it is: `at`, or the last one's
    where another writer was faster."""

    def __init__(self, book: int, at: datetime):
        known = {"last_hash": GENESIS, "last_day": date.min}
        self._head, _ = RosterHead.objects.select_for_update().get_or_create(roster_id=book, defaults=known)
        self.at = max(at, self._head.last_recorded_at or at)
        self.recorded = 0
        self._onto, self._trunk = self._head.last_id, self._head.last_hash
        self._behind = self._onto
        self._written_at: datetime | None = None

    @property
    def hash(self) -> str:
        """What the next entry is chained behind."""
        return self._head.last_hash

    @property
    def last_id(self) -> int:
        """The number of the last entry."""
        return self._head.last_id

    def numbers(self, count: int) -> int:
        """The first of `count` numbers in a row for entries of a roster: of the spare ones, where there are."""
        head = self._head
        first = head.spare_next
        if head.last_id < first <= head.spare_end - count + 1:
            head.spare_next += count
            return first
        return take_entry_ids(count)

    def spare(self) -> None:
        """Leave numbers to who records until a branch that begins here is joined, where none are left already."""
        head = self._head
        if head.last_id < head.spare_next <= head.spare_end - SPARE // 2:
            return
        head.spare_next, head.spare_end = spare_entry_ids(SPARE)
        head.save(update_fields=["spare_next", "spare_end"])

    def advance(self, facts: Sequence[Fact], last_hash: str) -> None:
        """Stand behind `facts`, which were written."""
        self._stand(facts[-1].id, last_hash, len(facts), max(fact.effective_on for fact in facts))

    def join(self, branch: "Branch") -> None:
        """Stand behind the entries of a branch, and of what others recorded since it began.

        Raises:
            Conflict: so much was recorded meanwhile that the numbers of the branch are no longer higher.
        """
        if branch.first_id <= self.last_id:
            raise Conflict(msg("确认期间本名单登记了大量事项，请重新确认本文件。"))
        self._behind = branch.behind
        self._stand(branch.last_id, branch.hash, branch.recorded, branch.last_day)
        self._written_at = branch.at if branch.at != self.at else None

    def known(self, at: datetime) -> None:
        """What was written is known from `at` on, where that is later: nobody who asked before could see it."""
        if at > self.at:
            self._written_at, self.at = self._written_at or self.at, at

    def store(self) -> None:
        """Keep where the book ends now, and up to which entry it went at this instant; that what was written came in
        between, or is known later than it was written, is chained too (a joint)."""
        head, is_joint = self._head, self._behind != self._onto or self._written_at is not None
        if is_joint:
            head.last_hash = joined(self._trunk, head.last_hash, self.at)
        head.last_recorded_at = self.at
        head.save()
        Recording.objects.create(
            roster_id=head.roster_id,
            recorded_at=self.at,
            last_id=head.last_id,
            written_at=self._written_at,
            behind=self._behind if is_joint else None,
        )

    def _stand(self, last_id: int, last_hash: str, count: int, last_day: date) -> None:
        head = self._head
        head.last_id, head.last_hash = last_id, last_hash
        head.entries += count
        head.last_day = max(head.last_day, last_day)
        self.recorded += count


class Branch:
    """Entries chained behind the end of a roster as it was, while others go on recording there.

    Begun in a transaction of its own, so that nobody waits for it; `ChainEnd.join` makes its entries count. Its numbers
    are higher than those of whoever records meanwhile, so that the order of numbers stays that of knowing.
    """

    def __init__(self, roster_id: int, at: datetime):
        with transaction.atomic():
            end = ChainEnd(roster_id, at)
            end.spare()
        self.roster_id, self.at = roster_id, end.at
        self.behind = self.last_id = end.last_id
        self.hash, self.last_day, self.recorded = end.hash, date.min, 0
        self.first_id = 0

    def numbers(self, count: int) -> int:
        """The first of `count` numbers in a row."""
        return take_entry_ids(count)

    def advance(self, facts: Sequence[Fact], last_hash: str) -> None:
        """Stand behind `facts`, which were written."""
        self.first_id = self.first_id or facts[0].id
        self.last_id, self.hash = facts[-1].id, last_hash
        self.last_day = max(self.last_day, *(fact.effective_on for fact in facts))
        self.recorded += len(facts)
