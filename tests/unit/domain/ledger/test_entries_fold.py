"""The fold: what counts as of a day, as known at a moment."""

from datetime import date, timedelta

from tenglong.domain.ledger.entries import AsOf, Draft, Entry, attributes, filed, fold, last_words, surviving
from tenglong.domain.ledger.kinds import vocabulary
from tests.unit.domain.ledger.samples import FIRST_DAY, entry

LATER = date(2030, 1, 1)
HISTORY = [
    entry(1, "targeted", day=0),
    entry(2, "signed", day=5),
    entry(3, "written_off", day=20),
    entry(4, "void", day=20, corrects=3),
    entry(5, "energy_freed", day=20, quantity=10),
    entry(6, "energy_freed", day=25, quantity=7),
]


def counting(day: int, last_id: int) -> list[int]:
    return [e.id for e in surviving(HISTORY, AsOf(FIRST_DAY + timedelta(days=day), last_id))]


def test_facts_of_later_days_do_not_count_yet():
    assert counting(day=4, last_id=99) == [1]
    assert counting(day=5, last_id=99) == [1, 2]


def test_a_correction_counts_from_when_it_is_known_not_from_the_day_it_corrects():
    assert counting(day=20, last_id=3) == [1, 2, 3]
    assert counting(day=20, last_id=4) == [1, 2]


def test_an_amount_is_a_total_and_the_last_one_counts():
    slots = fold(HISTORY, AsOf(LATER, 99), vocabulary())
    assert slots[("case", 1), "energy_freed"].quantity == 7
    slots = fold(HISTORY, AsOf(FIRST_DAY + timedelta(days=20), 99), vocabulary())
    assert slots[("case", 1), "energy_freed"].quantity == 10


def test_a_late_entry_about_an_earlier_day_does_not_overrule_a_later_day():
    history = [entry(1, "energy_freed", day=9, quantity=5), entry(2, "energy_freed", day=3, quantity=8)]
    assert fold(history, AsOf(LATER, 99), vocabulary())[("case", 1), "energy_freed"].quantity == 5


def test_twelve_tenants_free_one_parcel_once():
    history = [
        entry(n, "area_vacated", day=n, case_id=n, parcel_id=4, quantity=12_000_000) for n in range(1, 13)
    ]
    slots = fold(history, AsOf(LATER, 99), vocabulary())
    assert {place: e.quantity for place, e in slots.items()} == {(("parcel", 4), "area_vacated"): 12_000_000}


def test_parts_of_a_parcel_add_up_and_reports_of_one_part_replace_each_other():
    land = vocabulary().kind("area_vacated")

    def told(id: int, case_id: int, quantity: int, part: int | None) -> Entry:
        draft = Draft(case_id, "area_vacated", FIRST_DAY, 4, subject_id=part)
        about = entry(id, "area_vacated", case_id=case_id, parcel_id=4, quantity=quantity)
        return about._replace(filed=filed(land, draft))

    history = [
        told(1, 1, 2_500_000, None),
        told(2, 2, 1_500_000, 9),
        told(3, 3, 9_000_000, 9),
        told(4, 2, 2_000_000, 9),
    ]
    slots = fold(history, AsOf(LATER, 99), vocabulary())
    assert {place[0]: one.quantity for place, one in slots.items()} == {
        ("parcel", 4): 2_500_000,
        ("part", 9): 2_000_000,
    }


def test_a_correction_that_is_taken_back_corrects_nothing():
    history = [
        entry(1, "signed", day=1),
        entry(2, "void", day=1, corrects=1),
        entry(3, "void", day=1, corrects=2, details={"root": 1}),
        entry(4, "void", day=1, corrects=3, details={"root": 1}),
    ]
    for last_id, counts in ((1, True), (2, False), (3, True), (4, False)):
        assert bool(surviving(history, AsOf(LATER, last_id))) == counts, last_id


def said(id: int, kind: str, day: int = 0, **more: str):
    return entry(id, kind, day=day, details={"said": more})


def test_the_last_word_on_an_attribute_counts_from_its_day_and_the_first_from_the_start():
    history = [said(1, "opened", 5, party="landlord", zone="东区"), said(2, "described", 9, party="tenant")]
    before = attributes(history, AsOf(FIRST_DAY, 99), vocabulary())
    assert {id: one.text for (_, id), one in before.items()} == {"party": "landlord", "zone": "东区"}
    after = attributes(history, AsOf(LATER, 99), vocabulary())
    assert after[("case", 1), "party"].text == "tenant"
    known_then = attributes(history, AsOf(LATER, 1), vocabulary())
    assert known_then[("case", 1), "party"].text == "landlord"
    assert last_words(history, vocabulary()) == {"party": "tenant", "zone": "东区"}


def test_what_an_older_ledger_kept_beside_its_entries_was_known_since_the_entry_it_names():
    history = [entry(7, "opened", details={"said": {"zone": "东区"}, "known_since": 2})]
    assert attributes(history, AsOf(LATER, 2), vocabulary())
    assert not attributes(history, AsOf(LATER, 1), vocabulary())
