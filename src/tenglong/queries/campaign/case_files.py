"""The cases of one firm as its file shows them: timeline, state, whose turn it is, and what may follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import Move, machine
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.queries.campaign.duties import Answers, answers_for
from tenglong.queries.campaign.pieces import Pieces, pieces_of
from tenglong.queries.campaign.steps import NextSteps, next_steps
from tenglong.queries.campaign.timelines import Line, timelines
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.firm_cases import CaseNow
from tenglong.queries.registry.rulebook import rulebook_of


@dataclass(frozen=True)
class CaseFile:
    """One case; `leaving` are the moves that its state allows to whoever has the right to make them."""

    case: CaseNow
    lines: list[Line]
    pieces: Pieces
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
    return [_file(case, facts[case.id], lines[case.id], actor, today) for case in cases]


def _file(case: CaseNow, facts: Sequence[Fact], lines: list[Line], actor: Actor, today: date) -> CaseFile:
    steps = next_steps(case, actor, today, facts)
    book = rulebook_of(case.place_id, today)
    return CaseFile(
        case=case,
        lines=lines,
        pieces=pieces_of(case, surviving_history(facts), book, actor, offered=steps.offered),
        steps=steps,
        leaving=machine().leaving(steps.state),
        overdue_days=case.days_overdue(today),
        records=actor.may(Permission.RECORD, case.place_id),
        corrects=actor.may(Permission.CORRECT, case.place_id),
        exports=actor.may(Permission.EXPORT, case.place_id),
        answers=answers_for(case, today),
    )
