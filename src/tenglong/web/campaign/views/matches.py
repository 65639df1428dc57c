"""Records that may be one firm: both sides, and the decision."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from tenglong.actions.campaign.matches import decide, reopen, undo
from tenglong.domain.access.policy import scope_of
from tenglong.domain.access.roles import Permission
from tenglong.queries.campaign.matches import PairView, Side, count_open, decided_pairs, open_pairs, pair_in
from tenglong.queries.matters import open_steps
from tenglong.web.campaign.forms.matches import GroundsForm, RegretForm
from tenglong.web.context import Here
from tenglong.web.pages import page, telling
from tenglong.web.steps import PRIMARY, Button, Shown, step_buttons
from tenglong.web.templatetags.tenglong import said

PER_PAGE = 20
TEMPORARY = "TMP-"
ABROAD = gettext_lazy("登记在其他辖区，请与其整治办核对")
ANSWERED = {
    "same": gettext_lazy("已认定为同一家企业，两份记录已合并。"),
    "claimed": gettext_lazy("已提请认定，待另一方整治办认定后合并。"),
    "different": gettext_lazy("已认定为不同企业。"),
}
MERGES = gettext_lazy("确定两份记录是同一家企业？将合并为一家，重复的案件会从名单中剔除。")
BUTTONS = {
    "same": Button("matches.same", GroundsForm, MERGES, PRIMARY),
    "claim": Button("matches.same", GroundsForm, look=PRIMARY),
    "confirm": Button("matches.same", GroundsForm, MERGES, PRIMARY),
    "different": Button("matches.different"),
    "deny": Button("matches.different"),
    "undo": Button("matches.undo", RegretForm),
    "reopen": Button("matches.undo", RegretForm),
}
"""How the page asks for each step: a decision says which of the steps it is by where both firms lie."""
FIELDS = (
    ("name", gettext_lazy("企业名称")),
    ("other_names", gettext_lazy("其他名称")),
    ("code", gettext_lazy("信用代码或临时编号")),
    ("place", gettext_lazy("属地")),
    ("address", gettext_lazy("地址")),
    ("rosters", gettext_lazy("所在名单")),
)


@dataclass(frozen=True)
class Compared:
    """One field of both sides; `verdict` says in words whether they agree."""

    label: str
    left: str
    right: str
    verdict: str
    differs: bool


@page(Permission.MATCH)
def listed(request: HttpRequest) -> HttpResponse:
    """The open questions, the most probable first; or those decided, the latest first."""
    scope = scope_of(request.here.actor, Permission.MATCH)
    decided, start = "decided" in request.GET, _start(request)
    find = decided_pairs if decided else open_pairs
    found = find(scope, start=start, count=PER_PAGE + 1)
    context = {
        "decided": decided,
        "waiting": count_open(scope),
        "pairs": [(pair, compared(pair), _steps(request.here, pair.id)) for pair in found[:PER_PAGE]],
        "before": max(start - PER_PAGE, 0) if start else None,
        "after": start + PER_PAGE if len(found) > PER_PAGE else None,
    }
    return render(request, "matches/matches.html", context)


@page(Permission.MATCH)
@require_POST
def answer(request: HttpRequest, id: int, same: bool) -> HttpResponse:
    """Say that two records are one firm, or are not."""
    here = request.here
    with telling(request):
        answered = decide(id, same, actor=here.actor, at=here.now, reason=request.POST.get("reason", ""))
        messages.success(request, str(ANSWERED[answered.state]))
    return redirect("matches")


@page(Permission.MATCH)
@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """Take a decision back, with the merge that came of it."""
    here = request.here
    merge = pair_in(scope_of(here.actor, Permission.MATCH), id).merge_id
    with telling(request):
        about = {"actor": here.actor, "at": here.now, "reason": request.POST.get("reason", "")}
        undo(merge, **about) if merge else reopen(id, **about)
        messages.success(request, gettext("结论已撤销，这条比对重新待办。"))
    return redirect(f"{reverse('matches')}?decided=1")


def _steps(here: Here, id: int) -> list[Shown]:
    """The steps that this person may take with a question."""
    pair = pair_in(scope_of(here.actor, Permission.MATCH), id)
    return step_buttons(open_steps(pair, here.actor, here.today), BUTTONS, id)


def compared(pair: PairView) -> list[Compared]:
    """Both sides, field by field, leaving out what neither has."""
    rows = [
        _compared(name, str(label), _text(pair.left, name), _text(pair.right, name)) for name, label in FIELDS
    ]
    return [row for row in rows if row.left or row.right]


def _compared(name: str, label: str, left: str, right: str) -> Compared:
    if name == "rosters" or ABROAD in (left, right):
        return Compared(label, left, right, "", False)
    if not left or not right:
        return Compared(label, left, right, gettext("一方未填"), False)
    if name == "code" and TEMPORARY in (left[:4], right[:4]):
        return Compared(label, left, right, gettext("一方没有信用代码"), False)
    differs = left != right
    return Compared(label, left, right, gettext("不同") if differs else gettext("相同"), differs)


def _text(side: Side, name: str) -> str:
    if name == "name" and not side.name:
        return str(ABROAD)
    if name == "rosters":
        return gettext("、").join(said(roster, "title") for roster in side.rosters)
    value = getattr(side, name)
    return value if isinstance(value, str) else gettext("、").join(value)


def _start(request: HttpRequest) -> int:
    text = request.GET.get("start", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


urls = [
    path("matches", listed, name="matches"),
    path("matches/<int:id>/same", answer, {"same": True}, name="matches.same"),
    path("matches/<int:id>/different", answer, {"same": False}, name="matches.different"),
    path("matches/<int:id>/undo", take_back, name="matches.undo"),
]
