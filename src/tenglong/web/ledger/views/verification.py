"""The proof that the ledger is whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from tenglong.actions.jobs import enqueue
from tenglong.domain.access.roles import Permission
from tenglong.queries.checkpoints import shown_checkpoint
from tenglong.queries.jobs.overview import job_for
from tenglong.queries.jobs.scheduled import scheduled
from tenglong.web.pages import page


@page(Permission.VERIFY)
def opened(request: HttpRequest) -> HttpResponse:
    """What a check proves, the button that starts one, and what the last nightly one found."""
    here = request.here
    checks = [one for one in scheduled(here.actor, here.now) if one.work.kind == "verify_ledger"]
    return render(request, "ledger/ledger.html", {"scheduled": checks, "checkpoint": shown_checkpoint()})


@page(Permission.VERIFY)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Ask for a check: it reads the whole ledger, so a job does it."""
    job = enqueue("verify_ledger", {}, actor=request.here.actor, at=request.here.now)
    return redirect("ledger.checking", job.pk)


@page(Permission.VERIFY)
def checking(request: HttpRequest, job: int) -> HttpResponse:
    """How far the check is, and what it found."""
    context = {"job": job_for(job, request.here.actor), "checkpoint": shown_checkpoint()}
    return render(request, "ledger/ledger.html", context)


urls = [
    path("ledger", opened, name="ledger"),
    path("ledger/check", check, name="ledger.check"),
    path("ledger/checks/<int:job>", checking, name="ledger.checking"),
]
