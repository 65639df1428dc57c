"""What a run says of its firms: the four-colour list, the review before publication, and who moved."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.review import review_rules
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.queries.evaluation.moves import (
    comparable,
    deciding,
    effects_of_differences,
    moves,
    usual_comparison,
)
from tenglong.queries.evaluation.results import (
    PAGE_SIZE,
    SORTS,
    ResultFilter,
    all_results,
    industries,
    peer_groups,
    result_page,
)
from tenglong.queries.evaluation.review import doubtful, near_firms, other_weights
from tenglong.queries.evaluation.runs import Evaluation, run_by_id, scheme_file
from tenglong.queries.evaluation.shown import RunView
from tenglong.web.context import Here
from tenglong.web.evaluation.forms.results import ResultFilterForm, ReviewForm
from tenglong.web.evaluation.grade_table import heads, industry_name, remark, sheet
from tenglong.web.look import dress
from tenglong.web.pages import page, part
from tenglong.web.sheets import as_download
from tenglong.web.templatetags.tenglong import in_script, moment, said, state_of

MOVED_PER_PAGE = 50
WHOLE = "evaluations/part.html"


@page(Permission.VIEW)
def listed(request: HttpRequest, id: int) -> HttpResponse:
    """The four-colour list, narrowed and ordered as asked."""
    here = request.here
    run, form, wanted = _asked(request, id)
    scheme = scheme_file(run.scheme)
    number = _page_number(request)
    rows, total = result_page(run, here.scope, wanted, number)
    context = {
        "run": RunView.of(run),
        "file": scheme,
        "form": form,
        "heads": heads(request, wanted.sort),
        "lines": [(row, industry_name(row.industry), remark(row, scheme)) for row in rows],
        "total": total,
        "number": number,
        "pages": -(-total // PAGE_SIZE),
        "sort": wanted.sort,
        "narrowed": bool(form.wanted),
        "tab": "left" if wanted.status == "not_rated" else "firms",
        "exports": here.may(Permission.EXPORT),
    }
    return render(request, "evaluations/firms.html", context)


@page(Permission.EXPORT)
def listed_sheet(request: HttpRequest, id: int) -> HttpResponse:
    """The same list as a workbook: all its pages."""
    here = request.here
    run, form, wanted = _asked(request, id)
    title = gettext("{place}{year}年亩均效益综合评价结果（第{id}号）").format(
        place=in_script(run.place.name), year=run.year, id=run.pk
    )
    notes = [
        gettext("办法：{title}（第 {version} 版），摘要 {digest}").format(
            title=said(run.scheme, "title"), version=run.scheme.version, digest=run.scheme_digest
        ),
        gettext("状态：{state}；数据摘要 {digest}").format(
            state=state_of(run.state, "evaluation"), digest=run.input_digest
        ),
        gettext("筛选条件：{conditions}").format(conditions=_conditions(form)),
        *(
            [gettext("没有采用的条件（没有这一选项）：{conditions}").format(conditions=form.ignored)]
            if form.ignored
            else []
        ),
        gettext("由 {name} 于 {moment} 导出，仅供工作使用").format(
            name=request.user, moment=moment(here.now)
        ),
    ]
    rows = all_results(run, here.scope, wanted)
    return as_download(sheet(rows, scheme_file(run.scheme)), title=title, notes=notes, created=here.now)


@page(Permission.VIEW)
def review(request: HttpRequest, id: int) -> HttpResponse:
    """The firms to look at again before the results are shown."""
    here = request.here
    run, rules = run_by_id(id, here.scope), review_rules()
    points = rules.points.chosen(request.GET.get("points", ""))
    percent = rules.percent.chosen(request.GET.get("percent", ""))
    initial = {"points": str(points), "percent": str(percent)}
    context = {
        "run": RunView.of(run),
        "file": scheme_file(run.scheme),
        "form": dress(ReviewForm(initial=initial, points=rules.points, percent=rules.percent)),
        "points": points,
        "percent": percent,
        "found": doubtful(run, here.scope, points=points, percent=percent),
        "weight": rules.weight,
    }
    return render(request, "evaluations/review.html", context)


@page(Permission.VIEW)
def weights(request: HttpRequest, id: int) -> HttpResponse:
    """What other weights would change: a part of the page of the review."""
    here = request.here
    run = run_by_id(id, here.scope)
    context = {"run": RunView.of(run), "found": other_weights(run, here.scope, review_rules().weight)}
    return part(request, "evaluations/weights.html", context, whole=WHOLE)


@page(Permission.VIEW)
def comparison(request: HttpRequest, id: int) -> HttpResponse:
    """Who moved against another run: last year's, the one that is revised, or a rehearsal of a draft."""
    here = request.here
    run = run_by_id(id, here.scope)
    others = comparable(run, here.scope)
    other = _other(request, run, others)
    found = moves(other, run, here.scope) if other else None
    rows = Paginator(found.movers if found else (), MOVED_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": RunView.of(run),
        "file": scheme_file(run.scheme),
        "others": [RunView.of(one) for one in others],
        "other": RunView.of(other) if other else None,
        "found": found,
        "rows": rows,
        "drafts": here.may(Permission.EVALUATION_DRAFT, run.place_id),
    }
    return render(request, "evaluations/comparison.html", context)


