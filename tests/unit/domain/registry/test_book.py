"""The register book: what was said of one subject, with both times."""

from datetime import UTC, date, datetime

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.ledger.entries import ALWAYS, AsOf, Entry
from tenglong.domain.ledger.kinds import VOID
from tenglong.domain.registry.book import (
    FROM_THE_START,
    SUBJECTS,
    book_vocabulary,
    filed_under,
    holds_on,
    kind_of,
    lasting_words,
    said_as_of,
)

NOON = datetime(2021, 11, 9, 4, tzinfo=UTC)
LATER = date(2021, 11, 10)


def said(id: int, day: date = FROM_THE_START, **words: str) -> Entry:
    kind = kind_of("firm", from_the_start=day == FROM_THE_START)
    return Entry(id, 0, 0, kind, day, NOON, "甲", details={"said": words}, filed=filed_under("firm", 7))


def taken_back(id: int, corrects: int) -> Entry:
    return Entry(id, 0, 0, VOID, FROM_THE_START, NOON, "甲", corrects=corrects, filed=filed_under("firm", 7))


def test_the_last_word_counts_from_its_day_and_from_when_it_is_known():
    history = [said(1, name="演示厂", address="一号"), said(2, LATER, address="二号"), said(3, size="规上")]
    assert said_as_of(history, AsOf(LATER, 1)) == {"name": "演示厂", "address": "一号"}
    assert said_as_of(history, AsOf(date(2021, 11, 9), 3)) == {
        "name": "演示厂",
        "address": "一号",
        "size": "规上",
    }
    assert said_as_of(history, AsOf(LATER, 3)) == {"name": "演示厂", "address": "二号", "size": "规上"}


def test_what_is_taken_back_leaves_what_it_replaced():
    history = [
        said(1, name="演示厂", address="一号"),
        said(2, LATER, address="二号"),
        said(3, LATER, address="三号"),
    ]
    first = [*history, taken_back(4, 2)]
    assert said_as_of(first, ALWAYS) == {"name": "演示厂", "address": "三号"}
    assert said_as_of([*first, taken_back(5, 3)], ALWAYS) == {"name": "演示厂", "address": "一号"}
    assert said_as_of([*first, taken_back(5, 3)], AsOf(LATER, 3)) == {"name": "演示厂", "address": "三号"}


def test_of_a_withdrawn_subject_nothing_counts_but_what_it_is_told_apart_by():
    history = [
        said(1, name="演示厂", code="C", address="一号"),
        said(2, LATER, size="规上"),
        taken_back(3, 1),
    ]
    assert said_as_of(history, ALWAYS) is None
    assert lasting_words(history) == {"name": "演示厂", "code": "C", "size": "规上"}


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        ("", "", True),
        ("2021-11-10", "", True),
        ("2021-11-11", "", False),
        ("", "2021-11-10", False),
        ("", "2021-11-11", True),
    ],
)
def test_a_holding_stands_from_its_first_day_up_to_its_end(since: str, until: str, holds: bool):
    assert holds_on({"since": since, "until": until}, LATER) is holds


def test_everything_that_may_be_said_is_checked():
    words = book_vocabulary()
    assert tuple(words.subjects) == SUBJECTS
    words.check_attributes(
        words.kind("holding_entered"), {"relation": "tenant", "landlord": "3", "since": ""}
    )
    for wrong in (
        {"relation": "guest"},
        {"landlord": "某厂"},
        {"floor_area": "-1"},
        {"since": "明天"},
        {"address": "一号"},
    ):
        with pytest.raises(BadValue):
            words.check_attributes(words.kind("holding_entered"), wrong)
