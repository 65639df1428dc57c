"""What a roadmap says case by case: filtered, page by page, one, or all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.ordering import natural
from tenglong.domain.roadmap.three_ables.checks import Check
from tenglong.queries.registry.names import name_like
from tenglong.queries.registry.territory import territory
from tenglong.queries.roadmap.calendar import Counting, counting_of
from tenglong.store.models import Roadmap, RoadmapLine, RoadmapMilestone

AT_ONCE = 2_000


@dataclass(frozen=True)
class LineFilter:
    """Which lines are wanted; "" and None let everything through. `town` is a code, `text` a part of a firm's name."""

    zone: str = ""
    team: str = ""
    town: str = ""
    measure: str = ""
    batch: str = ""
    outcome: str = ""
    text: str = ""
    waits: bool | None = None
    fixed: bool | None = None
    adjusted: bool | None = None
    start_on: date | None = None


EVERY = LineFilter()


@dataclass(frozen=True)
class LineRow:
    """A case in a roadmap; without a measure it waits. `amounts` are what its option brings and takes, by id.

    `done_on` is counted anew when a notice of holidays is entered; `provisional`: it may still move with one.
    """

    case_id: int
    number: int
    name: str
    town: str
    town_name: str
    zone: str
    team: str
    batch: str
    measure: str
    start_on: date | None
    done_on: date | None
    fixed: bool
    adjusted: bool
    amounts: dict[str, Decimal]
    outcome: str
    provisional: bool

    @property
    def waits(self) -> bool:
        """Whether nothing is planned for it."""
        return not self.measure


@dataclass(frozen=True)
class MilestoneRow:
    """By when an entry of a kind should stand in the ledger of the case; `provisional` as in the line."""

    kind: str
    due_on: date
    provisional: bool


@dataclass(frozen=True)
class LineDetail:
    """A line with the three-ables of its firm and its milestones in the order of their days."""

    row: LineRow
    checks: tuple[Check, ...]
    milestones: tuple[MilestoneRow, ...]


@dataclass(frozen=True)
class LinesPage:
    """One page of lines, of `count` that were wanted."""

    rows: tuple[LineRow, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True)
class Filters:
    """What the lines that may be seen can be filtered by; towns as (code, name) in official order."""

    zones: tuple[str, ...]
    teams: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    measures: tuple[str, ...]
    batches: tuple[str, ...]
    outcomes: tuple[str, ...]


