"""Slips against a roadmap: what should stand in the ledger by a day and does not, by case, zone, town and team."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.ordering import natural
from tenglong.domain.kernel.periods import day_of
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.roadmap.slips import Due, days_late, reached_on
from tenglong.queries.ledger.fold import last_id_at, last_sql
from tenglong.queries.registry.book import name_of, names_then
from tenglong.queries.registry.territory import territory
from tenglong.queries.roadmap.calendar import Counting, counting_of
from tenglong.queries.roadmap.lines import town_of
from tenglong.store.models import Case, Roadmap, RoadmapLine, RoadmapMilestone

AT_ONCE = 10_000


@dataclass(frozen=True)
class SlipRow:
    """A milestone that was due and is not reached; `days` since it was due, a day that may be `provisional`."""

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
    provisional: bool


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
    """The milestones of one kind that were due in one place, zone and team; `earliest` of those that are late."""

    place_id: int
    zone: str
    team: str
    kind: str
    due: int
    done: int
    earliest: date | None


class _Late(NamedTuple):
    """A milestone that was due and is not reached."""

    due_on: date
    case_id: int
    place_id: int
    zone: str
    team: str
    kind: str
    provisional: bool


class _Plan(NamedTuple):
    """What never changes of a roadmap once it is planned, and how its days count; without a digest it is not."""

    roadmap_id: int
    digest: str
    roster_id: int
    counting: Counting


class _Promised(NamedTuple):
    """The milestones of one case, in the order of their days."""

    case_id: int
    place_id: int
    zone: str
    team: str
    start_on: date
    kinds: tuple[str, ...]
    due: tuple[Due, ...]


@dataclass(frozen=True)
class _Stood:
    """All that was due by a day, counted, and all that was late, the longest delay first."""

    counted: tuple[_Counted, ...]
    late: tuple[_Late, ...]


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
    wanted = _Wanted(places, zone, team, kind)
    plan = _Plan(roadmap.pk, roadmap.plan_digest, roadmap.roster_id, counting_of(roadmap, known_at))
    stood = _stood(plan, as_of, last_id_at(roadmap.roster_id, known_at))
    counted = [one for one in stood.counted if wanted.lets(one)]
    late = [one for one in stood.late if wanted.lets(one)]
    due, done = sum(one.due for one in counted), sum(one.done for one in counted)
    pages = max(1, -(-len(late) // size))
    page = min(max(page, 1), pages)
    return SlipReport(
        as_of=as_of,
        due=due,
        done=done,
        late=len(late),
        rows=_rows(late[(page - 1) * size : page * size], as_of, known_at),
        page=page,
        pages=pages,
        zones=_groups(counted, as_of, lambda one: (one.zone, one.zone)),
        towns=_groups(counted, as_of, lambda one: town_of(one.place_id, as_of)),
        teams=_groups(counted, as_of, lambda one: (one.team, one.team)),
        kinds=_groups(counted, as_of, lambda one: (one.kind, one.kind)),
    )


@dataclass(frozen=True)
class _Wanted:
    places: frozenset[int] | None
    zone: str
    team: str
    kind: str

    def lets(self, one: _Counted | _Late) -> bool:
        """Whether a line is among what is asked for."""
        return (
            (self.places is None or one.place_id in self.places)
            and self.zone in ("", one.zone)
            and self.team in ("", one.team)
            and self.kind in ("", one.kind)
        )


@lru_cache(maxsize=4)
def _stood(plan: _Plan, as_of: date, last_id: int) -> _Stood:
    """What was due by a day, as known up to an entry: neither changes any more, so that pages share the answer."""
    promised = _promised(plan)
    slots = sorted({slot for one in promised for slot, _ in one.due})
    stands, removed = _standing(plan.roster_id, slots, AsOf(as_of, last_id))
    counts: dict[tuple[int, str, str, str], list[Any]] = defaultdict(lambda: [0, 0, None])
    late = []
    for one in promised:
        if one.case_id in removed:
            continue
        reached = reached_on(one.due, stands.get(one.case_id, {}))
        for kind, (_, due_on), day in zip(one.kinds, one.due, reached, strict=True):
            if due_on > as_of:
                break
            count = counts[one.place_id, one.zone, one.team, kind]
            count[0] += 1
            if day is not None:
                count[1] += 1
                continue
            count[2] = due_on if count[2] is None else min(count[2], due_on)
            provisional = plan.counting.provisional(one.start_on, due_on)
            late.append(_Late(due_on, one.case_id, one.place_id, one.zone, one.team, kind, provisional))
    late.sort(key=itemgetter(0, 1))
    return _Stood(tuple(_Counted(*key, *count) for key, count in counts.items()), tuple(late))


@lru_cache(maxsize=4)
def _promised(plan: _Plan) -> tuple[_Promised, ...]:
    """The milestones of a roadmap, case by case: what was planned never changes (0011), a notice may move its days."""
    lines = RoadmapLine.objects.filter(roadmap_id=plan.roadmap_id).exclude(measure="")
    columns = lines.values_list("case_id", "place_id", "zone", "team", "measure", "start_on")
    where = {line[0]: line[1:] for line in columns.iterator(AT_ONCE)}
    rows = RoadmapMilestone.objects.filter(roadmap_id=plan.roadmap_id).order_by("case_id", "due_on", "id")
    steps = rows.values_list("case_id", "kind", "slot", "due_on").iterator(AT_ONCE)
    found = []
    for case_id, own in groupby(steps, itemgetter(0)):
        kinds, slots, days = _columns(own)
        place, zone, team, measure, start_on = where[case_id]
        assert start_on is not None  # a line with a measure has its days
        due = tuple(zip(slots, plan.counting.days(measure, start_on, kinds, days), strict=True))
        found.append(_Promised(case_id, place, zone, team, start_on, kinds, due))
    return tuple(found)


def _columns(
    steps: Iterable[tuple[int, str, str, date]],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[date, ...]]:
    """The milestones of a case as kinds, slots and days."""
    of_case = list(steps)
    return (
        tuple(step[1] for step in of_case),
        tuple(step[2] for step in of_case),
        tuple(step[3] for step in of_case),
    )


def _standing(roster_id: int, slots: Sequence[str], at: AsOf) -> tuple[dict[int, dict[str, date]], set[int]]:
    """The days of the entries that count, by case and slot; and the cases that were removed from the roster."""
    stands: dict[int, dict[str, date]] = defaultdict(dict)
    removed = set()
    sql, params = last_sql("case_id, slot, is_on, effective_day", [*slots, "target"], roster_id, at)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for case_id, slot, is_on, day in cursor.fetchall():
            if is_on:
                stands[case_id][slot] = day_of(day)
            elif slot == "target":
                removed.add(case_id)
    return stands, removed


def _rows(late: Sequence[_Late], as_of: date, known_at: datetime) -> tuple[SlipRow, ...]:
    """The lines of some slips; firms are called as they were by those who knew what was known then."""
    cases = Case.objects.select_related("firm").in_bulk([one.case_id for one in late])
    names = names_then(known_at)
    return tuple(
        SlipRow(
            one.case_id,
            cases[one.case_id].number,
            name_of(cases[one.case_id], names),
            *town_of(one.place_id, as_of),
            one.zone,
            one.team,
            one.kind,
            one.due_on,
            days_late(one.due_on, None, as_of),
            one.provisional,
        )
        for one in late
    )


def _groups(counted: Sequence[_Counted], as_of: date, key: Any) -> tuple[SlipGroup, ...]:
    found: dict[tuple[str, str], list[_Counted]] = defaultdict(list)
    for one in counted:
        found[key(one)].append(one)
    ordered = sorted(found.items(), key=lambda one: natural(one[0][0]))
    return tuple(SlipGroup(*named, *_sums(rows), _most_days(rows, as_of)) for named, rows in ordered)


def _sums(rows: Sequence[_Counted]) -> tuple[int, int, int]:
    due, done = sum(one.due for one in rows), sum(one.done for one in rows)
    return due, done, due - done


def _most_days(rows: Sequence[_Counted], as_of: date) -> int:
    return max(((as_of - one.earliest).days for one in rows if one.earliest), default=0)
