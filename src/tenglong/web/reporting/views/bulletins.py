"""Bulletins: what was issued, what would be issued, and what an old one would say today."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.reporting.bulletins import ask_for_issue, prepare, reissue, with_todays_knowledge
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.reporting.bulletins import BulletinContent, EditedSection
from tenglong.domain.reporting.bulletins.editing import SECTIONS, Typed, contradictions, sentences_in
from tenglong.queries.jobs.overview import job_for
from tenglong.queries.registry.territory import territory
from tenglong.queries.reporting.bulletins import (
    Bulletin,
    BulletinView,
    addressed,
    document_of,
    issued,
    issued_bulletin,
    issued_of_day,
    ranking_headers,
    section_titles,
)
from tenglong.web.context import Here, day_from
from tenglong.web.pages import page, reads, telling
from tenglong.web.sheets import DOCX
from tenglong.web.templatetags.tenglong import figure_label, in_script


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The issued bulletins of the roster, and the form for the next one."""
    here = request.here
    found = issued(here.the_roster.pk, here.scope.places)
    may_issue = here.may(Permission.ISSUE, _place_id(here))
    return render(
        request,
        "bulletins/bulletins.html",
        {
            "bulletins": [BulletinView.of(one) for one in found],
            "addressed": [BulletinView.of(one) for one in _addressed(here, here.the_roster.pk)],
            "may_issue": may_issue,
        },
    )


@reads
@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """What the bulletin of the day would say: the same content that issuing freezes, with what was typed of it."""
    here, typed = request.here, _typed(request)
    with telling(request):
        return _previewed(request, _prepared(here, typed))
    return _previewed(request, _prepared(here, {}), status=422)


def _prepared(here: Here, typed: Typed) -> BulletinContent:
    return prepare(
        actor=here.actor,
        at=here.now,
        roster=here.the_roster,
        code=here.unit.code,
        as_of=here.as_of,
        typed=typed,
    )


def _previewed(request: HttpRequest, content: BulletinContent, status: int = 200) -> HttpResponse:
    here = request.here
    computed = {name: getattr(content, name) for name in SECTIONS}
    computed |= {mark.section: mark.computed for mark in content.edited}
    titles = section_titles(content)
    issued_already = issued_of_day(here.the_roster.pk, here.unit.code, here.as_of)
    context = {
        "content": content,
        "document": document_of(content),
        "may_issue": here.may(Permission.ISSUE, _place_id(here)) and issued_already is None,
        "issued": issued_already,
        "sections": [
            (
                name,
                titles[name],
                request.POST.get(name, "\n".join(said)),
                "\n".join(computed[name]),
            )
            for name, said in ((name, getattr(content, name)) for name in SECTIONS)
        ],
        "edited": _edited(content),
        "contradictions": contradictions(content),
    }
    return render(request, "bulletins/preview.html", context, status=status)


def _edited(content: BulletinContent) -> list[tuple[str, EditedSection, tuple[str, ...]]]:
    """The sections that were worded by hand: their names, their marks and what was typed."""
    titles = section_titles(content)
    return [(titles[one.section], one, one.typed(content)) for one in content.edited]


def _typed(request: HttpRequest) -> Typed:
    """The sections that the form says, as sentences."""
    return {name: sentences_in(request.POST[name]) for name in SECTIONS if name in request.POST}


