"""The database itself holds to store/registry.py: triggers refuse what the word for a table does not allow.

They are put up after every migration (store/apps.py), so that a table made anew, as SQLite does for most changes,
does not lose them. A guard is named after what it says: one that is missing, or says something else than today, shows
by its name. Migrations that rewrite guarded rows, or make anew a table that another one's guard asks, take them
down first.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from tenglong.store.registry import ADD, REGISTRY, Kept, Refusal, Word

SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when}
BEGIN SELECT RAISE(ABORT, '{words}'); END;
"""
POSTGRESQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {when} THEN RAISE EXCEPTION '{words}'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}();
"""
SQLITE_UP = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'store\\_%' ESCAPE '\\'"
POSTGRESQL_UP = r"""
SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relname LIKE 'store\_%'
"""
POSTGRESQL_FUNCTIONS = r"""
SELECT proname FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE nspname = current_schema() AND (proname LIKE 'store\_%' OR proname = 'refuse_change')
"""
SQLITE_TEXTS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
POSTGRESQL_TEXTS = """
SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""


MANY = 1_000
"""Rows of a file from which on it is worth while to take guards down and put them up again."""


@dataclass(frozen=True)
class Guard:
    """A trigger: on which table, against what, in which words."""

    table: str
    event: str
    when: str
    words: str

    @property
    def name(self) -> str:
        """Ends with a digest of what it says."""
        said = hashlib.sha256(f"{self.when} {self.words}".encode()).hexdigest()[:8]
        return f"{self.table}_{self.event.lower()}_{said}"

    def said_by(self, text: str, vendor: str) -> bool:
        """Whether the text that a database keeps of a trigger, without spaces, is the one that was put up."""
        put_up = self.sql(vendor) if vendor == "sqlite" else self.sql(vendor).split("$$")[1]
        return text.removesuffix(";") == "".join(put_up.split()).removesuffix(";")

    def sql(self, vendor: str) -> str:
        """The statement that puts it up."""
        form = POSTGRESQL if vendor == "postgresql" else SQLITE
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        return form.format(
            name=self.name, table=self.table, event=self.event, when=self.when, words=self.words, each=each
        )


def put_up(on: BaseDatabaseWrapper = connection) -> None:
    """Put up every guard that is not there and take down every other one; does nothing where all is well."""
    wanted = {guard.name: guard for guard in _wanted(on.vendor)}
    there = _there(on)
    with on.cursor() as cursor:
        if there.keys() - wanted.keys():
            take_down(on)
            there = {}
        for name, guard in wanted.items():
            if name not in there:
                cursor.execute(guard.sql(on.vendor))


def take_down(on: BaseDatabaseWrapper = connection) -> None:
    """Take down every guard: for migrations, inside their transaction."""
    with on.cursor() as cursor:
        for name, table in _there(on).items():
            cursor.execute(f'DROP TRIGGER "{name}"' + (f" ON {table}" if on.vendor == "postgresql" else ""))
        if on.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTIONS)
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP FUNCTION "{name}"')


@contextmanager
def adding_many(rows: int, *tables: type[models.Model]) -> Iterator[None]:
    """Within it, inside a transaction that is rolled back on any error, SQLite does not ask of each new row of some
    tables whether it takes the place of another: a third of the writing of an entry went there [measured].

    Who is within says INSERT, never REPLACE; nobody else writes meanwhile, and the guards are up again before anybody
    can. Nothing on PostgreSQL, nor for few `rows`: every connection has to read the names of all tables anew.
    """
    if connection.vendor != "sqlite" or rows < MANY:
        yield
        return
    there, names = _there(connection), {table._meta.db_table for table in tables}
    wanted = [one for one in _wanted("sqlite") if one.table in names and one.event == "INSERT"]
    down = [one for one in wanted if one.name in there]
    with connection.cursor() as cursor:
        for guard in down:
            cursor.execute(f'DROP TRIGGER "{guard.name}"')
        yield
        for guard in down:
            cursor.execute(guard.sql("sqlite"))


def missing() -> list[str]:
    """The tables of guards that are not up."""
    there = _there(connection)
    return sorted({guard.table for guard in _wanted(connection.vendor) if guard.name not in there})


def spoilt() -> list[str]:
    """The tables of guards that are not up, were switched off, or say something else under their name; it reads the
    text of each, so it is for `tenglong ledger verify`, not for every run."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL_TEXTS if vendor == "postgresql" else SQLITE_TEXTS)
        texts = {name: "".join(text.split()) for name, text in cursor.fetchall()}
    return sorted(
        {guard.table for guard in _wanted(vendor) if not guard.said_by(texts.get(guard.name, ""), vendor)}
    )


def _there(on: BaseDatabaseWrapper) -> dict[str, str]:
    """Every trigger on a table of ours, with its table (on PostgreSQL, where its name alone does not find it)."""
    with on.cursor() as cursor:
        cursor.execute(POSTGRESQL_UP if on.vendor == "postgresql" else SQLITE_UP)
        return {row[0]: row[-1] for row in cursor.fetchall()}


def _wanted(vendor: str) -> Iterator[Guard]:
    for model, kept in REGISTRY.items():
        table = model._meta.db_table
        for refusal in kept.refusals:
            yield _guard(table, refusal)
        if kept.taken:
            yield _guard(table, _against_all_at_once(model, kept, vendor))


def _guard(table: str, refusal: Refusal) -> Guard:
    return Guard(table, refusal.event, refusal.when, f"{table}: {refusal.words}")


def _against_all_at_once(model: type[models.Model], kept: Kept, vendor: str) -> Refusal:
    """What asks no trigger of DELETE: on PostgreSQL TRUNCATE, on SQLite REPLACE, which gives a row another's place."""
    if vendor == "postgresql":
        return Refusal("TRUNCATE", "TRUE", ADD)
    conditions = (" AND ".join(f"{name} = NEW.{name}" for name in columns) for columns in _keys(model, kept))
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE {one})" for one in conditions)
    return Refusal("INSERT", taken, f"{ADD}; a row never takes the place of another")


def _keys(model: type[models.Model], kept: Kept) -> Iterator[list[str]]:
    """The columns in which two rows cannot be equal; of rows that may change only the id."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        if field.primary_key or (field.unique and kept.word is Word.APPEND_ONLY):
            yield [columns[field.name]]
    for one in model._meta.constraints if kept.word is Word.APPEND_ONLY else ():
        if isinstance(one, models.UniqueConstraint) and _always(one):
            yield [columns[name] for name in one.fields]


def _always(constraint: models.UniqueConstraint) -> bool:
    """Whether equal rows exclude each other wherever none of the columns is null."""
    nulls = [models.Q(**{f"{name}__isnull": False}) for name in constraint.fields]
    return constraint.condition is None or constraint.condition in nulls
