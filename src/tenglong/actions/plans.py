"""What is planned for a case: how, by when, by whom."""

from datetime import date, datetime

from tenglong.actions.cases import describe_case
from tenglong.domain.access.policy import Actor
from tenglong.store.models import Case


def set_plan(
    *, actor: Actor, at: datetime, case: Case, batch: str, measure: str, due_on: date | None, team: str
) -> Case:
    """Plan a case anew; its history keeps what was planned before.

    Raises:
        NotAllowed: the person may not record there.
    """
    due = due_on.isoformat() if due_on else ""
    said = {"batch": batch, "measure": measure, "due_on": due, "team": team.strip()}
    describe_case(actor=actor, at=at, case=case, said=said)
    case.refresh_from_db()
    return case
