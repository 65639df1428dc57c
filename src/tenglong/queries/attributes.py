"""What was said of cases (party, team, due day …) as of a day, as known at a moment: the last word on each.

domain.ledger.fold.attributes is the slow reference.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db import connection

from tenglong.domain.kernel.jsontext import read
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.ledger.kinds import CASE, OPENED, vocabulary
from tenglong.queries.ledger import TAKEN_BACK

SAID = f"""
SELECT {{columns}} FROM store_entry
WHERE roster_id = %s AND slot IN ({{slots}}) AND subject_type = '{CASE}'
  AND (({{from_the_start}} AND {{known_since}} <= %s) OR (NOT {{from_the_start}} AND effective_day <= %s AND id <= %s))
  AND id NOT IN ({TAKEN_BACK})
"""
LATEST = """
SELECT subject, said FROM (
    SELECT subject, said, LEAD(id) OVER (PARTITION BY subject ORDER BY since, id) IS NULL AS is_last
    FROM ({said}) words WHERE said IS NOT NULL
) latest WHERE is_last
"""
MOVED = """
SELECT subject FROM store_entry WHERE roster_id = %s AND slot IN ({later}) AND (id > %s OR effective_day > %s)
UNION ALL
SELECT r.subject FROM store_entry v CROSS JOIN store_entry r
WHERE v.root IS NOT NULL AND v.id > %s AND r.id = v.root AND r.roster_id = %s AND r.slot IN ({slots})
"""
"""CROSS JOIN: SQLite goes through the corrections, which are few, not through what was said of every case."""
_JSON = {"sqlite": "json_extract(details, '$.{path}')", "postgresql": "(details #>> '{{{path}}}')"}


def said_of_cases(roster_id: int, at: AsOf, names: Collection[str]) -> dict[int, dict[str, str]]:
    """The attributes `names` of every case of the roster; what nothing was said of is absent."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    sql, params = _said_sql("subject, details", roster_id, at)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {_since()}, id", params)
        for case_id, details in _rows(cursor):
            said = (read(details) if isinstance(details, str) else details).get("said", {})
            found[case_id].update((name, said[name]) for name in names if name in said)
    return dict(found)


def latest_sql(name: str, roster_id: int, at: AsOf, among: str) -> tuple[str, list[Any]]:
    """One attribute of the cases that the SELECT `among` gives as a SELECT of (subject, said), with its parameters."""
    text = _json(f"said,{name}" if connection.vendor == "postgresql" else f"said.{name}")
    sql, params = _said_sql(f"subject, {text} AS said, {_since()} AS since, id", roster_id, at)
    return LATEST.format(said=f"{sql} AND subject IN ({among})"), params


def moved_sql(roster_id: int, at: AsOf) -> tuple[str, list[Any]]:
    """The cases of which something was said after `at` that changed what was said before, with its parameters. The
    attributes that stand beside the others are those of `at`, as far as they have entries by then."""
    slots = describing_slots()
    later = [slot for slot in slots if slot != vocabulary().kind(OPENED).slot]
    sql = MOVED.format(later=_marks(later), slots=_marks(slots))
    return sql, [roster_id, *later, at.last_id, day_number(at.day), at.last_id, roster_id, *slots]


def any_moved(roster_id: int, at: AsOf) -> bool:
    """Whether there are such cases."""
    sql, params = moved_sql(roster_id, at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({sql})", params)
        return bool(cursor.fetchone()[0])


def _said_sql(columns: str, roster_id: int, at: AsOf) -> tuple[str, list[Any]]:
    slots = describing_slots()
    sql = SAID.format(
        columns=columns,
        slots=_marks(slots),
        from_the_start=_from_the_start(),
        known_since=f"COALESCE(CAST({_json('known_since')} AS BIGINT), id)",
    )
    return sql, [roster_id, *slots, at.last_id, day_number(at.day), at.last_id, at.last_id]


def describing_slots() -> list[str]:
    """The slots of the entries that say something of cases."""
    return sorted(
        {kind.slot for kind in vocabulary().kinds.values() if kind.describes and kind.subject == CASE}
    )


def _from_the_start() -> str:
    kinds = (kind.id for kind in vocabulary().kinds.values() if kind.from_the_start)
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))


def _since() -> str:
    """What is said from the start stands before every day."""
    return f"CASE WHEN {_from_the_start()} THEN {day_number(date.min)} ELSE effective_day END"


def _json(path: str) -> str:
    return _JSON[connection.vendor].format(path=path)


def _marks(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(5000):
        yield from rows
