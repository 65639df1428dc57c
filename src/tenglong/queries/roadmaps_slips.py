"""Slips against a roadmap: what should stand in the ledger by a day and does not, by case, zone, town and team."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from tenglong.domain.access.policy import Scope
from tenglong.domain.ledger.fold import AsOf
from tenglong.queries.ledger import last_id_at, last_sql
from tenglong.queries.remembered import remembered
from tenglong.queries.roadmaps_lines import town_of
from tenglong.queries.territory import territory
from tenglong.store.models import Case, Roadmap, RoadmapMilestone

STOOD = """
WITH fold AS ({fold})
, together AS (
    SELECT m.case_id, m.slot, m.id, m.place_id, m.kind, m.due_on, l.zone, l.team, NULL AS is_on, NULL AS day
    FROM store_roadmapmilestone m
    JOIN store_roadmapline l ON l.roadmap_id = m.roadmap_id AND l.case_id = m.case_id
    WHERE m.roadmap_id = %s
    UNION ALL
    SELECT case_id, slot, NULL, NULL, NULL, NULL, NULL, NULL, is_on, effective_day FROM fold
)
, known AS (
    SELECT id, case_id, place_id, kind, due_on, zone, team,
           MAX(CASE WHEN is_on THEN day END) OVER (PARTITION BY case_id, slot) AS own_day,
           MAX(CASE WHEN slot = 'target' AND NOT is_on THEN 1 ELSE 0 END) OVER (PARTITION BY case_id) AS removed
    FROM together
)
, stood AS (
    SELECT id, case_id, place_id, kind, due_on, zone, team,
           MIN(own_day) OVER (
               PARTITION BY case_id ORDER BY due_on, id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
           ) AS done_day
    FROM known WHERE id IS NOT NULL AND removed = 0
)
"""
"""Each milestone with the day on which it was reached: its own, or that of a later one that was reached without it.

