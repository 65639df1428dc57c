"""Cases past the day they were due."""

from tenglong.domain.reporting.bulletins import OverdueItem
from tenglong.domain.reporting.figures import definition
from tenglong.queries.figures import Question
from tenglong.queries.ledger import fold_rows
from tenglong.queries.territory import territory
from tenglong.store.models import Case


def overdue_items(asked: Question) -> tuple[OverdueItem, ...]:
    """The targets whose due day has passed and that are not done, longest overdue first."""
    done_slot = definition(asked.roster.done_figure).count
    rows = fold_rows(asked.roster.pk, ["target", done_slot], asked.at)
    counting = {(row.case_id, row.slot) for row in rows if row.is_on}
    late = Case.objects.filter(
        roster=asked.roster, place_id__in=asked.place_ids, due_on__lt=asked.as_of
    ).select_related("firm")
    return tuple(
        OverdueItem(
            unit=_unit(case.place_id, asked),
            firm=case.firm.name,
            item=definition(asked.roster.done_figure).zh.removesuffix("企业数"),
            days=(asked.as_of - case.due_on).days,
            responsible=case.team or case.department or "未指定",
        )
        for case in late.order_by("due_on", "number")
        if case.due_on and (case.pk, "target") in counting and (case.pk, done_slot) not in counting
    )


def _unit(place_id: int, asked: Question) -> str:
    """The name of the place that counts the case on the day."""
    tree = territory()
    home = tree.home(tree.places[place_id], asked.as_of)
    return home.name if home else tree.places[place_id].name
