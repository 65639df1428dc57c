"""What follows from an entry by rule: a relapse takes back the amounts that the case had freed.

The consequence is an entry of its own, right behind its cause, which it names in `details.follows`: so every
figure stays a plain fold, and voiding the cause voids what followed from it.
"""

from collections.abc import Iterator, Sequence

from tenglong.domain.campaign.moves import machine
from tenglong.domain.ledger.entries import Draft, subject_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.queries.ledger import facts_of_cases, to_fact
from tenglong.queries.states import surviving_history
from tenglong.store.models import Entry


def with_consequences(drafts: Sequence[Draft], first_id: int) -> Sequence[Draft]:
    """`drafts` with what follows from each behind it; `first_id` is the number that the first one will get."""
    moves = machine().moves
    if not any(draft.kind in moves and moves[draft.kind].takes_back for draft in drafts):
        return drafts
    complete: list[Draft] = []
    for draft in drafts:
        complete.append(draft)
        complete.extend(_taken_back(draft, complete, first_id + len(complete) - 1))
    return complete


def followers(entry: Fact) -> list[Fact]:
    """The entries that followed from `entry` and have not been voided."""
    rows = Entry.objects.filter(case_id=entry.case_id, id__gt=entry.id, details__follows=entry.id)
    voided = set(Entry.objects.filter(corrects__in=rows.values("id")).values_list("corrects", flat=True))
    return [to_fact(row) for row in rows.order_by("id") if row.pk not in voided]


def _taken_back(cause: Draft, so_far: Sequence[Draft], number: int) -> Iterator[Draft]:
    move = machine().moves.get(cause.kind)
    if move is None or not move.takes_back:
        return
    words = vocabulary()
    counting: dict[tuple[int, str], Fact | Draft] = {}
    facts: list[Fact | Draft] = [*surviving_history(facts_of_cases([cause.case_id])[cause.case_id])]
    facts += [draft for draft in so_far if draft.case_id == cause.case_id]
    for fact in facts:
        if fact.kind in move.takes_back:
            counting[subject_of(words.kind(fact.kind), fact.case_id, fact.parcel_id), fact.kind] = fact
    for (subject, kind), fact in counting.items():
        if fact.quantity and _still_its_own(cause.case_id, subject, kind):
            details = {"reason": cause.details.get("reason", ""), "follows": number}
            yield Draft(cause.case_id, kind, cause.effective_on, fact.parcel_id, 0, details=details)


def _still_its_own(case_id: int, subject: int, kind: str) -> bool:
    """Whether the parcel's amount that counts was reported by this case and not, later, by another one."""
    if subject > 0:
        return True
    rows = Entry.objects.filter(subject=subject, kind=kind)
    voided = Entry.objects.filter(corrects__in=rows.values("id")).values("corrects")
    last = rows.exclude(id__in=voided).order_by("-effective_day", "-id").first()
    return last is None or last.case_id == case_id
