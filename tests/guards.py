"""What an intruder does first, and a test that must set up what the database refuses: take the guards down."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from tenglong.store.guards import put_up, take_down


@contextmanager
def guards_down() -> Iterator[None]:
    """Within it, a transaction of its own where there is none, the database refuses nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        take_down()
        yield
        put_up()
