"""Recording what happened to a case, taking a record back, and the files that prove it."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.campaign.cases import record_entry, void_entry
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.queries.campaign.cases import CaseHead, case_by_id
from tenglong.queries.campaign.steps import NextSteps, Step, next_steps
from tenglong.queries.campaign.timelines import line_by_id
from tenglong.queries.files import whole
from tenglong.queries.registry.firms import evidence_file
from tenglong.queries.registry.parcels import parcels_of
from tenglong.web.campaign.forms.entries import EntryForm, VoidForm
from tenglong.web.kept_files import KeptFile, from_tokens, keep_uploads
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.templatetags.tenglong import kind_label, role_label, state_label


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, id: int) -> HttpResponse:
    """First the step, then what the step asks for. What was typed and sent is kept when something is wrong."""
    here = request.here
    case = case_by_id(id, here.scope)
    steps = next_steps(case, here.actor, here.today)
    kind = request.GET.get("kind", "")
    if not kind:
        return render(request, "entries/steps.html", {"case": CaseHead.of(case), "steps": steps})
    step = _step(steps, kind)
    form = dress(
        EntryForm(
            request.POST or None, request.FILES or None, step=step, today=here.today, parcels=parcels_of(case)
        )
    )
    kept: list[KeptFile] = []
    if request.method == "POST":
        form.full_clean()
        kept = [*from_tokens(request.POST.getlist("kept")), *keep_uploads(form.uploads)]
        form.check_files(len(kept))
        if form.is_valid():
            with telling_form(form):
                _record(request, case, step, form, kept)
                return redirect("cases.one", case.pk)
    context = {"case": CaseHead.of(case), "steps": steps, "step": step, "form": form, "kept": kept}
    return render(request, "entries/record.html", context, status=422 if form.errors else 200)


@page(Permission.CORRECT)
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, id: int) -> HttpResponse:
    """Take an entry back, with the reason; it stays in the timeline, struck through."""
    here = request.here
    case, line = line_by_id(id, here.scope)
    here.actor.check_may(Permission.CORRECT, case.place_id)
    form = dress(VoidForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            void_entry(actor=here.actor, at=here.now, entry_id=id, reason=form.cleaned_data["reason"])
            said = gettext("已更正第 {id} 号记录“{kind}”。").format(id=id, kind=kind_label(line.fact.kind))
            messages.success(request, said + _now(request, case.pk))
            return redirect("cases.one", case.pk)
    context = {"case": CaseHead.of(case), "line": line, "form": form}
    return render(request, "entries/void.html", context, status=422 if form.errors else 200)


@page(Permission.VIEW)
def evidence(request: HttpRequest, id: int) -> FileResponse:
    """A file that proves an entry, to save: never opened inside the site."""
    found = evidence_file(id, request.here.scope)
    content = whole(found.digest, found.name).open("rb")
    return FileResponse(
        content,
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )


def _step(steps: NextSteps, kind: str) -> Step:
    step = steps.step(kind)
    if step is None:
        problem = "案件现在处于“{state}”，不能登记“{kind}”，或您没有这项权限。请从可办理的事项中选择。"
        raise Conflict(msg(problem, state=state_label(steps.state), kind=kind_label(kind)))
    return step


def _record(request: HttpRequest, case, step: Step, form: EntryForm, kept: list[KeptFile]) -> None:
    here = request.here
    record_entry(
        actor=here.actor,
        at=here.now,
        case=case,
        kind=step.kind.id,
        effective_on=form.cleaned_data["effective_on"],
        quantity=form.cleaned_data.get("quantity"),
        parcel_id=form.parcel_id,
        details=form.details,
        told=form.told,
        files=kept,
    )
    said = gettext("已登记“{kind}”。").format(kind=kind_label(step.kind.id))
    messages.success(request, said + _now(request, case.pk))


def _now(request: HttpRequest, case_id: int) -> str:
    """Where the case stands now, and whose turn it is."""
    case = case_by_id(case_id, request.here.scope)
    steps = next_steps(case, request.here.actor, request.here.today)
    state = gettext("{firm}现为“{state}”").format(firm=case.firm.name, state=state_label(steps.state))
    if steps.owner == "nobody":
        return f"{state}{gettext('。')}"
    return state + gettext("，轮到{role}办理。").format(role=role_label(steps.owner))


urls = [
    path("cases/<int:id>/record", record, name="entries.record"),
    path("entries/<int:id>/void", void, name="entries.void"),
    path("evidence/<int:id>", evidence, name="entries.evidence"),
]
