"""One small campaign for the tests of the API, and clients who call it.

Django is set up only after the files of fixtures have been read: what needs it is imported inside.
"""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def campaign(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The campaign of world.py, built once a module and taken back at its end, before other tests come."""
    from django.db import transaction

    from tests.integration.api.world import build_campaign

    with django_db_blocker.unblock(), transaction.atomic():
        yield build_campaign()
        transaction.set_rollback(True)


@pytest.fixture
def world(campaign: Any, db: None) -> Iterator[Any]:
    """The campaign; what a test does to it is taken back."""
    from django.core.cache import cache

    cache.clear()
    yield campaign
    cache.clear()


@pytest.fixture
def clients(world: Any) -> dict[str, Any]:
    """A program for each person, calling with their token."""
    from django.test import Client

    return {
        name: Client(headers={"authorization": f"Bearer {token}"}) for name, token in world.tokens.items()
    }
