"""The proof that the ledger is whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tenglong.domain.access.roles import Permission
from tenglong.queries.verification import verify
from tenglong.web.pages import page


@page(Permission.VERIFY)
def checked(request: HttpRequest) -> HttpResponse:
    """Chain and stored states of every roster, checked when asked to (it reads the whole ledger)."""
    reports = None
    if request.method == "POST":
        titles = {roster.title for roster in request.here.rosters}
        reports = [report for report in verify() if report.title in titles]
    return render(request, "ledger/ledger.html", {"reports": reports})


urls = [path("ledger", checked, name="ledger")]
