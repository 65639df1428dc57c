"""The one question behind every face: a figure of a roster, in a territory, as of a day, as known at a moment.

Screen, workbook, bulletin and API all call `ask`; nothing else computes a reported number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db import connection

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.quantities import MICRO
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.reporting import figures as meaning
from tenglong.queries.ledger import is_now, last_id_at, last_sql
from tenglong.queries.rosters import calibre_of
from tenglong.queries.territory import territory
from tenglong.store.models import CaseState, ReferencePoint, Roster

ByPlace = dict[int, meaning.Totals]
EVENTS = tuple(
    f.name for f in CaseState._meta.fields if f.get_internal_type() == "DateField" and f.name != "state_on"
)
AMOUNTS = tuple(
    f.name
    for f in CaseState._meta.fields
    if f.get_internal_type() == "BigIntegerField" and not f.name.endswith("_id")
)
OF_ALL = ("listed", "proposed", "removed")


@dataclass(frozen=True)
class Question:
    """What is asked. `scope` is where the person may look; the territory is narrowed to it."""

    roster: Roster
    territory: str
    as_of: date
    known_at: datetime
    at: AsOf
    scope: Scope

    @property
    def place_ids(self) -> frozenset[int]:
        """The places that count under the territory on the day and that the person may see."""
        members = territory().at(self.as_of).members(self.territory)
        return self.scope.narrowed(members).places


def question(
    *, roster: Roster, code: str, as_of: date, known_at: datetime, scope: Scope, last_id: int | None = None
) -> Question:
    """A question with its known-at time turned into the entry id that the fold compares with."""
    last = last_id_at(known_at) if last_id is None else last_id
    return Question(roster, code, as_of, known_at, AsOf(as_of, last), scope)


def ask(asked: Question, ids: Sequence[str] = ()) -> list[meaning.Figure]:
    """The figures `ids` (all by default) of one territory."""
    wanted = [meaning.definition(id) for id in ids] if ids else list(meaning.definitions().values())
    totals = meaning.Totals()
    for found in totals_by_place(asked, wanted).values():
        totals.merge(found)
    references = reference_values(asked)
    return [figure_of(asked, figure, totals, references) for figure in wanted]


def figure_of(
    asked: Question, figure: meaning.Definition, totals: meaning.Totals, references: dict[str, Fraction]
) -> meaning.Figure:
    """One figure from totals already at hand."""
    exact = meaning.value(figure, totals, references)
    return meaning.Figure(
        id=figure.id,
        name=figure.zh,
        exact=exact,
        printed=meaning.printed(figure, exact),
        unit=figure.unit,
        calibre=calibre_of(asked.roster),
        territory=asked.territory,
        as_of=asked.as_of,
        known_at=asked.known_at,
    )


def totals_by_place(asked: Question, wanted: Sequence[meaning.Definition]) -> ByPlace:
    """What each place adds up to: from the stored fold when nothing lies beyond the question, else folded."""
    places = asked.place_ids
    if not places:
        return {}
    if is_now(asked.roster.pk, asked.at):
        return _stored(asked.roster.pk, places)
    return _folded(asked, meaning.needed_slots(wanted), places)


def reference_values(asked: Question) -> dict[str, Fraction]:
    """The reference series' latest values on or before the day, known by then, by figure id."""
    points = ReferencePoint.objects.filter(
        roster=asked.roster, day__lte=asked.as_of, recorded_at__lte=asked.known_at
    ).order_by("day", "id")
    return {point.figure: Fraction(point.quantity, MICRO) for point in points}


