"""Long work: how far it is, on whatever page it was asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tenglong.domain.access.roles import Permission
from tenglong.queries.jobs.overview import job_for, jobs_of
from tenglong.queries.jobs.scheduled import scheduled
from tenglong.web.pages import page


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The person's own jobs, the latest first; for who runs a place also what is done by itself."""
    here = request.here
    found = {"jobs": jobs_of(here.actor), "scheduled": scheduled(here.actor, here.now)}
    return render(request, "jobs/jobs.html", found)


@page(Permission.VIEW)
def progress(request: HttpRequest, id: int) -> HttpResponse:
    """How far a job is: a part of a page that asks again every second until the job has ended."""
    return render(request, "jobs/progress.html", {"job": job_for(id, request.here.actor)})


urls = [
    path("jobs", listed, name="jobs"),
    path("jobs/<int:id>", progress, name="jobs.progress"),
]
