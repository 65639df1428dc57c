"""The tables by which an office sets itself up: every change that a place can see, in the words of the pages."""

from tenglong.domain.intake.kinds import ColumnType, kind_from_json, kind_to_json
from tenglong.domain.intake.site import PEOPLE, PLACES, site_kinds
from tenglong.domain.registry.changes import Kind


def test_every_change_of_a_place_can_be_said_but_taking_one_back() -> None:
    said = {choice.id for choice in site_kinds()[PLACES].column("happening").choices}
    assert said == {kind.value for kind in Kind} - {Kind.TAKE_BACK.value}


def test_a_change_needs_a_day_and_a_reason_and_a_person_a_unit_and_a_role() -> None:
    needed = {kind.id: [c.id for c in kind.columns if c.required] for kind in site_kinds().values()}
    assert needed[PLACES] == ["place", "happening", "day", "reason"]
    assert needed[PEOPLE] == ["username", "display_name", "place", "role"]
    assert site_kinds()[PLACES].column("day").type is ColumnType.DATE


def test_the_reader_in_its_own_process_gets_the_same_kinds() -> None:
    assert all(kind_from_json(kind_to_json(kind)) == kind for kind in site_kinds().values())
