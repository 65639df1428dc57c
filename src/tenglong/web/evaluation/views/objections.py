"""Objections to a run: all of them, one with its evidence, deciding it and taking it back."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tenglong.actions.evaluation import decide, withdraw_objection
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.queries.evaluation.objections import values_of
from tenglong.queries.evaluation.runs import (
    Objection,
    objection_by_id,
    objections_of,
    run_by_id,
    scheme_file,
)
from tenglong.queries.evaluation.shown import ObjectionView, RunView
from tenglong.queries.files import whole
from tenglong.queries.matters import open_steps
from tenglong.web.evaluation.forms.runs import DecisionForm, ReasonForm
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.steps import DANGER, Button, Moved, step_buttons, step_paths
from tenglong.web.templatetags.tenglong import state_of


def _withdrawn(objection: Objection) -> str:
    return gettext("第 {number} 号异议已撤回。").format(number=objection.number)


BUTTONS = {
    "take_back": Button(
        "evaluations.objections.withdraw", ReasonForm, _("确定撤回这件异议？撤回后不能恢复。"), DANGER, folded=True,
        act=withdraw_objection, done=_withdrawn,
    ),
}  # fmt: skip


@page(Permission.VIEW)
def listed(request: HttpRequest, id: int) -> HttpResponse:
    """The objections to a run by firms that the person may see."""
    here = request.here
    run = run_by_id(id, here.scope)
    context = {
        "run": RunView.of(run),
        "objections": [ObjectionView.of(one) for one in objections_of(run, here.scope)],
        "today": here.today,
    }
    return render(request, "evaluations/objections.html", context)


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One objection: what is claimed, the evidence, the figures of the firm, and the decision."""
    here = request.here
    found = objection_by_id(id, here.scope)
    run = found.evaluation
    scheme = scheme_file(run.scheme)
    steps = open_steps(found, here.actor, here.today)
    decision = next((offer for offer in steps if offer.step.id == "decide"), None)
    values = values_of(run, found.firm_id)
    form = None
    if decision and not decision.barred:
        form = dress(DecisionForm(request.POST or None, scheme=scheme, columns=list(values)))
        if request.method == "POST" and form.is_valid():
            with telling_form(form):
                uphold = form.cleaned_data["outcome"] == "upheld"
                done = decide(
                    actor=here.actor, at=here.now, objection=found, uphold=uphold,
                    reason=form.cleaned_data["reason"], corrections=form.corrections,
                )  # fmt: skip
                words = gettext("第 {number} 号异议已裁定：{outcome}。")
                messages.success(
                    request, words.format(number=done.number, outcome=state_of(done.state, "objection"))
                )
                return redirect("evaluations.objection", id)
    context = {
        "run": RunView.of(run),
        "file": scheme,
        "objection": ObjectionView.of(found),
        "values": values,
        "form": form,
        "barred": decision.barred if decision else None,
        "steps": step_buttons(steps, BUTTONS, id),
        "today": here.today,
    }
    return render(request, "evaluations/objection.html", context, status=422 if form and form.errors else 200)


@page(Permission.VIEW)
def evidence(request: HttpRequest, id: int, number: int) -> FileResponse:
    """A file of an objection, to save: never opened inside the site."""
    found = ObjectionView.of(objection_by_id(id, request.here.scope))
    if not 0 <= number < len(found.files):
        raise NotFound(msg("这件异议没有第 {number} 份材料，请从异议页面选择。", number=number + 1))
    file = found.files[number]
    return FileResponse(
        whole(file.digest, file.name).open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )


urls = [
    path("evaluations/<int:id>/objections", listed, name="evaluations.objections"),
    path("evaluations/objections/<int:id>", one, name="evaluations.objection"),
    path("evaluations/objections/<int:id>/files/<int:number>", evidence, name="evaluations.evidence"),
    *step_paths(
        "evaluations/objections", Moved("objection", objection_by_id, "evaluations.objection"), BUTTONS
    ),
]
