"""Runs of schemes: asking for one, how far it is, where it stands, and its way from draft to final."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tenglong.actions import evaluation
from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.checks import MISSING, weight_doubts
from tenglong.domain.evaluation.process import COMPUTING
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.registry.territory import Level
from tenglong.queries.evaluation.results import By, distribution, grade_counts
from tenglong.queries.evaluation.runs import (
    Evaluation,
    job_of_run,
    newest_year,
    run_by_id,
    scheme_by_id,
    scheme_file,
    sees_whole,
    standing,
    visible_runs,
    visible_schemes,
)
from tenglong.queries.evaluation.shown import RunView
from tenglong.queries.files import whole
from tenglong.queries.matters import open_steps
from tenglong.queries.registry.territory import territory
from tenglong.web.context import Here
from tenglong.web.evaluation.charts import stacked
from tenglong.web.evaluation.forms.runs import PubliciseForm, ReasonForm, ReviseForm, RunForm
from tenglong.web.look import dress
from tenglong.web.pages import as_values, page, telling_form
from tenglong.web.steps import DANGER, PRIMARY, Button, Moved, step_buttons, step_paths
from tenglong.web.templatetags.tenglong import day, in_script, provisional, said

PER_PAGE = 20


def _until(run: Evaluation) -> str:
    until = day(run.publicity_end) + provisional(run.provisional)
    return gettext("已公示，公示到 {day} 结束。").format(day=until)


TAKING_BACK = Button(
    "evaluations.withdraw", ReasonForm, _("确定撤回？撤回后不能恢复，原结果保留备查。"), DANGER, folded=True,
    act=evaluation.withdraw, done=_("已撤回，原结果保留备查。"),
)  # fmt: skip
BUTTONS = {
    "retry": Button("evaluations.retry", look=PRIMARY, act=evaluation.retry_run),
    "publicise": Button(
        "evaluations.publicise", PubliciseForm,
        _("确定公示这次评价结果？公示后各镇（街道）可见，并开始受理异议。"), PRIMARY,
        act=evaluation.publicise, done=_until,
    ),
    "revise": Button(
        "evaluations.revise", ReviseForm, _("确定按成立的异议修订？将产生一份新的试算。"), PRIMARY,
        act=evaluation.revise,
    ),
    "finalise": Button(
        "evaluations.finalise", None, _("确定定稿？定稿后任何人不能再改，等级计入企业历年等级。"), PRIMARY,
        act=evaluation.finalise, done=_("已定稿，等级计入企业历年等级。"),
    ),
    "withdraw": TAKING_BACK,
    "recall": TAKING_BACK,
}  # fmt: skip


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The runs that the person may see, and asking for another."""
    here = request.here
    form = _run_form(here, request) if here.may(Permission.EVALUATION_DRAFT) else None
    if form is not None and request.method == "POST" and form.is_valid():
        with telling_form(form):
            return redirect("evaluations.one", _start(here, form).pk)
    runs = Paginator(visible_runs(here.scope), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "rows": as_values(runs, RunView)}
    return render(request, "evaluations/runs.html", context, status=422 if form and form.errors else 200)


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One run: where it stands, what may be done, how many firms have which grade, and where."""
    here = request.here
    run = run_by_id(id, here.scope)
    context = {
        "run": RunView.of(run),
        "file": scheme_file(run.scheme),
        "exports": here.may(Permission.EXPORT),
    }
    context["founds"] = here.may(Permission.MANAGE, run.place_id)
    if run.state == COMPUTING:
        return render(request, "evaluations/computing.html", context | _waiting(here, run))
    by: By = "county" if run.place.level == Level.CITY else "town"
    territories, industries = (distribution(run, here.scope, unit) for unit in (by, "industry"))
    grades = [step.grade for step in context["file"].grades.steps] if context["file"].grades else []
    part, stands = _sees_part(here, run), standing(run, here.actor, here.today)
    context |= {
        "part": part,
        "standing": stands,
        "steps": step_buttons(stands.steps, BUTTONS, id),
        "decides": stands.objections.waiting and here.may(Permission.EVALUATION_DECIDE, run.place_id),
        "own": grade_counts(run, here.scope) if part else None,
        "territories": territories,
        "industries": industries,
        "grades": grades,
        "doubts": list(_doubts(run, context["file"])),
        "by_territory": stacked(territories, grades, context["file"]),
        "by_industry": stacked(industries, grades, context["file"]),
    }
    return render(request, "evaluations/run.html", context)


def _doubts(run: Evaluation, scheme: Scheme) -> Iterator[Message]:
    """What an attentive reader would ask about: figures that are not there, weights that are no hundred."""
    for id, count in run.counts.get("missing", {}).items():
        yield msg(MISSING, column=label(scheme.column[id].zh), count=count)
    yield from weight_doubts(scheme)


@page(Permission.VIEW)
def table(request: HttpRequest, id: int) -> FileResponse:
    """The table of firms that was handed in for a run, as it came: only for those who see the whole run."""
    run = run_by_id(id, request.here.scope)
    if not run.upload_digest or _sees_part(request.here, run):
        raise NotFound(msg("这次评价没有可下载的企业数据表。"))
    return FileResponse(
        whole(run.upload_digest, run.upload_name).open("rb"),
        as_attachment=True,
        filename=run.upload_name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )


@page(Permission.VIEW)
def progress(request: HttpRequest, id: int) -> HttpResponse:
    """How far the computation is; once it has ended the whole page is asked for anew."""
    here = request.here
    run = run_by_id(id, here.scope)
    waiting = _waiting(here, run)
    if run.state != COMPUTING or waiting["failed"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "evaluations/progress.html", {"run": RunView.of(run)} | waiting)


def _waiting(here: Here, run: Evaluation) -> dict[str, object]:
    """The job of a run that has no results yet."""
    job = job_of_run(run.pk)
    return {
        "job": job,
        "failed": job is not None and job.state == "failed",
        "steps": step_buttons(open_steps(run, here.actor, here.today), BUTTONS, run.pk),
    }


def _sees_part(here: Here, run: Evaluation) -> bool:
    """Whether the run is larger than what the person may see."""
    return not sees_whole(run, here.scope)


def _run_form(here: Here, request: HttpRequest) -> RunForm:
    tree = territory().at(here.today)
    units = [
        (unit.code, in_script(unit.indented))
        for unit in here.choices
        if here.may(Permission.EVALUATION_DRAFT, tree.place(unit.code).id)
    ]
    visible = visible_schemes(here.scope)
    schemes = [
        (
            str(one.pk),
            gettext("{title}（{year} 年第 {version} 版）").format(
                title=said(one, "title"), year=one.year, version=one.version
            ),
        )
        for one in visible
    ]
    asked = request.GET.get("scheme", "")
    year = next((one.year for one in visible if str(one.pk) == asked), None)
    year = newest_year(here.scope, here.today) if year is None else year
    initial = {"code": here.unit.code, "year": year, "scheme": asked}
    return dress(
        RunForm(request.POST or None, request.FILES or None, schemes=schemes, units=units, initial=initial)
    )


def _start(here: Here, form: RunForm) -> Evaluation:
    answers = form.cleaned_data
    return evaluation.start_run(
        actor=here.actor,
        at=here.now,
        scheme=scheme_by_id(int(answers["scheme"]), here.scope),
        code=answers["code"],
        year=answers["year"],
        table=answers["table"].chunks() if answers["table"] else None,
        filename=answers["table"].name if answers["table"] else "",
        note=answers["note"],
    )


urls = [
    path("evaluations", listed, name="evaluations"),
    path("evaluations/<int:id>", one, name="evaluations.one"),
    path("evaluations/<int:id>/table", table, name="evaluations.table"),
    path("evaluations/<int:id>/progress", progress, name="evaluations.progress"),
    *step_paths("evaluations", Moved("run", run_by_id, "evaluations.one"), BUTTONS),
]
