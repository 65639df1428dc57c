"""What a row's report changes in the ledger: entries to void, entries to add; or why it may not stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from tenglong.domain.campaign.cases import check_history, machine
from tenglong.domain.campaign.reports.reported import Known, Reported, kind_order
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import Message
from tenglong.domain.ledger.entries import Draft, Entry, causes_of
from tenglong.domain.ledger.kinds import vocabulary

Fact = Entry | Draft
_NO_REASON = {"reason": ""}


@dataclass(frozen=True)
class Changes:
    """`voids` are taken back, `added` recorded, in this order; nothing to do when both are empty."""

    voids: tuple[Entry, ...] = ()
    added: tuple[Reported, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.voids or self.added)


def changes(
    reported: Sequence[Reported], known: Known, *, parcel_id: int | None, correct: bool = True
) -> Changes:
    """What `reported`, in the order of entries, changes in a known case.

    An equal date or amount is nothing to do. Another date for an event that counts is a correction (only an
    addition when `correct` is False); another amount is a correction on the same or an earlier day and a new
    total on a later one. What a relapse took back by rule is compared as it was told. `parcel_id` is the parcel
    of the row, None when it is not in the database yet.
    """
    if not known.facts:
        return Changes((), tuple(reported))
    counting = {vocabulary().kind(fact.kind).slot: fact for fact in known.facts}
    told = {fact.kind: fact for fact in known.facts if not causes_of(fact)}
    voids: list[Entry] = []
    added: list[Reported] = []
    for item in reported:
        old = known.last.get(item.kind)
        if old is None:
            added.append(item)
        elif item.quantity is None:
            told_already = any(f.kind == item.kind and f.effective_on == item.day for f in known.facts)
            if item.dated and not told_already:
                if correct and counting[vocabulary().kind(item.kind).slot] is old:
                    voids.append(old)
                added.append(item)
        elif causes_of(old) and item.day > old.effective_on:
            added.append(item)  # done again after a relapse had taken the amount back
        else:
            _compare_amount(item, told.get(item.kind, old), parcel_id, voids, added)
    return Changes(tuple(voids), tuple(added))


def _compare_amount(
    item: Reported, old: Entry, parcel_id: int | None, voids: list[Entry], added: list[Reported]
) -> None:
    moved = item.land and old.parcel_id != parcel_id
    event_moved = (
        any(void.effective_on == old.effective_on for void in voids) and item.day != old.effective_on
    )
    if old.quantity == item.quantity and not moved and not event_moved and item.day >= old.effective_on:
        return
    if moved or event_moved or item.day <= old.effective_on:
        voids.append(old)
    added.append(item)


def settle(found: Changes, known: Known) -> Changes:
    """The changes, made so that the case's history can stand.

    Entries that follow on the same day but were recorded earlier are recorded anew behind the addition,
    because within a day the ledger counts in the order of recording.

    Raises:
        Conflict: the history cannot stand; the sentence says which entry, and why.
    """
    try:
        check_history(history(found, known))
        return found
    except Conflict:
        repeated = _with_followers(found, known)
        if repeated is None:
            raise
    check_history(history(repeated, known))
    return repeated


def history(found: Changes, known: Known) -> list[Fact]:
    """The case's entries as they would be."""
    added = [
        Draft(0, kind, day, None, None, None, {"reason": reason} if reason else _NO_REASON)
        for kind, day, _, _, _, reason, _ in found.added
    ]
    if not known.facts:
        return [*added]
    gone = {void.id for void in found.voids}
    kept: list[Fact] = [fact for fact in known.facts if fact.id not in gone]
    return sorted([*kept, *added], key=lambda fact: fact.effective_on)


def culprit(found: Changes, known: Known) -> tuple[Reported | None, Message | None]:
    """The report because of which the history cannot stand, and the sentence."""
    facts = history(found, known)
    for length in range(1, len(facts) + 1):
        try:
            check_history(facts[:length])
        except Conflict as error:
            at_fault = facts[length - 1]
            same = (i for i in found.added if i.kind == at_fault.kind and i.day == at_fault.effective_on)
            return next(same, found.added[0] if found.added else None), error.message
    return None, None


def _with_followers(found: Changes, known: Known) -> Changes | None:
    """`found` with the entries recorded anew that should follow an addition of the same day; None without any."""
    order, moves = kind_order(), machine().moves
    gone = {void.id for void in found.voids}
    earliest: dict[object, int] = {}
    for item in found.added:
        if item.kind in moves:
            earliest[item.day] = min(order[item.kind], earliest.get(item.day, order[item.kind]))
    followers = [
        fact
        for fact in known.facts
        if fact.id not in gone and order[fact.kind] > earliest.get(fact.effective_on, len(order))
    ]
    if not followers:
        return None
    again = (
        Reported(f.kind, f.effective_on, f.quantity, reason=f.details.get("reason", "")) for f in followers
    )
    added = sorted([*found.added, *again], key=lambda item: item.rank)
    return Changes((*found.voids, *followers), tuple(added))
