"""What is written behind is seen by whoever asks, in order; an error ends it all."""

from threading import active_count, current_thread

import pytest
from django.db import IntegrityError, transaction

from tenglong.store import bulk
from tenglong.store.bulk import insert, writing_behind
from tenglong.store.bulk_behind import PART, Writer
from tenglong.store.models import RosterHead

COLUMNS = ("roster_id", "last_id", "last_hash", "last_day", "entries", "folded", "spare_next", "spare_end")

pytestmark = pytest.mark.django_db


def head(number: int) -> tuple[object, ...]:
    return (number, 0, "0" * 64, "2021-11-09", 0, True, 0, 0)


def kept() -> list[int]:
    return list(RosterHead.objects.order_by("pk").values_list("pk", flat=True))


def test_whoever_asks_finds_everything_written():
    with transaction.atomic(), writing_behind():
        insert(RosterHead, COLUMNS, (head(number) for number in range(1, 2 * PART + 2)))
        assert kept() == list(range(1, 2 * PART + 2))
        insert(RosterHead, COLUMNS, [head(5000)])
        assert RosterHead.objects.filter(pk=5000).exists()
    assert len(kept()) == 2 * PART + 2


def test_rows_are_made_here_and_written_there():
    seen = []
    writer = Writer()
    writer.write(lambda rows: seen.append((current_thread().name, list(rows))), range(3))
    writer.wait()
    writer.stop()
    assert seen == [("bulk writer", [0, 1, 2])]


def test_both_databases_write_behind(monkeypatch):
    wrote = []
    monkeypatch.setattr(bulk, "_insert_now", lambda *_: wrote.append(current_thread().name))
    with transaction.atomic(), writing_behind():
        insert(RosterHead, COLUMNS, [head(1)])
    assert wrote == ["bulk writer"]


def test_an_error_of_a_write_is_raised_and_takes_everything_back():
    before = active_count()
    with pytest.raises(IntegrityError), transaction.atomic(), writing_behind():
        insert(RosterHead, COLUMNS, [head(1)])
        insert(RosterHead, COLUMNS, [head(1)])
        insert(RosterHead, COLUMNS, [head(2)])
    assert kept() == []
    assert active_count() == before


def test_an_error_among_the_rows_is_raised_and_takes_everything_back():
    def rows():
        yield head(1)
        raise ValueError("no second row")

    with pytest.raises(ValueError, match="no second row"), transaction.atomic(), writing_behind():
        insert(RosterHead, COLUMNS, rows())
    assert kept() == []
