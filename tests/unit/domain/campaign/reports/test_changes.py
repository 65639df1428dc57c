"""What a report changes in a known case: nothing twice, corrections by voids, and only what may stand."""

from datetime import timedelta

import pytest

from tenglong.domain.campaign.reports.changes import Changes, Reported, changes, culprit, settle
from tenglong.domain.kernel.errors import Conflict
from tests.unit.domain.campaign.reports.rows import known
from tests.unit.domain.ledger.samples import FIRST_DAY


def said(kind: str, day: int, amount: int | None = None, *, dated: bool = True) -> Reported:
    return Reported(kind, FIRST_DAY + timedelta(days=day), amount and amount * 10**6, dated=dated)


def shown(found: Changes) -> tuple[list[str], list[str]]:
    """The kinds voided, and the kinds added."""
    return [fact.kind for fact in found.voids], [item.kind for item in found.added]


CASE = "targeted signed energy_freed=5 area_vacated=3"


@pytest.mark.parametrize(
    ("reported", "voided", "added"),
    [
        (said("signed", 1), [], []),
        (said("emptied", 5), [], ["emptied"]),
        (said("signed", 4), ["signed"], ["signed"]),
        (said("signed", 4, dated=False), [], []),
        (said("energy_freed", 2, 5), [], []),
        (said("energy_freed", 8, 5), [], []),
        (said("energy_freed", 2, 6), ["energy_freed"], ["energy_freed"]),
        (said("energy_freed", 8, 6), [], ["energy_freed"]),
        (said("area_vacated", 3, 3), [], []),
    ],
)
def test_one_report_against_a_known_case(reported: Reported, voided: list[str], added: list[str]) -> None:
    assert shown(changes([reported], known(CASE), parcel_id=1)) == (voided, added)


def test_land_that_turns_out_to_be_another_parcels_moves_there() -> None:
    found = changes([said("area_vacated", 3, 3)], known(CASE), parcel_id=2)
    assert shown(found) == (["area_vacated"], ["area_vacated"])


def test_an_event_list_adds_and_never_corrects() -> None:
    found = changes([said("signed", 4)], known(CASE), parcel_id=1, correct=False)
    assert shown(found) == ([], ["signed"])


def test_everything_is_new_to_an_unknown_case() -> None:
    found = changes([said("targeted", 0), said("signed", 1)], known(""), parcel_id=None)
    assert shown(found) == ([], ["targeted", "signed"]) and found
    assert not Changes()


def test_entries_that_follow_on_the_same_day_are_recorded_anew_behind_an_addition() -> None:
    found = settle(Changes((), (said("offered", 1),)), known("targeted signed"))
    assert shown(found) == (["signed"], ["offered", "signed"])


def test_what_cannot_stand_even_so_is_refused() -> None:
    with pytest.raises(Conflict, match="不能登记“销号”"):
        settle(Changes((), (said("written_off", 3),)), known("targeted signed"))


def test_the_culprit_is_named() -> None:
    item, message = culprit(Changes((), (said("written_off", 3),)), known("targeted signed"))
    assert item is not None and item.kind == "written_off" and "不能登记“销号”" in str(message)
    assert culprit(Changes(), known("targeted")) == (None, None)
