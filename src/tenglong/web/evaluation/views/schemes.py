"""Schemes (评价办法): bringing one in, reading it in words, putting it in force, comparing two."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.evaluation import import_scheme, put_in_force
from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.differences import scheme_difference
from tenglong.domain.evaluation.schemes import Scheme as SchemeFile
from tenglong.domain.evaluation.shipped import scheme_text, shipped, shipped_scheme
from tenglong.queries.evaluation.runs import scheme_by_id, scheme_file, visible_schemes
from tenglong.queries.evaluation.schemes import scheme_file_problems, shipped_text
from tenglong.queries.evaluation.shown import SchemeView
from tenglong.queries.matters import open_steps
from tenglong.queries.registry.territory import territory
from tenglong.web.context import Here
from tenglong.web.evaluation.forms.runs import SchemeForm, ShippedForm
from tenglong.web.evaluation.scheme_words import stated
from tenglong.web.evaluation.tags import in_scheme
from tenglong.web.look import dress
from tenglong.web.pages import page, telling, telling_form
from tenglong.web.steps import PRIMARY, Button, step_buttons
from tenglong.web.templatetags.tenglong import in_script, said, sentence

BUTTONS = {
    "put_in_force": Button(
        "evaluations.scheme_in_force", None, _("确定让这一版生效？同一办法同年度的旧版将被取代。"), PRIMARY
    )
}

TOML = "application/toml; charset=utf-8"


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The schemes that the person may see, and bringing in another. A file with faults is not stored."""
    here = request.here
    form = _scheme_form(here, request) if here.may(Permission.EVALUATION_DRAFT) else None
    problems: list[str] = []
    if form is not None and request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        raw = file.read()
        problems = [sentence(one) for one in scheme_file_problems(file.name, raw)]
        if not problems and (found := _brought_in(request, form, raw.decode(), file.name)):
            return found
    bad = bool(problems or (form and form.errors))
    context = {
        "form": form,
        "problems": problems,
        "schemes": [SchemeView.of(one) for one in visible_schemes(here.scope)],
        "shipped": shipped().values(),
    }
    return render(request, "evaluations/schemes.html", context, status=422 if bad else 200)


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One scheme in words, and what may be done with it."""
    here = request.here
    scheme = scheme_by_id(id, here.scope)
    file = scheme_file(scheme)
    others = [SchemeView.of(other) for other in visible_schemes(here.scope) if other.pk != scheme.pk]
    context = _in_words(file) | {
        "scheme": SchemeView.of(scheme),
        "others": others,
        "drafts": here.may(Permission.EVALUATION_DRAFT, scheme.place_id),
        "steps": step_buttons(open_steps(scheme, here.actor, here.today), BUTTONS, id),
    }
    return render(request, "evaluations/scheme.html", context)


@page(Permission.VIEW)
def text(request: HttpRequest, id: int) -> HttpResponse:
    """The file as it was brought in."""
    scheme = scheme_by_id(id, request.here.scope)
    name = f"{scheme.code}-{scheme.year}-v{scheme.version}.toml"
    return _file(scheme.text, name)


@page(Permission.VIEW)
@require_POST
def in_force(request: HttpRequest, id: int) -> HttpResponse:
    """Put a draft in force."""
    here = request.here
    with telling(request):
        scheme = put_in_force(actor=here.actor, at=here.now, scheme=scheme_by_id(id, here.scope))
        done = gettext("评价办法“{title}”第 {version} 版已生效。")
        messages.success(request, done.format(title=said(scheme, "title"), version=scheme.version))
    return redirect("evaluations.scheme", id)


@page(Permission.VIEW)
def compared(request: HttpRequest, id: int, other: int) -> HttpResponse:
    """What another scheme does differently, one difference after the other."""
    before, after = (scheme_by_id(one, request.here.scope) for one in (id, other))
    files = scheme_file(before), scheme_file(after)
    differences = [in_scheme(one.sentence, *files) for one in scheme_difference(*files)]
    context = {"before": SchemeView.of(before), "after": SchemeView.of(after), "differences": differences}
    return render(request, "evaluations/scheme_difference.html", context)


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def ours(request: HttpRequest, id: str) -> HttpResponse:
    """A shipped scheme in words, and using it somewhere as a draft."""
    here = request.here
    file = shipped_scheme(id)
    form = None
    if here.may(Permission.EVALUATION_DRAFT):
        initial = {"code": here.unit.code, "year": here.today.year - 1}
        form = dress(ShippedForm(request.POST or None, units=_units(here), initial=initial))
        if request.method == "POST" and form.is_valid():
            changed = shipped_text(id, form.cleaned_data["year"])
            if found := _brought_in(request, form, changed, f"{id}.toml"):
                return found
    context = _in_words(file) | {"form": form}
    return render(request, "evaluations/shipped.html", context, status=422 if form and form.errors else 200)


@page(Permission.VIEW)
def our_text(request: HttpRequest, id: str) -> HttpResponse:
    """The file of a shipped scheme, to start one's own from."""
    return _file(scheme_text(id), f"{id}.toml")


def _in_words(file: SchemeFile) -> dict[str, object]:
    """What the parts of the page about a scheme need."""
    return {"file": file, "stated": stated(file)}


def _brought_in(request: HttpRequest, form: Form, content: str, name: str) -> HttpResponse | None:
    """To the page of the new draft; None where it was refused, with the reason on the form."""
    here = request.here
    with telling_form(form):
        scheme = import_scheme(
            actor=here.actor, at=here.now, text=content, code=form.cleaned_data["code"], filename=name
        )
        messages.success(
            request, gettext("评价办法“{title}”已作为草案导入。").format(title=said(scheme, "title"))
        )
        return redirect("evaluations.scheme", scheme.pk)
    return None


def _scheme_form(here: Here, request: HttpRequest) -> SchemeForm:
    initial = {"code": here.unit.code}
    return dress(SchemeForm(request.POST or None, request.FILES or None, units=_units(here), initial=initial))


def _units(here: Here) -> list[tuple[str, str]]:
    tree = territory().at(here.today)
    return [
        (unit.code, in_script(unit.indented))
        for unit in here.choices
        if here.may(Permission.EVALUATION_DRAFT, tree.place(unit.code).id)
    ]


def _file(content: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type=TOML, headers=headers)


urls = [
    path("evaluations/schemes", listed, name="evaluations.schemes"),
    path("evaluations/schemes/<int:id>", one, name="evaluations.scheme"),
    path("evaluations/schemes/<int:id>.toml", text, name="evaluations.scheme_text"),
    path("evaluations/schemes/<int:id>/in-force", in_force, name="evaluations.scheme_in_force"),
    path("evaluations/schemes/<int:id>/with/<int:other>", compared, name="evaluations.scheme_difference"),
    path("evaluations/schemes/shipped/<slug:id>", ours, name="evaluations.shipped"),
    path("evaluations/schemes/shipped/<slug:id>.toml", our_text, name="evaluations.shipped_text"),
]