def _stored(roster_id: int, places: frozenset[int]) -> ByPlace:
    """Totals of the stored fold: one pass over the cases of the roster."""
    counts = [
        f"COUNT({slot})" if slot in OF_ALL else f"COUNT(CASE WHEN target IS NOT NULL THEN {slot} END)"
        for slot in EVENTS
    ]
    sums = [f"SUM(CASE WHEN target IS NOT NULL THEN {slot} ELSE 0 END)" for slot in AMOUNTS]
    discharging = [
        "SUM(CASE WHEN target IS NOT NULL AND wastewater_baseline > 0 THEN 1 ELSE 0 END)",
        "SUM(CASE WHEN target IS NOT NULL AND wastewater_baseline > wastewater_freed THEN 1 ELSE 0 END)",
    ]
    columns = ", ".join([*counts, *sums, *discharging])
    marks = ", ".join(["%s"] * len(places))
    sql = (
        f"SELECT place_id, party, {columns} FROM store_casestate"
        f" WHERE roster_id = %s AND place_id IN ({marks}) GROUP BY place_id, party"
    )
    found: ByPlace = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [roster_id, *places])
        for place_id, party, *numbers in cursor.fetchall():
            _add_stored(found.setdefault(place_id, meaning.Totals()), party, [int(n or 0) for n in numbers])
    return found


def _add_stored(totals: meaning.Totals, party: str, numbers: list[int]) -> None:
    names = [*EVENTS, *AMOUNTS, meaning.DISCHARGING_BEFORE, meaning.DISCHARGING_AFTER]
    for name, number in zip(names, numbers, strict=True):
        is_amount = name in AMOUNTS
        totals.add(name, party, 0 if is_amount else number, number if is_amount else 0)


FOLDED = """
, members AS (SELECT case_id FROM last WHERE slot = 'target' AND is_on)
, counted AS (
    SELECT last.case_id, last.quantity,
           CASE WHEN last.slot = 'target' AND NOT last.is_on THEN 'removed' ELSE last.slot END AS slot
    FROM last WHERE (last.is_on OR last.slot = 'target')
)
"""
FOLDED_TOTALS = """
SELECT c.place_id, c.party, f.slot, COUNT(*), SUM(f.quantity)
FROM counted f JOIN store_case c ON c.id = f.case_id
WHERE c.place_id IN ({places})
  AND (f.slot IN ('listed', 'proposed', 'removed') OR f.case_id IN (SELECT case_id FROM members))
GROUP BY c.place_id, c.party, f.slot
"""
FOLDED_DISCHARGING = """
SELECT place_id, party, COUNT(CASE WHEN before > 0 THEN 1 END), COUNT(CASE WHEN before > freed THEN 1 END)
FROM (
    SELECT c.place_id, c.party, c.id,
           SUM(CASE WHEN f.slot = 'wastewater_baseline' THEN f.quantity ELSE 0 END) AS before,
           SUM(CASE WHEN f.slot = 'wastewater_freed' THEN f.quantity ELSE 0 END) AS freed
    FROM counted f JOIN store_case c ON c.id = f.case_id
    WHERE c.place_id IN ({places}) AND f.slot IN ('wastewater_baseline', 'wastewater_freed')
      AND f.case_id IN (SELECT case_id FROM members)
    GROUP BY c.place_id, c.party, c.id
) discharging
GROUP BY place_id, party
"""


def _folded(asked: Question, slots: Sequence[str], places: frozenset[int]) -> ByPlace:
    """Totals folded from the ledger as of the day, as known then."""
    found: ByPlace = {}
    stored_slots = [slot for slot in slots if slot not in ("removed", *_DISCHARGING)]
    for place_id, party, slot, count, total in _run(FOLDED_TOTALS, asked, stored_slots, places):
        found.setdefault(place_id, meaning.Totals()).add(slot, party, count, int(total or 0))
    if "wastewater_baseline" in slots:
        water = ["target", "wastewater_baseline", "wastewater_freed"]
        for place_id, party, before, after in _run(FOLDED_DISCHARGING, asked, water, places):
            totals = found.setdefault(place_id, meaning.Totals())
            totals.add(meaning.DISCHARGING_BEFORE, party, before, 0)
            totals.add(meaning.DISCHARGING_AFTER, party, after, 0)
    return found


_DISCHARGING = (meaning.DISCHARGING_BEFORE, meaning.DISCHARGING_AFTER)


def _run(sql: str, asked: Question, slots: Sequence[str], places: frozenset[int]) -> list[tuple]:
    head, params = last_sql(slots, asked.roster.pk, asked.at)
    marks = ", ".join(["%s"] * len(places))
    with connection.cursor() as cursor:
        cursor.execute(head + FOLDED + sql.format(places=marks), [*params, *places])
        return cursor.fetchall()
