"""A roadmap beside what happened: contracts, emptied premises, what was freed and paid, day by day, added up."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.messages import Message, label
from tenglong.domain.kernel.periods import day_number, day_of
from tenglong.domain.kernel.quantities import MICRO
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.wording import amount_label
from tenglong.queries.ledger.fold import TAKEN_BACK, last_id_at
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import remembered
from tenglong.queries.roadmap.views import Curve, added_up, cumulative
from tenglong.store.models import Roadmap, RoadmapMilestone

EVENTS = {"contracts": "signed", "emptied": "emptied"}
"""Series that count cases, by the kind of entry that they count."""
AMOUNTS = {
    "land": "area_vacated",
    "energy": "energy_freed",
    "wastewater": "wastewater_freed",
    "cod": "cod_freed",
    "money": "paid_amount",
}
"""Amounts of a roadmap, and the slot of the ledger in which what happened stands."""
UNIT_OF_CASES = "家"

STEPS = """
WITH counting AS (
    SELECT case_id, slot, subject_type, subject, effective_day, id,
           CASE WHEN is_on THEN COALESCE(quantity, %s) ELSE 0 END AS total
    FROM store_entry
    WHERE roster_id = %s AND slot IN ({slots}) AND effective_day <= %s AND id <= %s
      AND id NOT IN ({taken_back})
)
, steps AS (
    SELECT case_id, slot, effective_day, id,
           total - LAG(total, 1, 0) OVER (PARTITION BY slot, subject_type, subject ORDER BY effective_day, id) AS step
    FROM counting
)
SELECT s.slot, s.effective_day, SUM(s.step)
FROM steps s JOIN store_case c ON c.id = s.case_id
LEFT JOIN store_roadmapline l ON l.roadmap_id = %s AND l.case_id = s.case_id
WHERE s.step <> 0 AND NOT (s.effective_day <= %s AND s.id <= %s) {planned} {places}
GROUP BY s.slot, s.effective_day ORDER BY s.slot, s.effective_day
"""
"""What each entry adds to what counted before it in its slot: totals of the ledger become increments by day. Of the
cases of the roadmap; money also of those that were done before it and are still paid, as the roadmap counts it too."""


@dataclass(frozen=True)
class Series:
    """One quantity: what the roadmap says and what the ledger says, each as what there is in all by a day.

    `planned_at` and `actual_at` are what there should be and what there is on the day that is looked at.
    """

    id: str
    label: Message
    unit: str
    planned: Curve
    actual: Curve
    planned_at: Decimal
    actual_at: Decimal


@dataclass(frozen=True)
class Course:
    """The roadmap beside what happened on its cases, from its first day; nothing before it was planned counts.

    Money is also that of cases which were done by then and are still paid.
    """

    start: date
    end: date
    as_of: date
    series: tuple[Series, ...]


def planned_and_actual(roadmap: Roadmap, scope: Scope, as_of: date, known_at: datetime) -> Course:
    """The roadmap beside the ledger as of a day, as known then, for the cases that may be seen.

    What had happened and was known when the roadmap was planned counts on neither side. An amount that is reported
    higher later adds the difference on its own day; a correction takes back.
    """
    planned = _planned(roadmap, scope)
    actual = _actual(roadmap, scope, as_of, known_at)
    days = [day for curve in (*planned.values(), *actual.values()) for day, _ in curve]
    series = tuple(_series(id, planned[id], actual[id], as_of) for id in (*EVENTS, *AMOUNTS))
    return Course(min([roadmap.facts_on, *days]), max([as_of, *days]), as_of, series)


def at_day(curve: Curve, day: date) -> Decimal:
    """What there is in all by a day."""
    return next((total for when, total in reversed(curve) if when <= day), Decimal(0))


def _series(id: str, planned: Curve, actual: Curve, as_of: date) -> Series:
    words = vocabulary()
    if id in EVENTS:
        name: Message | str = label(words.kind(EVENTS[id]).zh)
        unit = UNIT_OF_CASES
    else:
        name, unit = amount_label(id), measures().amounts[id].unit
    said = name if isinstance(name, Message) else label(name)
    return Series(id, said, unit, planned, actual, at_day(planned, as_of), at_day(actual, as_of))


def _planned(roadmap: Roadmap, scope: Scope) -> dict[str, Curve]:
    rows = RoadmapMilestone.objects.filter(roadmap=roadmap, kind__in=EVENTS.values())
    if not scope.everywhere:
        rows = rows.filter(place_id__in=scope.places)
    due: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for kind, day, count in (
        rows.values("kind", "due_on")
        .annotate(count=Count("pk"))
        .order_by("kind", "due_on")
        .values_list("kind", "due_on", "count")
    ):
        due[kind].append((day, count * MICRO))
    events = {id: added_up(due[kind]) for id, kind in EVENTS.items()}
    return events | cumulative(roadmap, scope, tuple(AMOUNTS))


def _actual(roadmap: Roadmap, scope: Scope, as_of: date, known_at: datetime) -> dict[str, Curve]:
    last_id = last_id_at(roadmap.roster_id, known_at)
    places = None if scope.everywhere else scope.places
    key = f"roadmap_course:{roadmap.pk}:{roadmap.plan_digest}:{as_of}:{last_id}:{hash(places)}"
    return remembered(key, lambda: _happened(roadmap, scope, as_of, last_id))


def _happened(roadmap: Roadmap, scope: Scope, as_of: date, last_id: int) -> dict[str, Curve]:
    slots = _slots()
    steps: dict[str, list[tuple[date, int]]] = {id: [] for id in slots.values()}
    with connection.cursor() as cursor:
        cursor.execute(*_statement(roadmap, scope, slots, (as_of, last_id)))
        for slot, day, step in cursor.fetchall():
            steps[slots[slot]].append((day_of(day), int(step)))
    return {id: added_up(found) for id, found in steps.items()}


def _slots() -> dict[str, str]:
    words = vocabulary()
    return {words.kind(kind).slot: id for id, kind in EVENTS.items()} | {
        slot: id for id, slot in AMOUNTS.items()
    }


def _statement(
    roadmap: Roadmap, scope: Scope, slots: Mapping[str, str], at: tuple[date, int]
) -> tuple[str, list[Any]]:
    day, last_id = at
    planned_from = day_number(roadmap.facts_on), last_id_at(roadmap.roster_id, roadmap.known_at)
    here = sorted(territory().at(roadmap.facts_on).members(roadmap.place.code))
    planned = f"AND (l.case_id IS NOT NULL OR s.slot = %s AND c.place_id IN ({_marks(here)}))"
    places = [] if scope.everywhere else sorted(scope.places)
    where = "COALESCE(l.place_id, c.place_id)"
    only = "" if scope.everywhere else f"AND {where} IN ({_marks(places)})" if places else "AND 1 = 0"
    params = [MICRO, roadmap.roster_id, *slots, day_number(day), last_id, last_id, roadmap.pk, *planned_from]
    statement = STEPS.format(slots=_marks(slots), planned=planned, places=only, taken_back=TAKEN_BACK)
    return statement, [*params, AMOUNTS["money"], *here, *places]


def _marks(values: Any) -> str:
    return ", ".join(["%s"] * len(values))
