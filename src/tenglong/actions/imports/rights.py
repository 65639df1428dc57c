"""What accepting a file would record, and where: whoever accepts it must be allowed to do so by hand."""

from collections.abc import Iterable

from tenglong.actions.imports.context import Context
from tenglong.actions.imports.rows import RowPlan
from tenglong.domain.intake.verdicts import Verdict
from tenglong.domain.ledger.kinds import VOID

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
