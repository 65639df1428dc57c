"""Hand-overs of cases from one person to another, as they were recorded."""

from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Actor, Scope, scope_of
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.registry.organisation import Subject
from tenglong.queries.registry.organisation import codes_of
from tenglong.queries.values import Titled
from tenglong.store.models import Case, OrganisationStep


@dataclass(frozen=True)
class Handover:
    """Cases that went from one person to another on a day; `back_on` is when they were given back, if they were."""

    number: int
    place: str
    giver: str
    taker: str
    day: date
    cases: tuple[int, ...]
    leave: bool
    back_on: date | None
    reason: str
    recorded_by: str


def handovers(scope: Scope, day: date) -> list[Handover]:
    """The hand-overs at the places of a scope, the latest first."""
    rows = OrganisationStep.objects.filter(subject=Subject.HANDOVER.value).order_by("pk")
    if not scope.everywhere:
        rows = rows.filter(place__in=codes_of(scope, day))
    first: dict[int, OrganisationStep] = {}
    back: dict[int, date] = {}
    for row in rows:
        if row.number in first:
            back[row.number] = row.day
        first.setdefault(row.number, row)
    return [_handover(row, back.get(number)) for number, row in reversed(first.items())]


def handover_by_number(number: int, actor: Actor, day: date) -> Handover:
    """One hand-over.

    Raises:
        NotFound: there is none here.
    """
    found = next((one for one in handovers(scope_of(actor), day) if one.number == number), None)
    if found is None:
        raise NotFound(msg("没有第 {number} 号移交，请刷新页面后再试。", number=number))
    return found


def open_cases_of(name: str, scope: Scope) -> list[tuple[int, str, Titled]]:
    """The open cases of a responsible person: number, firm and roster of each, as far as the scope goes."""
    rows = Case.objects.filter(responsible=name, now__done_on=None).select_related("firm", "roster")
    rows = rows if scope.everywhere else rows.filter(place_id__in=scope.places)
    return [
        (case.pk, case.firm.name, Titled.of(case.roster)) for case in rows.order_by("roster_id", "number")
    ]


def _handover(row: OrganisationStep, back_on: date | None) -> Handover:
    said = row.said
    return Handover(
        row.number, row.place, said["from"], said["to"], row.day, tuple(said["cases"]), said["leave"], back_on,
        row.reason, row.recorded_by,
    )  # fmt: skip