@page(Permission.VIEW)
def deciding_alone(request: HttpRequest, id: int) -> HttpResponse:
    """Which rules decide a grade alone: a part of the page of movements."""
    here = request.here
    run = run_by_id(id, here.scope)
    context = {"run": RunView.of(run), "found": deciding(run, here.scope), "file": scheme_file(run.scheme)}
    return part(request, "evaluations/deciding.html", context, whole=WHOLE)


@page(Permission.VIEW)
def effects(request: HttpRequest, id: int, other: int) -> HttpResponse:
    """What each difference of two schemes does alone: a part of the page of movements."""
    here = request.here
    later, earlier = (run_by_id(one, here.scope) for one in (id, other))
    found = effects_of_differences(earlier, later, here.scope)
    context = {"run": RunView.of(later), "found": found, "file": scheme_file(later.scheme)}
    return part(request, "evaluations/effects.html", context, whole=WHOLE)


def _asked(request: HttpRequest, id: int) -> tuple[Evaluation, ResultFilterForm, ResultFilter]:
    """The run, the form that says what its list is narrowed to, and the filter for the query."""
    here: Here = request.here
    run = run_by_id(id, here.scope)
    form = dress(
        ResultFilterForm(
            request.GET,
            scheme=scheme_file(run.scheme),
            grades=sorted(run.counts.get("grades", {})),
            groups=peer_groups(run, here.scope),
            industries=[(code, industry_name(code)) for code in industries(run, here.scope)],
            near=review_rules().points,
        )
    )
    answers = dict(form.wanted)
    near = answers.pop("near", "")
    firms = frozenset(near_firms(run, review_rules().points.chosen(near))) if near else None
    return run, form, ResultFilter(**answers, code=here.unit.code, sort=_sort(request), firms=firms)


def _other(request: HttpRequest, run: Evaluation, others: list[Evaluation]) -> Evaluation | None:
    asked = request.GET.get("with", "")
    if not asked:
        return usual_comparison(run, others)
    found = next((one for one in others if str(one.pk) == asked), None)
    if found is None:
        raise NotFound(msg("没有可比较的第 {id} 号评价，请从列表中选择。", id=asked))
    return found


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "")
    return sort if sort.removeprefix("-") in SORTS else "rank"


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _conditions(form: ResultFilterForm) -> str:
    """What the list was narrowed to, in words."""
    found = []
    for name, value in form.wanted.items():
        field = form.fields[name]
        answers = {str(id): str(text) for id, text in getattr(field, "choices", ())}
        found.append(f"{field.label} {answers.get(value, value)}")
    return gettext("；").join(found) or gettext("无")


urls = [
    path("evaluations/<int:id>/firms", listed, name="evaluations.firms"),
    path("evaluations/<int:id>/firms.xlsx", listed_sheet, name="evaluations.firms_sheet"),
    path("evaluations/<int:id>/review", review, name="evaluations.review"),
    path("evaluations/<int:id>/weights", weights, name="evaluations.weights"),
    path("evaluations/<int:id>/comparison", comparison, name="evaluations.comparison"),
    path("evaluations/<int:id>/deciding", deciding_alone, name="evaluations.deciding"),
    path("evaluations/<int:id>/comparison/<int:other>/effects", effects, name="evaluations.effects"),
]