@page(Permission.ISSUE)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Ask for the bulletin to be issued; a job does it."""
    here = request.here
    with telling(request):
        as_of = day_from(request.POST.get("as_of", ""), here.today)
        job = ask_for_issue(
            actor=here.actor,
            at=here.now,
            roster=here.the_roster,
            code=here.unit.code,
            as_of=as_of,
            typed=_changed(request),
        )
        return redirect("bulletins.issuing", job.pk)
    return redirect("bulletins")


def _changed(request: HttpRequest) -> Typed:
    """The sections whose text is another one than the form offered: the others are computed when the job runs."""
    return {
        name: said
        for name, said in _typed(request).items()
        if said != sentences_in(request.POST.get(f"computed_{name}", ""))
    }


@page(Permission.ISSUE)
def issuing(request: HttpRequest, job: int) -> HttpResponse:
    """How far issuing is."""
    return render(request, "bulletins/issuing.html", {"job": job_for(job, request.here.actor)})


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """An issued bulletin: what it says, its digest, and whether it can be made again to the byte."""
    bulletin = _shown(request.here, id)
    content = BulletinContent.from_json(bulletin.content)
    context = {
        "bulletin": BulletinView.of(bulletin),
        "content": content,
        "document": document_of(content),
        "edited": _edited(content),
    }
    return render(request, "bulletins/bulletin.html", context)


@page(Permission.VIEW)
def totals(request: HttpRequest, id: int) -> HttpResponse:
    """What a bulletin from above says of all units together and of each: no firm, no sum over a few of them."""
    here = request.here
    rosters = [roster.pk for roster in here.all_rosters]
    near = [one for roster in rosters for one in _addressed(here, roster) if one.pk == id]
    if not near:
        raise NotFound(msg("没有这一期通报，请从通报列表中选择。"))
    bulletin = near[0]
    here.turn_to(bulletin.roster, as_of=bulletin.as_of, chooser=reverse("bulletins"))
    content = BulletinContent.from_json(bulletin.content)
    context = {"figures": content.main.figures, "ranking": content.ranking}
    return render(request, "bulletins/totals.html", {"bulletin": BulletinView.of(bulletin), **context})


@page(Permission.EXPORT)
def download(request: HttpRequest, id: int) -> HttpResponse:
    """The document as it was issued."""
    bulletin = issued_bulletin(id, request.here.scope.places)
    content = BulletinContent.from_json(bulletin.content)
    name = f"{''.join(content.title)}第{bulletin.number}期（{bulletin.as_of}）.docx"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(bytes(bulletin.document), content_type=DOCX, headers=headers)


@reads
@page(Permission.VIEW)
@require_POST
def again(request: HttpRequest, id: int) -> HttpResponse:
    """Make the document again from its snapshot and hold it against the digest."""
    result = reissue(issued_bulletin(id, request.here.scope.places))
    if result.identical:
        sentence = gettext("已按冻结的快照重新生成，摘要与签发时一致：{digest}")
        messages.success(request, sentence.format(digest=result.digest))
    else:
        sentence = gettext("保存的文件或快照与签发时不一致（摘要 {digest}），请停止使用并核查数据库备份。")
        messages.error(request, sentence.format(digest=result.digest))
    return redirect("bulletins.one", id)


@page(Permission.VIEW)
def today(request: HttpRequest, id: int) -> HttpResponse:
    """The same bulletin with today's knowledge: what moved and why."""
    bulletin = _shown(request.here, id)
    found = with_todays_knowledge(bulletin, at=request.here.now)
    headers = ranking_headers(found.now)
    context = {
        "bulletin": BulletinView.of(bulletin),
        "moved": [(_cell_label(cell.cell, headers), cell) for cell in found.moved],
        "corrections": found.corrections,
    }
    return render(request, "bulletins/today.html", context)


def _shown(here: Here, id: int) -> Bulletin:
    """The bulletin that a page is about, as its header says."""
    bulletin = issued_bulletin(id, here.scope.places)
    code, as_of = bulletin.place.code, bulletin.as_of
    here.turn_to(bulletin.roster, code=code, as_of=as_of, chooser=reverse("bulletins"))
    return bulletin


def _addressed(here: Here, roster_id: int) -> list[Bulletin]:
    """The bulletins of units above the person's own, which they may not read in full."""
    found = addressed(roster_id, here.actor.codes, here.today)
    return [one for one in found if one.place_id not in here.scope.places]


def _place_id(here: Here) -> int:
    return territory().at(here.as_of).place(here.unit.code).id


def _cell_label(cell: str, columns: Mapping[str, str]) -> str:
    """A printed cell in words: a figure, its gain of the week, or a column of the ranking."""
    kind, _, figure = cell.rpartition(":")
    if figure in definitions():
        name = figure_label(figure)
        return gettext("{name}（本周）").format(name=name) if kind else name
    headers = {"calibre": gettext("口径"), **columns}
    return in_script(headers.get(cell, gettext("序时进度") if cell == "pace" else cell))


urls = [
    path("bulletins", listed, name="bulletins"),
    path("bulletins/preview", preview, name="bulletins.preview"),
    path("bulletins/issue", issue, name="bulletins.issue"),
    path("bulletins/issuing/<int:job>", issuing, name="bulletins.issuing"),
    path("bulletins/<int:id>", one, name="bulletins.one"),
    path("bulletins/<int:id>/totals", totals, name="bulletins.totals"),
    path("bulletins/<int:id>.docx", download, name="bulletins.download"),
    path("bulletins/<int:id>/again", again, name="bulletins.again"),
    path("bulletins/<int:id>/today", today, name="bulletins.today"),
]
