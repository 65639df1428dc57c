"""Cases past the day they were due."""

from datetime import date

from tenglong.domain.reporting.bulletins import OverdueItem
from tenglong.domain.reporting.counting import TARGET
from tenglong.domain.reporting.figures import definition
from tenglong.queries.attributes import said_of_cases
from tenglong.queries.figures import Question
from tenglong.queries.ledger import fold_rows
from tenglong.queries.merges import name_of, names_then
from tenglong.queries.states import done_slot
from tenglong.queries.territory import territory
from tenglong.store.models import Case

SAID = ("due_on", "team", "department")


def overdue_items(asked: Question) -> tuple[OverdueItem, ...]:
    """The targets whose due day has passed and that are not done, longest overdue first; days, teams, departments
    and firms as they were known to the question."""
    done = done_slot(asked.roster)
    rows = fold_rows(asked.roster.pk, [TARGET, done], asked.at)
    counting = {(row.case_id, row.slot) for row in rows if row.is_on}
    said, names = said_of_cases(asked.roster.pk, asked.at, SAID), names_then(asked.known_at)
    due = {id: date.fromisoformat(one["due_on"]) for id, one in said.items() if one.get("due_on")}
    late = [
        case
        for case in Case.objects.filter(roster=asked.roster, place_id__in=asked.place_ids).select_related(
            "firm"
        )
        if case.pk in due
        and due[case.pk] < asked.as_of
        and (case.pk, TARGET) in counting
        and (case.pk, done) not in counting
    ]
    return tuple(
        OverdueItem(
            unit=_unit(case.place_id, asked),
            firm=name_of(case, names),
            item=definition(asked.roster.done_figure).zh.removesuffix("企业数"),
            days=(asked.as_of - due[case.pk]).days,
            responsible=said[case.pk].get("team") or said[case.pk].get("department") or "未指定",
        )
        for case in sorted(late, key=lambda case: (due[case.pk], case.number))
    )


def _unit(place_id: int, asked: Question) -> str:
    """The name of the place that counts the case on the day."""
    tree = territory()
    home = tree.home(tree.places[place_id], asked.as_of)
    return home.name if home else tree.places[place_id].name
