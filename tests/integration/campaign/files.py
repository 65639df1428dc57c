"""The file of a case as it is when nothing lacks in it any more, for tests of what comes afterwards."""

from datetime import date, datetime
from typing import Any

from tenglong.actions.campaign.cases import describe_case
from tenglong.actions.campaign.pieces import give_piece
from tenglong.actions.ledger.appending import append
from tenglong.domain.ledger.entries import Draft
from tenglong.queries.campaign.checklists import checklist_of
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.rulebook import rulebook_of
from tenglong.store.models import Case
from tests.integration.campaign.world import MACHINE, NOON, TODAY
from tests.integration.evaluation.world import Paper

STEPS = ("approved", "town_passed", "county_passed", "publicised")


def complete_file(case: Case, *, at: datetime = NOON, day: date = TODAY, measure: str = "legalise") -> None:
    """Everything lies there that a case needs which has been checked and whose production goes on."""
    describe_case(actor=MACHINE, at=at, case=case, said={"measure": measure})
    for piece in lacking_pieces(case, day):
        if not piece.kinds:
            paper: Any = Paper(f"%PDF-1.7 {piece.id}".encode())
            give_piece(actor=MACHINE, at=at, case=case, piece=piece.id, files=[paper])
    wanted = {kind for piece in lacking_pieces(case, day) for kind in piece.kinds}
    for kind in STEPS:
        if kind in wanted:
            append(case.roster, [Draft(case.pk, kind, day)], by=f"{kind} 的办理人", at=at)


def lacking_pieces(case: Case, day: date = TODAY) -> list[Any]:
    """The pieces that lack in the file of a case."""
    history = surviving_history(facts_of_cases([case.pk])[case.pk])
    return [item.piece for item in checklist_of(history, rulebook_of(case.place_id, day)).lacking]
