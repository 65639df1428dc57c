"""Cases: the list, narrowed and ordered as on the page, and one case with what may follow."""

from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import Field, Query, Schema

from tenglong.actions.campaign.dossiers import dossier_file
from tenglong.api.callers import Asked, Caller
from tenglong.api.downloads import XLSX, ZIP, binary, download, pieces_of
from tenglong.api.topics import Page, Paging, Topic
from tenglong.api.values import Code, Day, Exact, Id, PlaceCode, Sentence, Text, one_of
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.lateness import due
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.reporting.writers.xlsx import write_table
from tenglong.queries.campaign.cases import SORTS, CaseFilter, CaseList, CaseView, case_by_id
from tenglong.queries.campaign.master_ledger import master_ledger
from tenglong.queries.campaign.steps import NextSteps, Step, next_steps

topic = Topic(tags=["cases"])


def _answers(column: str) -> Any:
    """The answers that the case ledger permits in a column."""
    return one_of(choice.id for choice in table_kind("case_ledger").column(column).choices)


class Narrowing(Schema):
    """What the list is narrowed to, and its order; what is not given narrows nothing."""

    state: Annotated[str, one_of(machine().states)] = ""
    owner: Annotated[str, one_of(roles())] = Field("", description="the role whose turn it is")
    member: Annotated[str, one_of(("target", "other"))] = ""
    batch: Annotated[str, _answers("batch")] = ""
    measure: Annotated[str, _answers("measure")] = ""
    party: Annotated[str, _answers("relation")] = ""
    team: Text = ""
    department: Text = ""
    responsible: Text = Field("", description="a name, or - for cases that nobody is responsible for")
    text: Text = Field("", description="part of a name, or the beginning of a credit code or temporary id")
    overdue: bool = False
    sort: Annotated[str, one_of((*SORTS, *(f"-{name}" for name in SORTS)))] = "number"


class CaseOut(Schema):
    """A line of the list; `overdue_days` is 0 unless the case is a target that is late. `due_by_roster`: nobody set a
    day, so that `due_on` is the roster's deadline."""

    id: int
    number: int
    firm_id: int
    firm: str
    place: str
    state: str
    owner: str
    since: Day | None
    batch: str
    measure: str
    team: str
    responsible: str
    due_on: Day
    due_by_roster: bool
    overdue_days: int
    land: Exact
    energy: Exact


class CasesOut(Page[CaseOut]):
    """A part of the list; `count`, `land` (mu) and `energy` (tce) are of the whole narrowed list."""

    land: Exact
    energy: Exact


class NextEntryOut(Schema):
    """What may be recorded next: how many files it needs, and why the caller may not although the case is ready."""

    kind: str
    leads_to: str
    unit: str | None
    files: int
    reason: bool
    barred: Sentence | None


class CaseInFull(Schema):
    """A case as it stands today. `due_by_roster`: nobody set a day, so that `due_on` is the roster's deadline."""

    id: int
    roster: str
    number: int
    firm_id: int
    firm: str
    place: PlaceCode
    state: str
    owner: str
    since: Day | None
    suspended: bool
    party: str
    zone: str
    team: str
    batch: str
    measure: str
    department: str
    responsible: str
    origin: str
    due_on: Day
    due_by_roster: bool
    land: Exact
    energy: Exact
    steps: list[NextEntryOut]


@topic.get("/cases", response={200: CasesOut})
def listed(
    request: Asked,
    roster: Code,
    wanted: Query[Narrowing],
    paging: Query[Paging],
    territory: Code | None = None,
) -> dict[str, Any]:
    """The cases of a roster as they stand today."""
    found = _list(request.auth, roster, wanted, territory)
    totals = found.totals
    return {
        "items": found.slice(paging.offset, paging.limit),
        "count": totals.count,
        "land": totals.land,
        "energy": totals.energy,
    }


def _list(caller: Caller, roster: str, wanted: Narrowing, code: str | None) -> CaseList:
    return CaseList(
        roster=caller.roster(roster),
        unit=caller.place(code, caller.today).code,
        scope=caller.scope,
        wanted=CaseFilter(**wanted.dict()),
        today=caller.today,
    )


@topic.get("/cases.xlsx", response={200: None}, openapi_extra=binary(XLSX))
def case_ledger(
    request: Asked, roster: Code, wanted: Query[Narrowing], territory: Code | None = None
) -> HttpResponseBase:
    """The targets among the cases of a roster as a case ledger (总台账) that can be filled in and uploaded again."""
    caller = request.auth
    found = _list(caller, roster, wanted, territory)
    caller.actor.check_may(Permission.EXPORT, caller.place(territory, caller.today).id)
    title = f"{caller.roster(roster).title}总台账"
    content = write_table(master_ledger(found, caller.today), title=title, created=caller.now)
    return download([content], XLSX, f"{roster}.xlsx")


@topic.get("/cases/{id}", response={200: CaseInFull})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """One case, and what the caller may record in it now."""
    caller = request.auth
    case = case_by_id(id, caller.scope)
    return _case(CaseView.of(case), next_steps(case, caller.actor, caller.today))


@topic.get("/cases/{id}/dossier", response={200: None}, openapi_extra=binary(ZIP))
def dossier(request: Asked, id: Id) -> HttpResponseBase:
    """The dossier of a case: one file with its entries, files, approvals and rules, that proves itself."""
    caller = request.auth
    case = case_by_id(id, caller.scope)
    out, name = dossier_file(actor=caller.actor, at=caller.now, case=case)
    return download(pieces_of(out), ZIP, name)


def _case(case: CaseView, steps: NextSteps) -> dict[str, Any]:
    by = due(case.due_on, case.roster.deadline)
    return {
        **vars(case),
        "due_on": by.on,
        "due_by_roster": by.by_roster,
        "id": case.pk,
        "roster": case.roster.code,
        "firm": case.firm.name,
        "place": case.place_id,
        "state": steps.state,
        "owner": steps.owner,
        "since": case.now.state_on,
        "suspended": case.now.suspended,
        "land": from_micro(case.now.land),
        "energy": from_micro(case.now.energy),
        "steps": [_step(step) for step in (*steps.moves, *steps.facts, *steps.amounts)],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind.id,
        "leads_to": step.leads_to,
        "unit": step.kind.quantity,
        "files": step.files,
        "reason": step.reason,
        "barred": step.barred,
    }
