"""疑似重复: pairs of firms that may be one, in a table, to be answered many at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenglong.actions.campaign.duplicates import decide_many, request_search
from tenglong.domain.access.policy import scope_of
from tenglong.domain.access.roles import Permission
from tenglong.queries.campaign.matches import count_open, open_pairs
from tenglong.web.campaign.forms.matches import ManyForm
from tenglong.web.pages import page, telling

PER_PAGE = 100
SHOWN = 5


@page(Permission.MATCH)
def listed(request: HttpRequest) -> HttpResponse:
    """The open questions in a table; `register` leaves only those that no import asked."""
    here, own = request.here, "register" in request.GET
    scope = scope_of(here.actor, Permission.MATCH)
    found = open_pairs(scope, count=PER_PAGE, within_register=own)
    context = {
        "pairs": found,
        "own": own,
        "form": ManyForm(),
        "waiting": count_open(scope),
        "unit": here.unit,
        "per_page": PER_PAGE,
    }
    return render(request, "matches/duplicates.html", context)


@page(Permission.MATCH)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Hold the firms of a unit against each other, as a job."""
    here = request.here
    with telling(request):
        request_search(request.POST.get("territory", ""), actor=here.actor, at=here.now)
        messages.success(request, gettext("已开始查找，完成后疑似重复的企业会列在本页。"))
    return redirect(f"{reverse('duplicates')}?register")


@page(Permission.MATCH)
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Give the ticked questions one answer."""
    here, form = request.here, ManyForm(request.POST)
    ids = [int(id) for id in request.POST.getlist("pair") if id.isdecimal()]
    if not form.is_valid():
        messages.error(request, gettext("结论或认定依据有误，请重新填写。"))
        return redirect("duplicates")
    with telling(request):
        same, reason = form.cleaned_data["same"] == "1", form.cleaned_data["reason"]
        answered = decide_many(ids, same, actor=here.actor, at=here.now, reason=reason)
        if answered.done:
            messages.success(
                request,
                gettext("已认定 {count} 对，每一对都可以在“已认定”里撤销。").format(count=answered.done),
            )
        for why in answered.refused[:SHOWN]:
            messages.error(request, why.render(gettext))
        if (more := len(answered.refused) - SHOWN) > 0:
            messages.error(request, gettext("另有 {count} 对没有认定。").format(count=more))
    return redirect(f"{reverse('duplicates')}{'?register' if 'register' in request.POST else ''}")


urls = [
    path("duplicates", listed, name="duplicates"),
    path("duplicates/search", search, name="duplicates.search"),
    path("duplicates/decide", answer, name="duplicates.decide"),
]
