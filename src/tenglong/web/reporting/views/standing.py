"""Where one unit stands: its rank and card, the rule behind the card, what is short, and what follows."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tenglong.domain.access.roles import Permission
from tenglong.domain.race.ranking import policy
from tenglong.domain.reporting.bulletins.wording import WORDING, next_steps_of
from tenglong.queries.race.standing import missing, standing_of
from tenglong.queries.registry.rulebook import rulebook
from tenglong.queries.reporting.bulletins import office_of, ranking_row
from tenglong.web.pages import page

PER_PAGE = 50
CATCH_UP = timedelta(days=7)


@page(Permission.VIEW)
def one(request: HttpRequest) -> HttpResponse:
    """The chosen unit among its neighbours."""
    asked = request.here.question()
    found = standing_of(asked)
    book = rulebook(found.over, asked.as_of, asked.known_at)
    firms = missing(asked, request.here.today)
    context = {
        "asked": asked,
        "standing": found,
        "cards": policy(book).cards,
        "rows": Paginator(firms, PER_PAGE).get_page(request.GET.get("page")),
        "follows": next_steps_of(
            book.file(WORDING).content,
            [ranking_row(found.row)],
            (),
            by=asked.as_of + CATCH_UP,
            deadline=found.row.entrant.window.deadline,
            office=office_of(asked, found.over),
        ),
    }
    return render(request, "front/standing_page.html", context)


urls = [path("standing", one, name="standing")]
