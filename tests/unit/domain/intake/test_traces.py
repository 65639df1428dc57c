"""What is kept of a row, and what makes two rows equal."""

import json

from tenglong.domain.intake.traces import digest, kept_text

SAID = {"serial": "1", "firm_name": "嘉兴甲厂", "legal_person": "330421194912310018", "note": "\ud800"}


def test_the_texts_are_kept_in_their_order_and_numbers_of_people_are_masked():
    kept = json.loads(kept_text(SAID))
    assert list(kept) == list(SAID)
    assert kept == SAID | {"legal_person": "33**************18"}


def test_rows_are_equal_whatever_their_serial_number_and_the_order_of_columns():
    assert digest(dict(reversed(SAID.items())) | {"serial": "2"}) == digest(SAID)
    assert digest({"firm_name": "嘉兴甲厂"}) != digest({"address": "嘉兴甲厂"})


def test_numbers_of_people_tell_rows_apart_although_they_are_not_kept():
    other = SAID | {"legal_person": "330499194912310018"}
    assert kept_text(other) == kept_text(SAID)
    assert digest(other) != digest(SAID)
