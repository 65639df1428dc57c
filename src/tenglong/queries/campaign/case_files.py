"""The cases of one firm as its file shows them: timeline, state, whose turn it is, and what may follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import Move, machine
from tenglong.queries.campaign.duties import Answers, answers_of
from tenglong.queries.campaign.steps import NextSteps, next_steps
from tenglong.queries.campaign.timelines import Line, timelines
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.registry.firm_cases import CaseNow


@dataclass(frozen=True)
class CaseFile:
    """One case; `leaving` are the moves that its state allows to whoever has the right to make them."""

    case: CaseNow
    lines: list[Line]
    steps: NextSteps
    leaving: tuple[Move, ...]
    overdue_days: int
    records: bool
    corrects: bool
    exports: bool
    answers: Answers


def case_files(cases: Sequence[CaseNow], actor: Actor, today: date) -> list[CaseFile]:
    """The files of cases that `actor` may see."""
    facts = facts_of_cases([case.id for case in cases])
    lines = timelines(facts)
    answers = answers_of([case.id for case in cases], today)
    steps = {case.id: next_steps(case, actor, today, facts[case.id]) for case in cases}
    return [
        CaseFile(
            case=case,
            lines=lines[case.id],
            steps=steps[case.id],
            leaving=machine().leaving(steps[case.id].state),
            overdue_days=case.days_overdue(today),
            records=actor.may(Permission.RECORD, case.place_id),
            corrects=actor.may(Permission.CORRECT, case.place_id),
            exports=actor.may(Permission.EXPORT, case.place_id),
            answers=answers[case.id],
        )
        for case in cases
    ]
