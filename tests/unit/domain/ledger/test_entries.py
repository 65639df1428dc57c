"""Entries: their key, their subject and the bytes the chain covers."""

from datetime import timedelta, timezone

from tenglong.domain.ledger.entries import is_void, subject_of
from tenglong.domain.ledger.kinds import vocabulary
from tests.unit.domain.ledger.samples import entry


def test_the_later_day_counts_and_on_one_day_the_later_entry():
    assert entry(1, "signed", day=3).key > entry(2, "signed", day=2).key
    assert entry(2, "signed", day=2).key > entry(1, "signed", day=2).key


def test_land_with_a_parcel_belongs_to_the_parcel():
    assert subject_of(vocabulary().kind("area_vacated"), 7, 3) == -3
    assert subject_of(vocabulary().kind("area_vacated"), 7, None) == 7
    assert subject_of(vocabulary().kind("emptied"), 7, 3) == 7


def test_the_canonical_bytes_do_not_depend_on_time_zone_or_order_of_details():
    one = entry(1, "signed", details={"b": 1, "a": "腾退"})
    other = one._replace(
        details={"a": "腾退", "b": 1},
        recorded_at=one.recorded_at.astimezone(timezone(timedelta(hours=8))),
    )
    assert one.canonical() == other.canonical()


def test_only_corrections_are_void():
    assert is_void(entry(2, "void", corrects=1))
    assert not is_void(entry(1, "signed"))
