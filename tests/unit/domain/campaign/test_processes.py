"""What may be done to a roster, and with a question whether two records are one firm."""

from tenglong.domain.campaign.processes import match_process, roster_process


def test_a_roster_is_founded_and_stays_in_use() -> None:
    process = roster_process()
    assert list(process.states) == ["in_use"] and process.steps["freeze"].permissions == ("freeze",)
    assert not any(step.to for step in process.steps.values() if step.sources)


def test_a_merge_needs_words_and_every_answer_can_be_taken_back() -> None:
    steps = match_process().steps
    assert steps["same"].reason and not steps["different"].reason
    assert (
        steps["undo"].to == steps["reopen"].to == ("open",)
        and steps["undo"].reason
        and steps["reopen"].reason
    )
