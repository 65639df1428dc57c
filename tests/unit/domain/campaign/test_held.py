"""What lies in the file of a case, by its entries."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tenglong.domain.campaign.held import held_text, read_held
from tenglong.domain.ledger.entries import Entry

NOON = datetime(2021, 11, 9, 4, tzinfo=UTC)
FILE = {"digest": "0" * 64, "name": "照片.jpg", "size": 1, "content_type": "image/jpeg"}


def told(*said: tuple[str, int] | tuple[str, int, dict[str, Any]]) -> list[Entry]:
    """Entries of one case, each with the day of June on which it happened."""
    return [
        Entry(n, 1, 1, kind, date(2021, 6, day), NOON, "甲", None, None, None, *more)
        for n, (kind, day, *more) in enumerate(said, start=1)
    ]


def test_a_fact_is_proven_by_a_file_of_its_own_or_one_that_came_later() -> None:
    later = ("evidence_added", 3, {"about": 2, "files": [FILE]})
    history = told(("signed", 1, {"files": [FILE]}), ("emptied", 2), later, ("handed_over", 4))
    assert held_text(history) == "emptied+ handed_over signed+"


def test_pieces_bear_their_numbers() -> None:
    given = ("evidence_added", 1, {"piece": "E16", "files": [FILE]})
    waived = ("evidence_waived", 2, {"piece": "E10", "reason": "无淘汰设备"})
    held = read_held(held_text(told(given, waived)))
    assert (held.given, held.waived, held.counts) == ({"E16"}, {"E10"}, set())


@pytest.mark.parametrize("end", ["submitted", "returned", "reopened"])
def test_no_approval_counts_after_a_round_ended(end: str) -> None:
    approved = ("checked", 1), ("town_passed", 2), ("county_passed", 3), ("publicised", 4)
    held = read_held(held_text(told(*approved, (end, 5), ("checked", 6))))
    assert held.counts - {end} == {"checked"}


@pytest.mark.parametrize("relapse", ["reopened", "resumed_production", "reoccupied"])
def test_a_relapse_undoes_what_was_cut_and_cleared(relapse: str) -> None:
    done = ("signed", 1), ("power_cut", 2), ("products_cleared", 2)
    assert read_held(held_text(told(*done, (relapse, 5), ("water_cut", 6)))).counts - {relapse} == {
        "signed",
        "water_cut",
    }


@pytest.mark.parametrize(
    ("history", "wrong"),
    [
        ([("signed", 5), ("power_cut", 5), ("checked", 5)], set()),
        ([("signed", 5), ("power_cut", 4)], {"power_cut"}),
        ([("consented", 3), ("power_cut", 4), ("signed", 5)], set()),
        ([("decided", 5), ("checked", 7), ("materials_cleared", 8)], {"materials_cleared"}),
        ([("materials_cleared", 8)], set()),
    ],
)
def test_what_was_cut_and_cleared_stands_between_basis_and_check(history: Any, wrong: set[str]) -> None:
    assert read_held(held_text(told(*history))).misdated == wrong


def test_an_amount_of_nothing_says_nothing() -> None:
    facts = told(("wastewater_baseline", 1), ("cod_baseline", 1))
    some, none = facts[0]._replace(quantity=5), facts[1]._replace(quantity=0)
    assert held_text([some, none]) == "wastewater_baseline"
