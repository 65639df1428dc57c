"""一企一档: everything about one firm that the person may see."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.moves import Move, machine
from tenglong.domain.reporting.figures import definition
from tenglong.queries.firms import firm_file
from tenglong.queries.steps import NextSteps, next_steps
from tenglong.queries.timelines import Line, timelines
from tenglong.store.models import Case
from tenglong.web.case_table import choice_label, overdue_text
from tenglong.web.context import Here
from tenglong.web.pages import page


@dataclass(frozen=True)
class CasePart:
    """A case as the file shows it; `leaving` are the moves that its state allows to whoever may make them."""

    case: Case
    lines: list[Line]
    steps: NextSteps
    leaving: tuple[Move, ...]
    batch: str
    measure: str
    overdue: str
    records: bool
    corrects: bool


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """The file of a firm."""
    here = request.here
    file = firm_file(id, here.scope)
    if file.firm.pk != id:
        return redirect("firms.one", file.firm.pk)
    lines = timelines(file.cases)
    parts = [_part(here, case, lines[case.pk]) for case in file.cases]
    return render(request, "firms/firm.html", {"file": file, "firm": file.firm, "parts": parts})


def _part(here: Here, case: Case, lines: list[Line]) -> CasePart:
    steps = next_steps(case, here.actor)
    return CasePart(
        case=case,
        lines=lines,
        steps=steps,
        leaving=machine().leaving(steps.state),
        batch=choice_label("batch", case.batch),
        measure=choice_label("measure", case.measure),
        overdue=_overdue(here, case),
        records=here.may(Permission.RECORD, case.place_id),
        corrects=here.may(Permission.CORRECT, case.place_id),
    )


def _overdue(here: Here, case: Case) -> str:
    done = getattr(case.now, definition(case.roster.done_figure).count or "write_off")
    late = case.due_on is not None and case.now.target and not done
    return overdue_text(max((here.today - case.due_on).days, 0)) if late else ""


urls = [path("firms/<int:id>", one, name="firms.one")]
