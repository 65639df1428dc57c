"""Bulletins: what was issued, what would be issued, and what an old one would say today."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenglong.actions.reporting.bulletins import ask_for_issue, prepare, reissue, with_todays_knowledge
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.figures import definitions
from tenglong.domain.reporting.bulletins import BulletinContent
from tenglong.queries.jobs.overview import job_for
from tenglong.queries.registry.territory import territory
from tenglong.queries.reporting.bulletins import (
    BulletinView,
    document_of,
    issued,
    issued_bulletin,
    ranking_headers,
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
        {"bulletins": [BulletinView.of(one) for one in found], "may_issue": may_issue},
    )


@page(Permission.VIEW)
def preview(request: HttpRequest) -> HttpResponse:
    """What the bulletin of the day would say: the same content that issuing freezes."""
    here = request.here
    content = prepare(
        actor=here.actor, at=here.now, roster=here.the_roster, code=here.unit.code, as_of=here.as_of
    )
    context = {
        "content": content,
        "document": document_of(content),
        "may_issue": here.may(Permission.ISSUE, _place_id(here)),
    }
    return render(request, "bulletins/preview.html", context)


@page(Permission.ISSUE)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Ask for the bulletin to be issued; a job does it."""
    here = request.here
    with telling(request):
        as_of = day_from(request.POST.get("as_of", ""), here.today)
        job = ask_for_issue(
            actor=here.actor, at=here.now, roster=here.the_roster, code=here.unit.code, as_of=as_of
        )
        return redirect("bulletins.issuing", job.pk)
    return redirect("bulletins")


@page(Permission.ISSUE)
def issuing(request: HttpRequest, job: int) -> HttpResponse:
    """How far issuing is."""
    return render(request, "bulletins/issuing.html", {"job": job_for(job, request.here.actor)})


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """An issued bulletin: what it says, its digest, and whether it can be made again to the byte."""
    bulletin = issued_bulletin(id, request.here.scope.places)
    content = BulletinContent.from_json(bulletin.content)
    context = {
        "bulletin": BulletinView.of(bulletin),
        "content": content,
        "document": document_of(content),
    }
    return render(request, "bulletins/bulletin.html", context)


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
    bulletin = issued_bulletin(id, request.here.scope.places)
    found = with_todays_knowledge(bulletin, at=request.here.now)
    headers = ranking_headers(found.now)
    context = {
        "bulletin": BulletinView.of(bulletin),
        "moved": [(_cell_label(cell.cell, headers), cell) for cell in found.moved],
        "corrections": found.corrections,
    }
    return render(request, "bulletins/today.html", context)


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
    path("bulletins/<int:id>.docx", download, name="bulletins.download"),
    path("bulletins/<int:id>/again", again, name="bulletins.again"),
    path("bulletins/<int:id>/today", today, name="bulletins.today"),
]
