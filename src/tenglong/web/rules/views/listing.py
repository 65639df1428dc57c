"""Rules of the city (本市规则): which there are, what counts here, putting another one, its release."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tenglong.actions.rules.releasing import put_rules, release_rules, withdraw_rules
from tenglong.domain.access.roles import Permission
from tenglong.domain.rules.owned import file_problems, owned_by
from tenglong.queries.matters import open_steps
from tenglong.queries.registry.territory import territory
from tenglong.queries.rules.versions import (
    VersionView,
    before,
    difference,
    lines_of,
    rule_in_force,
    rules_in_force,
    version_by_id,
    version_text,
    versions_of,
)
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.rules.forms.putting import RuleForm
from tenglong.web.steps import DANGER, PRIMARY, Button, Moved, step_buttons, step_paths
from tenglong.web.templatetags.tenglong import sentence

BUTTONS = {
    "release": Button(
        "rules.release",
        confirm=_("确定放行？自施行日期起按这份规则办理。"),
        look=PRIMARY,
        act=release_rules,
        done=_("已放行，自施行日期起按这份规则办理。"),
    ),
    "withdraw": Button("rules.withdraw", look=DANGER, act=withdraw_rules, done=_("已撤回。")),
}
VERSION = Moved("version", version_by_id, "rules.version")
TOML = "application/toml; charset=utf-8"


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """Every rule file that a city may replace, what it decides, and what counts of it in the chosen unit today."""
    here = request.here
    return render(request, "rules/listed.html", {"rules": rules_in_force(here.unit.code, here.today)})


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule file: its text here and today, what was put so far, and putting another. One with faults is not kept."""
    here = request.here
    if request.method == "POST":
        here.actor.check_may(Permission.RULES)
    found = rule_in_force(rule, here.unit.code, here.today)
    units = _units(here)
    form, problems = None, list[str]()
    shown: list[tuple[str, str]] = []
    if units:
        chosen = here.unit.code if any(here.unit.code == code for code, _name in units) else units[0][0]
        initial = {"text": found.text, "from_day": here.today, "code": chosen}
        form = dress(RuleForm(request.POST or None, request.FILES or None, units=units, initial=initial))
    if form is not None and request.method == "POST" and form.is_valid():
        name, raw = form.given()
        problems = [sentence(fault) for fault in file_problems(found.file, name or found.file.rule.name, raw)]
        if not problems and "compare" in request.POST:
            shown = lines_of(difference(found.text, raw.decode()))
            if not shown:
                messages.info(request, gettext("与现行规则一致。"))
        elif not problems:
            with telling_form(form):
                given = {"rule": rule, "raw": raw, "filename": name, **form.deed()}
                version = put_rules(actor=here.actor, at=here.now, **given)
                messages.success(request, gettext("已提交，待另一位有权限的人员放行。"))
                return redirect("rules.version", version.pk)
    versions = versions_of(rule, here.unit.code, here.today, here.scope)
    context = {
        "found": found,
        "form": form,
        "problems": problems,
        "difference": shown,
        "versions": [VersionView.of(row) for row in versions],
    }
    bad = bool(problems or (form and form.errors))
    return render(request, "rules/one.html", context, status=422 if bad else 200)


@page(Permission.VIEW)
def text(request: HttpRequest, rule: str) -> HttpResponse:
    """The file that counts here today, to be changed and put."""
    here = request.here
    found = rule_in_force(rule, here.unit.code, here.today)
    return _file(found.text, found.file.rule.name)


@page(Permission.VIEW)
def version(request: HttpRequest, id: int) -> HttpResponse:
    """A rule file that somebody put: how it differs from what counts without it, and what may be done with it."""
    here = request.here
    row = version_by_id(id, here.scope)
    context = {
        "version": VersionView.of(row),
        "file": owned_by(row.rule),
        "text": version_text(row),
        "difference": lines_of(difference(before(row), version_text(row))),
        "steps": step_buttons(open_steps(row, here.actor, here.today), BUTTONS, id),
    }
    return render(request, "rules/version.html", context)


def _units(here: Here) -> list[tuple[str, str]]:
    """The territories in which the person may put rules, the widest first."""
    held = here.actor.places(Permission.RULES)
    tree = territory().at(here.today)
    tops = (territory().places[id] for id in held)
    codes = {place.code for place in tops if place.valid_on(here.today)}
    below = [place for code in here.actor.codes if tree.has(code) for place in tree.descendants(code)]
    named = {place.code: place.name for place in below if place.code in codes and len(place.code) <= 6}
    return list(named.items())


def _file(content: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type=TOML, headers=headers)


urls = [
    path("rules", listed, name="rules"),
    path("rules/versions/<int:id>", version, name="rules.version"),
    *step_paths("rules/versions", VERSION, BUTTONS),
    path("rules/<slug:rule>", one, name="rules.one"),
    path("rules/<slug:rule>.toml", text, name="rules.text"),
]
