"""Sealed rows get their ids and are inserted in one transaction: two people who sign in at once both get in."""

import pytest
from django.db import connection
from django.utils import timezone

from tenglong.store.models import TrailEvent, sealed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("many", [False, True])
def test_ids_are_given_and_taken_in_one_transaction(monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    outside, depths, given = len(connection.atomic_blocks), [], sealed.next_ids

    def next_ids(model: type, count: int) -> list[int]:
        depths.append(len(connection.atomic_blocks))
        return list(given(model, count))

    monkeypatch.setattr(sealed, "next_ids", next_ids)
    event = TrailEvent(at=timezone.now(), by="demo-city", deed="sign_in", about="user:demo-city", details={})
    if many:
        TrailEvent.objects.bulk_create([event])
    else:
        event.save()
    assert depths == [outside + 1]
