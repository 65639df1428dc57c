"""The numbers of entries: one row of numbers for all rosters, so that writers of different rosters need not wait."""

from django.db import connection


def take_entry_ids(count: int) -> int:
    """The first of `count` numbers in a row; call it with the head of the roster locked, so that within a roster they
    grow. PostgreSQL hands them out whether the transaction is kept or not (migration 0012)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT entry_numbers(%s)", [count])
        else:
            cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM store_entry")
        return int(cursor.fetchone()[0])
