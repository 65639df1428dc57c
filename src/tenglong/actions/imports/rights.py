"""Who may accept a file: whoever may record all of its entries by hand, each where its case lies."""

from collections.abc import Iterable

from tenglong.actions.imports.context import Context
from tenglong.actions.imports.rows import RowPlan
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import permission_labels
from tenglong.domain.campaign.evidence import deciding_place, permission_for
from tenglong.domain.intake.verdicts import Verdict
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.ledger.kinds import VOID, vocabulary
from tenglong.queries.territory import territory
from tenglong.store.models import Import

EFFECTIVE = (Verdict.INSERTED, Verdict.UPDATED)
Recording = tuple[str, int]


def recordings(context: Context, plans: Iterable[RowPlan]) -> set[Recording]:
    """What accepting these rows would record: (kind of entry, place of the case)."""
    found: set[Recording] = set()
    for plan in plans:
        if plan.verdict not in EFFECTIVE or not (plan.plan.get("entries") or plan.plan.get("voids")):
            continue
        new = plan.plan.get("case")
        place = new["place"] if new else context.cases[plan.firm_id or 0].place_id
        found.update((entry[0], place) for entry in plan.plan.get("entries", ()))
        if plan.plan.get("voids"):
            found.add((VOID, place))
    return found


def lacking(batch: Import, actor: Actor) -> Message | None:
    """Why `actor` may not accept a staged file, naming the first kind of entry; None when they may."""
    roster_place = batch.roster.place_id if batch.roster else 0
    for kind, case_place in batch.summary["recordings"]:
        wanted = permission_for(kind)
        place = deciding_place(kind, case_place=case_place, roster_place=roster_place)
        if not actor.may(wanted, place):
            problem = "表中有“{kind}”，确认导入须有{place}“{what}”的权限，您没有，请由有权限的人员确认。"
            name, what = territory().places[place].name, permission_labels()[wanted]
            return msg(problem, kind=label(vocabulary().kind(kind).zh), place=name, what=label(what))
    return None


def check_rights(batch: Import, actor: Actor) -> None:
    """Raises NotAllowed when the file would record what `actor` may not record by hand."""
    problem = lacking(batch, actor)
    if problem:
        raise NotAllowed(problem)
