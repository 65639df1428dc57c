"""The demonstration, replayed once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction


@pytest.fixture(scope="package")
def replayed(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """The demonstration in a transaction that is taken back after these tests; gives its workbooks' folder."""
    from tenglong.demo.load import load  # not before Django is set up: this file is read first
    from tenglong.queries.territory import forget_territory

    folder = tmp_path_factory.mktemp("workbooks")
    with django_db_blocker.unblock(), transaction.atomic():
        assert load(folder, "Tenglong-2021", lambda *_: None)
        yield folder
        transaction.set_rollback(True)
    forget_territory()
