"""Which records turned out to be one firm, now or as it was known at a moment, and whose cases were whose then.

A merge says what was always so: it has one time, when it was known. FirmMerge tells of every merge from when to when.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from tenglong.store.models import Case, Firm, FirmMerge


class _Event(NamedTuple):
    """A merge or its undoing: whose the cases that moved with it had been before."""

    at: datetime
    order: int
    cases: list[int]
    firm_id: int


def kept_firms(known_at: datetime | None = None) -> dict[int, int]:
    """For every record that was merged into another firm, the firm it turned out to be, as known then (None: now)."""
    if known_at is None:
        absorbed = dict(Firm.objects.exclude(absorbed_by=None).values_list("id", "absorbed_by_id"))
    else:
        rows = FirmMerge.objects.filter(
            Q(undone_at=None) | Q(undone_at__gt=known_at), decided_at__lte=known_at
        )
        absorbed = dict(rows.order_by("id").values_list("absorbed_id", "kept_id"))
    for id in absorbed:
        while absorbed[id] in absorbed:
            absorbed[id] = absorbed[absorbed[id]]
    return absorbed


def firms_then(known_at: datetime) -> dict[int, int]:
    """The firm of every case that was another firm's then than it is now."""
    found: dict[int, int] = {}
    for event in sorted(_after(known_at), reverse=True):
        found.update(dict.fromkeys(event.cases, event.firm_id))
    return found


def names_then(known_at: datetime) -> dict[int, str]:
    """The name of the firm of every case that was another firm's then than it is now."""
    firms = firms_then(known_at)
    names = dict(Firm.objects.filter(pk__in=set(firms.values())).values_list("id", "name")) if firms else {}
    return {case: names[firm] for case, firm in firms.items()}


def name_of(case: Case, names: dict[int, str]) -> str:
    """What the firm of a case was called by those who knew `names` of it."""
    return names.get(case.pk, case.firm.name)


def _after(known_at: datetime) -> Iterator[_Event]:
    later = FirmMerge.objects.filter(Q(decided_at__gt=known_at) | Q(undone_at__gt=known_at))
    for merge in later.order_by("id"):
        moved = list(merge.voidable_entries.get("moved", []))
        if merge.undone_at is not None and merge.undone_at > known_at:
            yield _Event(merge.undone_at, merge.pk, moved, merge.kept_id)
        if merge.decided_at > known_at:
            yield _Event(merge.decided_at, merge.pk, moved, merge.absorbed_id)
