"""Entries: their key, their subject and the bytes the chain covers."""

from datetime import timedelta, timezone

from tenglong.domain.ledger.entries import Filed, filed, is_void
from tenglong.domain.ledger.kinds import vocabulary
from tests.unit.domain.ledger.samples import entry


def test_the_later_day_counts_and_on_one_day_the_later_entry():
    assert entry(1, "signed", day=3).key > entry(2, "signed", day=2).key
    assert entry(2, "signed", day=2).key > entry(1, "signed", day=2).key


def test_land_with_a_parcel_belongs_to_the_parcel():
    land, emptied = vocabulary().kind("area_vacated"), vocabulary().kind("emptied")
    about = entry(1, "area_vacated", case_id=7, parcel_id=3, quantity=1)
    assert filed(land, about) == Filed("area_vacated", True, "parcel", 3)
    assert filed(land, about._replace(parcel_id=None)) == Filed("area_vacated", True, "case", 7)
    assert filed(emptied, about) == Filed("premises", True, "case", 7)


def test_the_chain_covers_where_a_new_entry_is_filed():
    old = entry(1, "signed")
    new = old._replace(filed=filed(vocabulary().kind("signed"), old))
    assert new.canonical().startswith(old.canonical()) and new.canonical() != old.canonical()
    for other in (
        ("premises", True, "case", 1),
        ("contract", False, "case", 1),
        ("contract", True, "parcel", 1),
    ):
        assert new._replace(filed=Filed(*other)).canonical() != new.canonical()
    assert new._replace(filed=Filed("contract", True, "case", 2)).canonical() != new.canonical()


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
