"""The past comes in by tables (历史补录): no table takes a step of a case that is being worked on in the system, and
whoever handed in what a table approves is not the one who accepts it."""

from collections.abc import Iterable, Sequence

from tenglong.actions.intake.context import NOT_RECORDED, NOTHING, Context
from tenglong.actions.intake.rows import RowPlan
from tenglong.domain.campaign.evidence import approved_by, approves, check_past
from tenglong.domain.campaign.reports.changes import Changes
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.process import Person
from tenglong.domain.ledger.entries import Entry, causes_of
from tenglong.queries.campaign.submissions import handed_in
from tenglong.queries.intake.imports import import_of

Hand = tuple[str, Person]
"""A kind of entry that approves, and somebody who handed in what it approves."""


def keep_out_steps(plan: RowPlan, found: Changes, known: Sequence[Entry]) -> None:
    """Refuse a row that would go on with a case which is being worked on in the system; `known` counts of the case."""
    by_hand = {fact.kind for fact in _recorded(known) if not import_of(fact) and not causes_of(fact)}
    for item in found.added:
        try:
            check_past(item.kind, by_hand)
        except Conflict as error:
            plan.error(item.column or "firm_name", error.message.template, **error.message.params)


def hands(context: Context, plans: Iterable[RowPlan]) -> set[Hand]:
    """Who handed in what these rows approve."""
    approving = {
        plan.case_id: (context.chunk.known.get(plan.case_id, NOTHING).facts, kinds)
        for plan in plans
        if plan.case_id and not plan.refused and (kinds := _approving(plan))
    }
    earlier = handed_in({case: _recorded(facts) for case, (facts, _) in approving.items()})
    return {
        (kind, person)
        for case, (_, kinds) in approving.items()
        for kind in kinds
        for handled in approved_by(kind, earlier[case])
        for person in handled.people
    }


def _approving(plan: RowPlan) -> list[str]:
    return [entry[0] for entry in plan.plan.get("entries", ()) if approves(entry[0])]


def _recorded(facts: Iterable[Entry]) -> list[Entry]:
    """What stands in the ledger: what earlier rows of the file say does not yet."""
    return [fact for fact in facts if fact.id < NOT_RECORDED]
