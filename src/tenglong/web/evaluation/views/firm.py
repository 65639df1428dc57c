"""One firm's sheet in a run: why it got its grade, what would change it, its letter, and its objection."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.evaluation import ask_for_cheapest, record_objection
from tenglong.domain.access.policy import offers
from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.counterfactual.wording import advice
from tenglong.domain.evaluation.explanation.wording import margin_sentences, sentences
from tenglong.domain.evaluation.process import objection_process
from tenglong.domain.reporting.letters import letter_document
from tenglong.domain.reporting.writers.docx import write_docx
from tenglong.queries.evaluation.firm import cheapest_change, explanation_of, is_quick, job_of_cheapest
from tenglong.queries.evaluation.grades import history_of
from tenglong.queries.evaluation.letters import letter_of, publicised
from tenglong.queries.evaluation.objections import objection_to_come
from tenglong.queries.evaluation.results import result_of
from tenglong.queries.evaluation.runs import SHOWN_TO_ALL, objections_of, run_by_id, scheme_file
from tenglong.queries.evaluation.shown import ObjectionView, RatedFirm, ResultView, RunView
from tenglong.web.evaluation.forms.runs import ObjectionForm
from tenglong.web.evaluation.grade_table import industry_name
from tenglong.web.kept_files import KeptFile, from_tokens, keep_uploads
from tenglong.web.look import dress
from tenglong.web.pages import page, part, telling_form
from tenglong.web.sheets import DOCX
from tenglong.web.templatetags.tenglong import in_script


@page(Permission.VIEW)
def one(request: HttpRequest, id: int, firm: int) -> HttpResponse:
    """The sheet: marks, place among the peers, rules in order, margins, history."""
    here = request.here
    run = run_by_id(id, here.scope)
    result = result_of(run, firm, here.scope)
    explanation = explanation_of(run, result)
    coming = offers(objection_to_come(run, result.place_id), here.actor, here.today)
    context = {
        "run": RunView.of(run),
        "file": explanation.scheme,
        "result": ResultView.of(result),
        "firm": RatedFirm.of(result.firm),
        "industry": industry_name(result.industry),
        "explanation": explanation,
        "changed": [turn for turn in explanation.turns if turn.before != turn.after],
        "standing": sentences(explanation)[0],
        "margins": list(margin_sentences(explanation)),
        "history": history_of(result.firm, here.scope),
        "objections": [
            ObjectionView.of(one) for one in objections_of(run, here.scope) if one.firm_id == firm
        ],
        "objects": any(not offer.barred for offer in coming),
        "shown": run.state in SHOWN_TO_ALL,
        "searched": explanation.outcome.total is not None and explanation.scheme.grades is not None,
    }
    return render(request, "evaluations/firm.html", context)


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def cheapest(request: HttpRequest, id: int, firm: int) -> HttpResponse:
    """The cheapest change: a part of the sheet. In a large run it takes a while to find, and a worker does it."""
    here = request.here
    run = run_by_id(id, here.scope)
    result = result_of(run, firm, here.scope)
    if request.method == "POST":
        ask_for_cheapest(actor=here.actor, at=here.now, run=run, firm_id=firm)
        return redirect("evaluations.cheapest", id, firm)
    if not is_quick(run, firm):
        waiting = {
            "run": RunView.of(run),
            "firm": RatedFirm.of(result.firm),
            "job": job_of_cheapest(id, firm),
            "address": request.path,
        }
        return part(request, "evaluations/cheapest_waiting.html", waiting, whole="evaluations/part.html")
    found, names = cheapest_change(run, firm, here.scope)
    named = {one: in_script(name) or gettext("（其他辖区的一家企业）") for one, name in names.items()}
    context = {
        "run": RunView.of(run),
        "file": scheme_file(run.scheme),
        "sentences": list(advice(found, named)),
    }
    return part(request, "evaluations/cheapest.html", context, whole="evaluations/part.html")


@page(Permission.EXPORT)
def letter(request: HttpRequest, id: int, firm: int) -> HttpResponse:
    """The letter to the firm as a Word document: at once, or after a worker has found what it says."""
    here = request.here
    run = run_by_id(id, here.scope)
    publicised(run)
    if not is_quick(run, firm):
        return redirect("evaluations.letter_to_come", id, firm)
    document = letter_document(letter_of(run, firm, here.scope, at=here.now))
    headers = {"Content-Disposition": content_disposition_header(True, f"{document.title}.docx")}
    return HttpResponse(write_docx(document), content_type=DOCX, headers=headers)


@page(Permission.EXPORT)
@require_http_methods(["GET", "POST"])
def letter_to_come(request: HttpRequest, id: int, firm: int) -> HttpResponse:
    """How far the letter of a large run is; once it can be written, where to take it."""
    here = request.here
    run = run_by_id(id, here.scope)
    result = result_of(run, firm, here.scope)
    publicised(run)
    if request.method == "POST":
        ask_for_cheapest(actor=here.actor, at=here.now, run=run, firm_id=firm)
        return redirect("evaluations.letter_to_come", id, firm)
    context = {
        "run": RunView.of(run),
        "firm": RatedFirm.of(result.firm),
        "job": job_of_cheapest(id, firm),
        "address": request.path,
    }
    ready = is_quick(run, firm)
    shown = "evaluations/letter_ready.html" if ready else "evaluations/cheapest_waiting.html"
    return part(request, shown, context, whole="evaluations/letter.html")


@page(Permission.EVALUATION_OBJECT)
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, id: int, firm: int) -> HttpResponse:
    """Record what a firm says against its result. Files that were sent are kept when something is wrong."""
    here = request.here
    run = run_by_id(id, here.scope)
    result = result_of(run, firm, here.scope)
    here.actor.check_may(Permission.EVALUATION_OBJECT, result.place_id)
    form = dress(ObjectionForm(request.POST or None, request.FILES or None))
    kept: list[KeptFile] = []
    if request.method == "POST":
        form.full_clean()
        uploads = keep_uploads(form.cleaned_data.get("files", []))
        kept = [*from_tokens(request.POST.getlist("kept")), *uploads]
        if form.is_valid():
            with telling_form(form):
                made = record_objection(
                    actor=here.actor,
                    at=here.now,
                    run=run,
                    firm=result.firm,
                    claim=form.cleaned_data["claim"],
                    files=kept,
                )
                messages.success(request, gettext("已登记第 {number} 号异议。").format(number=made.number))
                return redirect("evaluations.objection", made.pk)
    context = {
        "run": RunView.of(run),
        "file": scheme_file(run.scheme),
        "result": ResultView.of(result),
        "firm": RatedFirm.of(result.firm),
        "form": form,
        "kept": kept,
        "needed": objection_process().steps["object"].files,
    }
    return render(request, "evaluations/object.html", context, status=422 if form.errors else 200)


urls = [
    path("evaluations/<int:id>/firms/<int:firm>", one, name="evaluations.firm"),
    path("evaluations/<int:id>/firms/<int:firm>/cheapest", cheapest, name="evaluations.cheapest"),
    path("evaluations/<int:id>/firms/<int:firm>.docx", letter, name="evaluations.letter"),
    path("evaluations/<int:id>/firms/<int:firm>/letter", letter_to_come, name="evaluations.letter_to_come"),
    path("evaluations/<int:id>/firms/<int:firm>/object", objection, name="evaluations.object"),
]
