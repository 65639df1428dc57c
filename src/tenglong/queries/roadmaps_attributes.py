"""Batch, measure, team … of cases as known at a moment: what was decided later is undone, the latest first."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from tenglong.store.models import ImportRow, Roster, TrailEvent

PLANNED_DEED = "plan_case"
Attributes = dict[str, Any]
"""Values by the name of the case's column; a name that is absent has not changed since."""


def attributes_known_at(roster: Roster, known_at: datetime) -> dict[int, Attributes]:
    """For each case that was changed after `known_at`, by hand or by an accepted import, what stood there before."""
    changes = sorted([*_by_hand(known_at), *_by_imports(roster, known_at)], key=lambda change: change[0])
    found: dict[int, Attributes] = defaultdict(dict)
    for _, case_id, before in reversed(changes):
        found[case_id].update(before)
    return {case: {name: _value(name, value) for name, value in said.items()} for case, said in found.items()}


def _by_hand(known_at: datetime) -> list[tuple[datetime, int, Attributes]]:
    deeds = TrailEvent.objects.filter(deed=PLANNED_DEED, at__gt=known_at).order_by("id")
    rows = deeds.values_list("at", "about", "details")
    return [
        (at, int(about.removeprefix("case:")), details["before"]) for at, about, details in rows.iterator()
    ]


def _by_imports(roster: Roster, known_at: datetime) -> list[tuple[datetime, int, Attributes]]:
    rows = ImportRow.objects.filter(
        batch__roster=roster,
        batch__state="accepted",
        batch__decided_at__gt=known_at,
        case_id__isnull=False,
        plan__has_key="attributes",
    ).order_by("id")
    return [
        (at, case_id, {name: before for name, (before, _) in plan["attributes"].items()})
        for at, case_id, plan in rows.values_list("batch__decided_at", "case_id", "plan").iterator()
    ]


def _value(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "due_on" and value else value
