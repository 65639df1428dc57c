"""What follows from an entry by rule: a relapse takes back the amounts that the case had freed.

The consequence is an entry of its own behind its cause, which it names in `details.follows`: so every figure stays
a plain fold. It stands and falls with its cause: taking the cause back takes it back, bringing it back brings it
back, and alone it cannot be taken back.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tenglong.domain.campaign.cases import standing
from tenglong.domain.campaign.moves import Move, machine
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.entries import Draft, causes_of, filed, is_void, part_of, root_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import CASE, VOID, vocabulary
from tenglong.queries.ledger import taken_back
from tenglong.queries.states import surviving_history
from tenglong.store.models import Entry

Told = Mapping[int, Sequence[Fact]]
"""The entries that cases have already, in the order they were recorded."""


@dataclass(frozen=True)
class Planned:
    """A draft with what it follows from: entries by number, drafts by their place among those to be recorded."""

    draft: Draft
    entries: tuple[int, ...] = ()
    places: tuple[int, ...] = ()

    def numbered(self, first: int) -> Draft:
        """The draft with the causes written into it, `first` being the number of the first draft."""
        causes = (*self.entries, *(first + place for place in self.places))
        if not causes:
            return self.draft
        follows = causes[0] if len(causes) == 1 else list(causes)
        return self.draft._replace(details={**self.draft.details, "follows": follows})


class _SoFar:
    """What is planned so far, in its order; the drafts also by case, for an import brings a hundred thousand."""

    def __init__(self) -> None:
        self.planned: list[Planned] = []
        self.drafts: dict[int, list[Draft]] = defaultdict(list)
        self.corrected: set[int] = set()

    def add(self, *more: Planned) -> None:
        """Plan something more."""
        for one in more:
            self.planned.append(one)
            self.drafts[one.draft.case_id].append(one.draft)
            if one.draft.corrects is not None:
                self.corrected.add(one.draft.corrects)

    def place(self, draft: Draft) -> int:
        """Where the draft stands among all."""
        return next(place for place, one in enumerate(self.planned) if one.draft is draft)


def with_consequences(drafts: Sequence[Draft], told: Told) -> list[Planned]:
    """`drafts` with what follows from each behind it."""
    so_far = _SoFar()
    for draft in drafts:
        place = len(so_far.planned)
        so_far.add(Planned(draft))
        if draft.corrects is not None:
            so_far.add(*_falling_with(draft, place, told.get(draft.case_id, ()), so_far))
        elif (move := machine().moves.get(draft.kind)) and move.takes_back:
            so_far.add(*_taken_back(draft, move, place, told, so_far))
        elif draft.quantity:
            so_far.add(*_told_late(draft, place, told, so_far))
    return so_far.planned


def check_alone(entry: Fact) -> None:
    """Raises Conflict where an entry followed from another one: that one must be taken back instead."""
    causes = [id for id in causes_of(entry) if Entry.objects.filter(pk=id).exclude(kind=VOID).exists()]
    if causes:
        problem = "第 {id} 号记录是第 {cause} 号记录按规则带来的，不能单独更正，请更正第 {cause} 号记录。"
        raise Conflict(msg(problem, id=entry.id, cause=causes[0]))


def turned_over(entry: Fact, told: Sequence[Fact], why: Mapping[str, object]) -> Draft:
    """The correction that takes `entry` back, or brings it back where it was: it corrects the last one of its chain.

    `told` are the entries of its case.
    """
    root = root_of(entry) if is_void(entry) else entry.id
    corrects = max((fact.id for fact in told if is_void(fact) and root_of(fact) == root), default=root)
    kind = entry.details.get("kind", "") if is_void(entry) else entry.kind
    details = {**why, "kind": kind, **({"root": root} if corrects != root else {})}
    return Draft(entry.case_id, VOID, entry.effective_on, entry.parcel_id, None, corrects, details)


def _falling_with(void: Draft, place: int, told: Sequence[Fact], so_far: _SoFar) -> Iterator[Planned]:
    """The entries that followed from what `void` takes back, and that nobody has turned over since."""
    corrected = {fact.corrects for fact in told}
    why = {"reason": void.details.get("reason", "")}
    for fact in told:
        if void.corrects in causes_of(fact) and fact.id not in corrected and fact.id not in so_far.corrected:
            yield Planned(turned_over(fact, told, why), places=(place,))


def _taken_back(cause: Draft, move: Move, place: int, told: Told, so_far: _SoFar) -> Iterator[Planned]:
    """Zeros for the amounts that the case counts of the kinds that the move takes back."""
    words = vocabulary()
    counting: dict[tuple[str, int, str], Fact | Draft] = {}
    for fact in _history(cause.case_id, told, so_far):
        if fact.kind in move.takes_back:
            where = filed(words.kind(fact.kind), fact)
            counting[where.subject_type, where.subject, fact.kind] = fact
    for fact in counting.values():
        if fact.quantity and _still_its_own(fact):
            reason = {"reason": cause.details.get("reason", "")}
            zero = _zero(cause, fact, reason)
            yield Planned(zero, places=(place,))


def _told_late(amount: Draft, place: int, told: Told, so_far: _SoFar) -> Iterator[Planned]:
    """A zero for an amount of a day before a relapse that is still open: it counts once the case is done again."""
    relapses = _relapses(amount.kind)
    kinds = {fact.kind for fact in told.get(amount.case_id, ())}
    if relapses.isdisjoint(kinds | {draft.kind for draft in so_far.drafts[amount.case_id]}):
        return
    history = _history(amount.case_id, told, so_far)
    cause = next((fact for fact in reversed(history) if fact.kind in relapses), None)
    if cause is None or amount.effective_on > cause.effective_on or not _still_its_own(amount):
        return
    if standing(history).state in machine().moves[cause.kind].sources:
        return
    reason = {"reason": cause.details.get("reason", "")}
    zero = _zero(cause, amount, reason)
    if isinstance(cause, Fact):
        yield Planned(zero, entries=(cause.id,), places=(place,))
    else:
        yield Planned(zero, places=(so_far.place(cause), place))


def _zero(cause: Fact | Draft, amount: Fact | Draft, reason: Mapping[str, object]) -> Draft:
    """Nothing of what `amount` tells, from the day of the cause on."""
    what = (amount.case_id, amount.kind, cause.effective_on, amount.parcel_id)
    return Draft(*what, 0, None, reason, part_of(amount))


@cache
def _relapses(amount: str) -> frozenset[str]:
    """The kinds that take back amounts of the kind `amount`."""
    return frozenset(move.kind for move in machine().moves.values() if amount in move.takes_back)


def _history(case_id: int, told: Told, so_far: _SoFar) -> list[Fact | Draft]:
    """What survives of the case's entries, and the drafts before, in the order of the fold."""
    drafts = so_far.drafts[case_id]
    gone = {draft.corrects for draft in drafts if draft.corrects is not None}
    facts = [fact for fact in surviving_history(told.get(case_id, ())) if fact.id not in gone]
    added = [draft for draft in drafts if not is_void(draft)]
    return sorted([*facts, *added], key=lambda fact: fact.effective_on)


def _still_its_own(fact: Fact | Draft) -> bool:
    """Whether the parcel's amount that counts is reported by this case and not, later, by another one."""
    where = filed(vocabulary().kind(fact.kind), fact)
    if where.subject_type == CASE:
        return True
    rows = Entry.objects.filter(subject_type=where.subject_type, subject=where.subject, kind=fact.kind)
    found = list(rows.order_by("-effective_day", "-id"))
    gone = taken_back([row.pk for row in found])
    last = next((row for row in found if row.pk not in gone), None)
    return last is None or last.case_id == fact.case_id or _behind(fact, last)


def _behind(fact: Fact | Draft, other: Entry) -> bool:
    """Whether a fact stands behind an entry in the order of the fold; a draft gets a higher number than all."""
    day = other.effective_day
    own = day_number(fact.effective_on), fact.id if isinstance(fact, Fact) else float("inf")
    return own > (day, other.pk)
