"""What is planned for a case: how, by when, by whom. A plan is not a fact, so it is no entry of the ledger."""

from datetime import date, datetime

from django.db import transaction

from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.store.models import Case


@transaction.atomic
def set_plan(
    *, actor: Actor, at: datetime, case: Case, batch: str, measure: str, due_on: date | None, team: str
) -> Case:
    """Plan a case anew; the trail keeps what was planned before.

    Raises:
        NotAllowed: the person may not record there.
    """
    actor.check_may(Permission.RECORD, case.place_id)
    wanted = {"batch": batch, "measure": measure, "due_on": due_on, "team": team.strip()}
    changed = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    if not changed:
        return case
    before = {name: str(getattr(case, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(case, name, value)
    case.save(update_fields=list(changed))
    after = {name: str(value or "") for name, value in changed.items()}
    leave(by=actor.name, at=at, deed="plan_case", about=f"case:{case.pk}", before=before, after=after)
    return case