Milestones and the fold are put together by sorting, because a join with the fold has no index to go by on SQLite.
"""
GROUPS = """
SELECT place_id, zone, team, kind, COUNT(*), COUNT(done_day), MIN(CASE WHEN done_day IS NULL THEN due_on END)
FROM stood WHERE due_on <= %s {wanted} GROUP BY place_id, zone, team, kind
"""
LATE = """
SELECT case_id, kind, due_on FROM stood WHERE due_on <= %s AND done_day IS NULL {wanted}
ORDER BY due_on, case_id, id LIMIT %s OFFSET %s
"""


@dataclass(frozen=True)
class SlipRow:
    """A milestone that was due and is not reached; `days` since it was due."""

    case_id: int
    number: int
    name: str
    town: str
    town_name: str
    zone: str
    team: str
    kind: str
    due_on: date
    days: int


@dataclass(frozen=True)
class SlipGroup:
    """The milestones of one zone, town or team: how many were due, are reached, are late, and the longest delay."""

    key: str
    label: str
    due: int
    done: int
    late: int
    most_days: int


@dataclass(frozen=True)
class SlipReport:
    """Milestones that were due by a day; `rows` are one page of the late ones, the longest delay first.

    Cases that were removed from the roster are not late.
    """

    as_of: date
    due: int
    done: int
    late: int
    rows: tuple[SlipRow, ...]
    page: int
    pages: int
    zones: tuple[SlipGroup, ...]
    towns: tuple[SlipGroup, ...]
    teams: tuple[SlipGroup, ...]
    kinds: tuple[SlipGroup, ...]


class _Counted(NamedTuple):
    place_id: int
    zone: str
    team: str
    kind: str
    due: int
    done: int
    earliest: date | None


@dataclass(frozen=True)
class _Asked:
    roadmap: Roadmap
    as_of: date
    last_id: int
    places: tuple[int, ...] | None
    texts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        return f"slips:{self.roadmap.pk}:{self.as_of}:{self.last_id}:{hash((self.places, self.texts))}"


def slips_of(
    roadmap: Roadmap,
    scope: Scope,
    as_of: date,
    known_at: datetime,
    *,
    zone: str = "",
    team: str = "",
    town: str = "",
    kind: str = "",
    page: int = 1,
    size: int = 50,
) -> SlipReport:
    """What slipped by a day, as known then, for the cases that may be seen; "" lets everything through."""
    places = None if scope.everywhere else scope.places
    if town:
        members = territory().at(as_of).members(town)
        places = members if places is None else places & members
    texts = tuple((name, text) for name, text in (("zone", zone), ("team", team), ("kind", kind)) if text)
    ordered = None if places is None else tuple(sorted(places))
    asked = _Asked(roadmap, as_of, last_id_at(known_at), ordered, texts)
    counted = remembered(asked.key, lambda: _counted(asked))
    due, done = sum(one.due for one in counted), sum(one.done for one in counted)
    pages = max(1, -(-(due - done) // size))
    page = min(max(page, 1), pages)
    return SlipReport(
        as_of=as_of,
        due=due,
        done=done,
        late=due - done,
        rows=_rows(asked, size, (page - 1) * size) if due > done else (),
        page=page,
        pages=pages,
        zones=_groups(counted, as_of, lambda one: (one.zone, one.zone)),
        towns=_groups(counted, as_of, lambda one: town_of(one.place_id, as_of)),
        teams=_groups(counted, as_of, lambda one: (one.team, one.team)),
        kinds=_groups(counted, as_of, lambda one: (one.kind, one.kind)),
    )


def _counted(asked: _Asked) -> list[_Counted]:
    rows = _select(asked, GROUPS, [])
    return [_Counted(*counts, earliest=_day(earliest)) for *counts, earliest in rows]


def _rows(asked: _Asked, size: int, offset: int) -> tuple[SlipRow, ...]:
    late = _select(asked, LATE, [size, offset])
    lines = asked.roadmap.lines.filter(case_id__in=[case for case, *_ in late])
    where = {case: (zone, team) for case, zone, team in lines.values_list("case_id", "zone", "team")}
    cases = Case.objects.select_related("firm").in_bulk(list(where))
    found = []
    for case_id, kind, due in late:
        case, due_on = cases[case_id], _day(due)
        assert due_on is not None
        found.append(
            SlipRow(
                case_id,
                case.number,
                case.firm.name,
                *town_of(case.place_id, asked.as_of),
                *where[case_id],
                kind,
                due_on,
                (asked.as_of - due_on).days,
            )
        )
    return tuple(found)


def _select(asked: _Asked, statement: str, more: list[Any]) -> list[tuple[Any, ...]]:
    slots = (
        RoadmapMilestone.objects.filter(roadmap=asked.roadmap)
        .order_by()
        .values_list("slot", flat=True)
        .distinct()
    )
    at = AsOf(asked.as_of, asked.last_id)
    fold, of_fold = last_sql(
        "case_id, slot, is_on, effective_day", [*slots, "target"], asked.roadmap.roster_id, at
    )
    wanted = "".join(f" AND {name} = %s" for name, _ in asked.texts)
    if asked.places is not None:
        marks = ", ".join(["%s"] * len(asked.places))
        wanted += f" AND place_id IN ({marks})" if asked.places else " AND 1 = 0"
    params = [
        *of_fold,
        asked.roadmap.pk,
        asked.as_of,
        *(text for _, text in asked.texts),
        *(asked.places or ()),
        *more,
    ]
    with connection.cursor() as cursor:
        cursor.execute(STOOD.format(fold=fold) + statement.format(wanted=wanted), params)
        return cursor.fetchall()


def _groups(counted: Sequence[_Counted], as_of: date, key: Any) -> tuple[SlipGroup, ...]:
    found: dict[tuple[str, str], list[_Counted]] = defaultdict(list)
    for one in counted:
        found[key(one)].append(one)
    return tuple(
        SlipGroup(*named, *_sums(rows), _most_days(rows, as_of)) for named, rows in sorted(found.items())
    )


def _sums(rows: Sequence[_Counted]) -> tuple[int, int, int]:
    due, done = sum(one.due for one in rows), sum(one.done for one in rows)
    return due, done, due - done


def _most_days(rows: Sequence[_Counted], as_of: date) -> int:
    return max(((as_of - one.earliest).days for one in rows if one.earliest), default=0)


def _day(value: Any) -> date | None:
    """SQLite gives a date of raw SQL as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
