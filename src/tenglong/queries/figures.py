"""The one question behind every face: a figure of a roster, in a territory, as of a day, as known at a moment.

Screen, workbook, bulletin and API all call `ask`; nothing else computes a reported number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import connection

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.quantities import MICRO
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.reporting import figures as meaning
from tenglong.queries.ledger import is_now, last_id_at, last_sql
from tenglong.queries.rosters import as_known, calibre_of
from tenglong.queries.territory import territory
from tenglong.store.models import PlaceTotal, ReferencePoint, Roster

ByPlace = dict[int, meaning.Totals]


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
    """A question with its known-at time turned into the entry id that the fold compares with, and its roster saying
    what was known then."""
    last = last_id_at(known_at) if last_id is None else last_id
    return Question(as_known(roster, known_at), code, as_of, known_at, AsOf(as_of, last), scope)


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


def figure_json(figure: meaning.Figure) -> dict[str, Any]:
    """A figure as programs read it: the same for the command line and the API."""
    return {
        "id": figure.id,
        "name": figure.name,
        "value": figure.exact_text,
        "printed": figure.printed,
        "unit": figure.unit,
        "roster": figure.calibre.roster,
        "calibre": str(figure.calibre),
        "definition": figure.calibre.definition,
        "territory": figure.territory,
        "as_of": figure.as_of.isoformat(),
        "known_at": figure.known_at.isoformat(),
    }


def totals_by_place(asked: Question, wanted: Sequence[meaning.Definition]) -> ByPlace:
    """What each place adds up to: from the stored fold when nothing lies beyond the question, else folded."""
    places, slots = sorted(asked.place_ids), meaning.needed_slots(wanted)
    if not places:
        return {}
    if is_now(asked.roster.pk, asked.at):
        return _stored(asked.roster.pk, slots, places)
    return _folded(asked, slots, places)


def reference_values(asked: Question) -> dict[str, Fraction]:
    """The reference series' latest values on or before the day, known by then, by figure id."""
    return {figure: Fraction(point.quantity, MICRO) for figure, point in reference_points(asked).items()}


def reference_points(asked: Question) -> dict[str, ReferencePoint]:
    """The points that a lead is measured against, by figure id; their days may lie before the question's."""
    points = ReferencePoint.objects.filter(
        roster=asked.roster, day__lte=asked.as_of, recorded_at__lte=asked.known_at
    ).order_by("day", "id")
    return {point.figure: point for point in points}


def _stored(roster_id: int, slots: Sequence[str], places: Sequence[int]) -> ByPlace:
    """Totals kept beside the stored fold: `actions.ledger` moves them with every entry."""
    found: ByPlace = {}
    rows = PlaceTotal.objects.filter(roster_id=roster_id, slot__in=slots, place_id__in=places)
    for place_id, party, slot, count, total in rows.values_list(
        "place_id", "party", "slot", "count", "total"
    ):
        found.setdefault(place_id, meaning.Totals()).add(slot, party, count, total)
    return found


# Each line of the fold looks its case up by key, and "+" keeps the index of places out of it: SQLite then needs
# no statistics of its tables, which nobody gathers in daily use, to go about it in the right order.
FOLDED = """
WITH members AS (SELECT case_id FROM ({targets}) t WHERE is_on)
, water AS (
    SELECT c.place_id, c.party, w.case_id,
           SUM(CASE WHEN slot = 'wastewater_baseline' THEN quantity ELSE 0 END) AS before_,
           SUM(CASE WHEN slot = 'wastewater_freed' THEN quantity ELSE 0 END) AS freed
    FROM ({waters}) w JOIN store_case c ON c.id = w.case_id
    WHERE +c.place_id IN ({places}) AND w.is_on AND w.case_id IN (SELECT case_id FROM members)
    GROUP BY c.place_id, c.party, w.case_id
)
SELECT c.place_id, c.party, slot, is_on, COUNT(*), SUM(quantity)
FROM ({last}) last JOIN store_case c ON c.id = last.case_id
WHERE +c.place_id IN ({places})
  AND (NOT is_on OR slot IN ('listed', 'proposed') OR last.case_id IN (SELECT case_id FROM members))
GROUP BY c.place_id, c.party, slot, is_on
UNION ALL SELECT place_id, party, 'discharging_before', TRUE, COUNT(*), 0
FROM water WHERE before_ > 0 GROUP BY place_id, party
UNION ALL SELECT place_id, party, 'discharging_after', TRUE, COUNT(*), 0
FROM water WHERE before_ > freed GROUP BY place_id, party
"""
DISCHARGING = (meaning.DISCHARGING_BEFORE, meaning.DISCHARGING_AFTER)
WATER = ("wastewater_baseline", "wastewater_freed")
COLUMNS = "case_id, slot, is_on, quantity"


def _folded(asked: Question, slots: Sequence[str], places: Sequence[int]) -> ByPlace:
    """Totals folded from the ledger as of the day, as known then."""
    sql, params = _folded_sql(asked, slots, places)
    found: ByPlace = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for place_id, party, slot, is_on, count, total in cursor.fetchall():
            if is_on or slot == "target":
                counted = slot if is_on else "removed"
                found.setdefault(place_id, meaning.Totals()).add(counted, party, count, int(total or 0))
    return found


def _folded_sql(asked: Question, slots: Sequence[str], places: Sequence[int]) -> tuple[str, list[Any]]:
    """The statement above; where nobody asks for dischargers it looks for them among no entries."""
    entries = [slot for slot in slots if slot not in ("removed", *DISCHARGING)]
    waters = WATER if any(slot in DISCHARGING for slot in slots) else ("",)
    targets, of_targets = last_sql("case_id, is_on", ["target"], asked.roster.pk, asked.at)
    water, of_water = last_sql(COLUMNS, waters, asked.roster.pk, asked.at)
    last, of_last = last_sql(COLUMNS, entries, asked.roster.pk, asked.at)
    marks = ", ".join(["%s"] * len(places))
    sql = FOLDED.format(targets=targets, places=marks, waters=water, last=last)
    return sql, [*of_targets, *of_water, *places, *of_last, *places]