def lines_page(
    roadmap: Roadmap, scope: Scope, where: LineFilter = EVERY, *, page: int = 1, size: int = 50
) -> LinesPage:
    """The lines of a page that may be seen, by number; a page beyond the last is the last."""
    count = wanted_lines(roadmap, scope, where).count()
    pages = max(1, -(-count // size))
    page = min(max(page, 1), pages)
    return LinesPage(lines_slice(roadmap, scope, where, (page - 1) * size, size), count, page, pages)


def lines_slice(
    roadmap: Roadmap, scope: Scope, where: LineFilter, offset: int, limit: int
) -> tuple[LineRow, ...]:
    """So many of the lines that may be seen, by number, from one on."""
    ordered = wanted_lines(roadmap, scope, where).order_by("case__number")
    ids = list(ordered.values_list("pk", flat=True)[offset : offset + limit])
    rows = _with_cases(RoadmapLine.objects.filter(pk__in=ids).defer("checks"))
    lines, counting = list(rows), counting_of(roadmap)
    due = _milestones(roadmap, lines, counting) if counting.moved else {}
    return tuple(_row(line, roadmap, counting, due.get(line.case_id, ())) for line in lines)


def line_of(roadmap: Roadmap, case_id: int, scope: Scope) -> LineDetail:
    """One line.

    Raises:
        NotFound: the case has no line, or not for this person.
    """
    line = _with_cases(visible_lines(roadmap, scope).filter(case_id=case_id)).first()
    if line is None:
        raise NotFound(msg("路线图中没有这家企业，或不在您的辖区内，请从列表中选择。"))
    return _details(roadmap, [line])[0]


def all_lines(roadmap: Roadmap, scope: Scope, where: LineFilter = EVERY) -> Iterator[LineDetail]:
    """Every line that may be seen, by number, with checks and milestones."""
    ids = list(wanted_lines(roadmap, scope, where).order_by("case__number").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        lines = _with_cases(RoadmapLine.objects.filter(pk__in=ids[start : start + AT_ONCE]))
        yield from _details(roadmap, list(lines))


def filters_of(roadmap: Roadmap, scope: Scope) -> Filters:
    """The values that occur in the lines that may be seen."""
    columns = ("zone", "team", "place_id", "measure", "batch", "outcome")
    seen = visible_lines(roadmap, scope).order_by().values_list(*columns).distinct()
    found: list[set[Any]] = [set() for _ in columns]
    for row in seen:
        for values, value in zip(found, row, strict=True):
            values.add(value)
    zones, teams, places, measures, batches, outcomes = found
    towns = sorted({town_of(id, roadmap.facts_on) for id in places})
    texts = (tuple(sorted(filter(None, values), key=natural)) for values in (zones, teams))
    zone, team = texts
    others = (tuple(sorted(filter(None, values))) for values in (measures, batches, outcomes))
    return Filters(zone, team, tuple(towns), *others)


def visible_lines(roadmap: Roadmap, scope: Scope) -> QuerySet[RoadmapLine]:
    """The lines of a roadmap that may be seen."""
    found = RoadmapLine.objects.filter(roadmap=roadmap)
    return found if scope.everywhere else found.filter(place_id__in=scope.places)


def wanted_lines(roadmap: Roadmap, scope: Scope, where: LineFilter) -> QuerySet[RoadmapLine]:
    """Those of them that a filter lets through."""
    found = visible_lines(roadmap, scope)
    texts = ("zone", "team", "measure", "batch", "outcome")
    found = found.filter(**{name: getattr(where, name) for name in texts if getattr(where, name)})
    if where.town:
        found = found.filter(place_id__in=territory().at(roadmap.facts_on).members(where.town))
    if where.text.strip():
        found = found.filter(name_like(where.text, "case__firm__"))
    if where.start_on is not None:
        found = found.filter(start_on=where.start_on)
    if where.waits is not None:
        found = found.filter(measure="") if where.waits else found.exclude(measure="")
    flags = {name: getattr(where, name) for name in ("fixed", "adjusted")}
    return found.filter(**{name: flag for name, flag in flags.items() if flag is not None})


def town_of(place_id: int, day: date) -> tuple[str, str]:
    """Code and name of the place on the day, whatever it was before or became since."""
    places = territory()
    here = places.home(places.places[place_id], day) or places.places[place_id]
    return here.code, here.name


def _with_cases(lines: QuerySet[RoadmapLine]) -> QuerySet[RoadmapLine]:
    return lines.select_related("case__firm").order_by("case__number")


def _details(roadmap: Roadmap, lines: Sequence[RoadmapLine]) -> list[LineDetail]:
    counting = counting_of(roadmap)
    due = _milestones(roadmap, lines, counting)
    return [
        LineDetail(
            _row(line, roadmap, counting, due[line.case_id]),
            tuple(Check.from_json(one) for one in line.checks),
            due[line.case_id],
        )
        for line in lines
    ]


def _milestones(
    roadmap: Roadmap, lines: Sequence[RoadmapLine], counting: Counting
) -> dict[int, tuple[MilestoneRow, ...]]:
    planned: dict[int, list[tuple[str, date]]] = {line.case_id: [] for line in lines}
    rows = RoadmapMilestone.objects.filter(roadmap=roadmap, case_id__in=list(planned))
    for case_id, kind, due_on in rows.order_by("due_on", "id").values_list("case_id", "kind", "due_on"):
        planned[case_id].append((kind, due_on))
    return {line.case_id: _counted(line, planned[line.case_id], counting) for line in lines}


def _counted(
    line: RoadmapLine, planned: Sequence[tuple[str, date]], counting: Counting
) -> tuple[MilestoneRow, ...]:
    if line.start_on is None or not planned:
        return ()
    kinds, days = zip(*planned, strict=True)
    return tuple(
        MilestoneRow(kind, day, counting.provisional(line.start_on, day))
        for kind, day in zip(kinds, counting.days(line.measure, line.start_on, kinds, days), strict=True)
    )


def _row(
    line: RoadmapLine, roadmap: Roadmap, counting: Counting, milestones: Sequence[MilestoneRow]
) -> LineRow:
    done_on = milestones[-1].due_on if milestones else line.done_on
    town, town_name = town_of(line.place_id, roadmap.facts_on)
    return LineRow(
        case_id=line.case_id,
        number=line.case.number,
        name=line.case.firm.name,
        town=town,
        town_name=town_name,
        zone=line.zone,
        team=line.team,
        batch=line.batch,
        measure=line.measure,
        start_on=line.start_on,
        done_on=done_on,
        fixed=line.fixed,
        adjusted=line.adjusted,
        amounts={name: Decimal(text) for name, text in line.amounts.items()},
        outcome=line.outcome,
        provisional=counting.provisional(line.start_on, done_on),
    )
