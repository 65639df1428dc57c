"""The totals of figures folded in SQL from the entries: what domain.reporting.counting says, compiled.

domain.reporting.counting.reference is the slow reference; tests/property holds the two together.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.reporting.counting import PARTY, TARGET, Measure, Totals, slots_of
from tenglong.queries.attributes import latest_sql, moved_beyond
from tenglong.queries.ledger import last_sql

ByPlace = dict[int, Totals]

# Each line of the fold looks its case up by key, and "+" keeps the index of places out of it: SQLite then needs
# no statistics of its tables, which nobody gathers in daily use, to go about it in the right order.
GROUPED = """
WITH members AS (SELECT case_id FROM ({targets}) t WHERE is_on){parties}
SELECT c.place_id, {party}, slot, is_on, m.case_id IS NOT NULL, COUNT(*), SUM(quantity)
FROM ({last}) last JOIN store_case c ON c.id = last.case_id LEFT JOIN members m ON m.case_id = last.case_id{join}
WHERE +c.place_id IN ({places})
GROUP BY 1, 2, 3, 4, 5
"""
COMPARED = """
WITH members AS (SELECT case_id FROM ({targets}) t WHERE is_on){parties}
, sides AS (
    SELECT c.place_id, {party} AS party, last.case_id, m.case_id IS NOT NULL AS member,
           SUM(CASE WHEN slot = %s THEN quantity ELSE 0 END) AS more,
           SUM(CASE WHEN slot = %s THEN quantity ELSE 0 END) AS than
    FROM ({last}) last JOIN store_case c ON c.id = last.case_id LEFT JOIN members m ON m.case_id = last.case_id{join}
    WHERE +c.place_id IN ({places}) AND last.is_on
    GROUP BY 1, 2, 3, 4
)
SELECT place_id, party, COUNT(*) FROM sides WHERE more > than AND (member OR {everyone}) GROUP BY 1, 2
"""
COLUMNS = "case_id, slot, is_on, quantity"


def folded_totals(roster_id: int, at: AsOf, measures: Sequence[Measure], places: Sequence[int]) -> ByPlace:
    """What each of `places` adds up to as of the day, as known then."""
    asked = _Asked(roster_id, at, places)
    found: ByPlace = {}
    for place_id, party, key, count, total in asked.totals(measures):
        found.setdefault(place_id, Totals()).add(key, party, count, total)
    return found


class _Asked:
    """The parts that the statements of one question have in common."""

    def __init__(self, roster_id: int, at: AsOf, places: Sequence[int]):
        self._roster_id, self._at, self._places = roster_id, at, places
        targets, self._of_targets = last_sql("case_id, is_on", [TARGET], roster_id, at)
        parties, join, party, self._of_parties = "", "", "c.party", list[Any]()
        if moved_beyond(roster_id, at):
            said, self._of_parties = latest_sql(PARTY, roster_id, at)
            parties = f", parties AS ({said})"
            join, party = " LEFT JOIN parties p ON p.subject = last.case_id", "COALESCE(p.said, '')"
        marks = ", ".join(["%s"] * len(places))
        self._parts = {"targets": targets, "parties": parties, "join": join, "party": party, "places": marks}

    def totals(self, measures: Sequence[Measure]) -> Iterator[tuple[int, str, str, int, int]]:
        """(place, party, measure's key, count, total) of everything asked for."""
        by_line = [measure for measure in measures if measure.than is None]
        if by_line:
            yield from self._grouped(by_line)
        for measure in measures:
            if measure.than is not None:
                yield from self._compared(measure)

    def _grouped(self, measures: Sequence[Measure]) -> Iterator[tuple[int, str, str, int, int]]:
        last, of_last = self._last(slots_of(measures))
        sql = GROUPED.format(last=last, **self._parts)
        params = [*self._of_targets, *self._of_parties, *of_last, *self._places]
        for place_id, party, slot, is_on, member, count, total in _rows(sql, params):
            for measure in measures:
                if (measure.slot, measure.on) == (slot, bool(is_on)) and (member or measure.everyone):
                    yield place_id, party, measure.key, count, int(total or 0)

    def _compared(self, measure: Measure) -> Iterator[tuple[int, str, str, int, int]]:
        last, of_last = self._last(measure.slots)
        sql = COMPARED.format(last=last, everyone="TRUE" if measure.everyone else "FALSE", **self._parts)
        params = [*self._of_targets, *self._of_parties, measure.slot, measure.than, *of_last, *self._places]
        for place_id, party, count in _rows(sql, params):
            yield place_id, party, measure.key, count, 0

    def _last(self, slots: Sequence[str]) -> tuple[str, list[Any]]:
        return last_sql(COLUMNS, slots, self._roster_id, self._at)


def _rows(sql: str, params: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        yield from cursor.fetchall()
