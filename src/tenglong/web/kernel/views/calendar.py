"""The working calendar: what is known of each year, and the notice of a year entered by the city."""

from collections.abc import Iterable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.kernel.calendar import put_notice
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.calendar import days_text
from tenglong.queries.kernel.calendar import CalendarYear, calendar_years, entered_notices
from tenglong.web.kernel.forms.calendar import NoticeForm
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The years around today, the notices that were entered, and a form for a new one."""
    here = request.here
    may = here.may(Permission.CALENDAR)
    years = calendar_years(here.today)
    form = dress(NoticeForm(request.POST or None, initial=_first_unknown(years, here.today)))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            moved = put_notice(actor=here.actor, at=here.now, **form.cleaned_data)
            said = gettext("已登记。重新计算：公示截止日 {publicities} 个，异议裁定时限 {objections} 个。")
            messages.success(request, said.format(publicities=moved.publicities, objections=moved.objections))
            return redirect("calendar")
    context = {
        "years": [(one, _spans(one.year, one.off), _spans(one.year, one.worked)) for one in years],
        "notices": [
            (one, _spans(one.notice.year, one.notice.off), _spans(one.notice.year, one.notice.worked))
            for one in entered_notices()
        ],
        "form": form if may else None,
    }
    return render(request, "calendar/calendar.html", context, status=422 if form.errors else 200)


def _spans(year: int, days: Iterable[date]) -> list[str]:
    """The days and spans of a year, without the year before each."""
    return [span.replace(f"{year}-", "") for span in days_text(days).split()]


def _first_unknown(years: list[CalendarYear], today: date) -> dict[str, int]:
    return {"year": next((one.year for one in years if one.year >= today.year and not one.known), today.year)}


urls = [path("calendar", listed, name="calendar")]
