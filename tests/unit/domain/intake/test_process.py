"""The way of an upload."""

from tenglong.domain.intake.process import import_process


def test_nothing_is_withdrawn_while_a_worker_is_at_it() -> None:
    steps = import_process().steps
    for state in ("staging", "accepting"):
        assert [step.id for step in steps.values() if step.open_in(state)] == []


def test_what_stands_in_the_ledger_takes_two_rights_and_a_reason_to_undo() -> None:
    undo = import_process().steps["undo"]
    assert undo.sources == ("accepted",) and undo.permissions == ("accept", "correct") and undo.reason


def test_a_file_may_be_read_again_until_it_is_decided() -> None:
    assert set(import_process().events["read"].sources) == {"queued", "staging", "staged", "failed"}
    assert import_process().after("stopped", "accepting") == "staged"
