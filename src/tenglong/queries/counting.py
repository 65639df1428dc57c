"""The totals of figures folded in SQL from the entries: what domain.reporting.counting says, compiled.

domain.reporting.counting.reference is the slow reference; tests/property holds the two together.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.reporting.counting import PARTY, TARGET, Measure, Totals, slots_of
from tenglong.queries.attributes import any_moved, latest_sql, moved_sql
from tenglong.queries.ledger import last_sql

ByPlace = dict[int, Totals]

# SQLite has no statistics of its tables, which nobody gathers in daily use, so the statements leave it no choice: the
# fold is the outer loop (CROSS JOIN), each of its lines looks its case up by key ("+" keeps the index of places out of
# it), and who is a member is asked of a list (IN), which is always indexed, where a joined fold may be walked anew for
# every line.
LINES = """
FROM ({last}) last CROSS JOIN store_case c
WHERE c.id = last.case_id AND +c.place_id IN ({places})
"""
GROUPED = f"""
WITH members AS (SELECT case_id FROM ({{targets}}) t WHERE is_on){{parties}}
SELECT slot, c.place_id * 4 + CAST(is_on AS INTEGER) * 2
           + CAST(last.case_id IN (SELECT case_id FROM members) AS INTEGER), {{party}}, COUNT(*), SUM(quantity)
{LINES}
GROUP BY 1, 2, 3
"""
"""Place, sense and membership are one number: a million lines are sorted by it, and one column sorts faster."""
COMPARED = f"""
WITH members AS (SELECT case_id FROM ({{targets}}) t WHERE is_on){{parties}}
, sides AS (
    SELECT c.place_id, {{party}} AS party, last.case_id,
           SUM(CASE WHEN slot = %s THEN quantity ELSE 0 END) AS more,
           SUM(CASE WHEN slot = %s THEN quantity ELSE 0 END) AS than
    {LINES} AND last.is_on
    GROUP BY 1, 2, 3
)
SELECT place_id, party, COUNT(*) FROM sides
WHERE more > than AND ({{everyone}} OR case_id IN (SELECT case_id FROM members)) GROUP BY 1, 2
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
        parties, party, self._of_parties = "", "c.party", list[Any]()
        if any_moved(roster_id, at):
            moved, of_moved = moved_sql(roster_id, at)
            said, of_said = latest_sql(PARTY, roster_id, at, among="SELECT subject FROM moved")
            parties, self._of_parties = f", moved AS ({moved}), parties AS ({said})", [*of_moved, *of_said]
            party = _chosen(vocabulary().attributes[PARTY].choices)
        marks = ", ".join(["%s"] * len(places))
        self._parts = {"targets": targets, "parties": parties, "party": party, "places": marks}

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
        for slot, packed, party, count, total in _rows(sql, params):
            place_id, is_on, member = packed >> 2, bool(packed & 2), packed & 1
            for measure in measures:
                if (measure.slot, measure.on) == (slot, is_on) and (member or measure.everyone):
                    yield place_id, party, measure.key, count, int(total or 0)

    def _compared(self, measure: Measure) -> Iterator[tuple[int, str, str, int, int]]:
        last, of_last = self._last(measure.slots)
        sql = COMPARED.format(last=last, everyone="TRUE" if measure.everyone else "FALSE", **self._parts)
        params = [*self._of_targets, *self._of_parties, measure.slot, measure.than, *of_last, *self._places]
        for place_id, party, count in _rows(sql, params):
            yield place_id, party, measure.key, count, 0

    def _last(self, slots: Sequence[str]) -> tuple[str, list[Any]]:
        return last_sql(COLUMNS, slots, self._roster_id, self._at)


def _chosen(choices: Sequence[str]) -> str:
    """The party of a case: of those that `moved` as `parties` says, of the others as it stands beside them."""
    said = "WHEN c.id IN (SELECT subject FROM parties WHERE said = '{choice}') THEN '{choice}'"
    beside = "WHEN c.id NOT IN (SELECT subject FROM moved) THEN c.party"
    return "CASE {} {} ELSE '' END".format(beside, " ".join(said.format(choice=choice) for choice in choices))


def _rows(sql: str, params: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        yield from cursor.fetchall()
