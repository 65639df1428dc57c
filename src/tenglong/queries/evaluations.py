"""Schemes and runs: which may be seen, where they stand, and what they were computed from."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.kept import FirmsTable, from_text
from tenglong.domain.evaluation.kept_results import evaluation_from_json, outcome_from_json
from tenglong.domain.evaluation.loading import read_scheme
from tenglong.domain.evaluation.process import COMPUTING, FINAL, PUBLICISED, REPLACED
from tenglong.domain.evaluation.results import Evaluation as Found
from tenglong.domain.evaluation.results import Outcome
from tenglong.domain.evaluation.schemes import Scheme as SchemeFile
from tenglong.domain.kernel.errors import BadFile, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import Window, china_date
from tenglong.queries.calendar import working_calendar
from tenglong.queries.files import path_of
from tenglong.queries.jobs import JobView, job_view
from tenglong.queries.observations import observations
from tenglong.store.models import Evaluation, EvaluationResult, Job, Objection, Scheme

SHOWN_TO_ALL = (PUBLICISED, FINAL, REPLACED)
RESULT_FIELDS = (
    "status", "reason", "group", "items", "points", "total", "rank", "peers", "grade_by_quota", "adjustments", "grade",
)  # fmt: skip
MEASURES = ("benchmarks", "ranges", "averages", "cuts")


def visible_schemes(scope: Scope) -> list[Scheme]:
    """The schemes of the places where the person may look, and those in force under which somebody there is rated."""
    found = Scheme.objects.select_related("place")
    if scope.everywhere:
        return list(found)
    runs = _visible(Evaluation.objects.filter(scheme=OuterRef("pk")), scope)
    return list(found.filter(Q(place_id__in=scope.places) | Exists(runs)))


def newest_year(scope: Scope, today: date) -> int:
    """The newest year of which firms that may be seen have observations; last year where there are none."""
    found = observations()
    if not scope.everywhere:
        found = found.filter(firm__place_id__in=scope.places)
    return found.aggregate(newest=Max("year"))["newest"] or today.year - 1


def scheme_by_id(id: int, scope: Scope) -> Scheme:
    """One scheme.

    Raises:
        NotFound: there is none, or not for this person.
    """
    for scheme in visible_schemes(scope):
        if scheme.pk == id:
            return scheme
    raise NotFound(msg("没有这份评价办法，请从列表中选择。"))


def visible_runs(scope: Scope, *, year: int | None = None, scheme_id: int | None = None) -> list[Evaluation]:
    """The runs that may be seen, the latest first: those of the person's own places whatever their state, those of
    a larger place once they are in publicity and say something of a firm there."""
    found = _visible(Evaluation.objects.all(), scope).select_related("scheme", "place", "revises")
    if year is not None:
        found = found.filter(year=year)
    if scheme_id is not None:
        found = found.filter(scheme_id=scheme_id)
    runs = list(found.order_by("-id"))
    mark_failed(runs)
    _mark_provisional(runs)
    return runs


def run_by_id(id: int, scope: Scope) -> Evaluation:
    """One run.

    Raises:
        NotFound: there is none, or not for this person.
    """
    found = (
        _visible(Evaluation.objects.filter(pk=id), scope)
        .select_related("scheme__place", "place", "revises")
        .first()
    )
    if found is None:
        raise _not_there(id)
    mark_failed([found])
    _mark_provisional([found])
    return found


def check_sees(run: Evaluation, scope: Scope) -> None:
    """Raises NotFound, as `run_by_id` does, for a person who may not see the run; without reading it."""
    if not _visible(Evaluation.objects.filter(pk=run.pk), scope).exists():
        raise _not_there(run.pk)


def _not_there(id: int) -> NotFound:
    return NotFound(msg("没有第 {id} 号评价，或您不能查看，请从列表中选择。", id=id))


def mark_failed(runs: Sequence[Evaluation]) -> None:
    """Say of runs without results whether the last job that computes them failed; one statement for all."""
    waiting = {run.pk: run for run in runs if run.state == COMPUTING}
    if waiting:
        jobs = Job.objects.filter(kind="evaluate", params__evaluation__in=list(waiting)).order_by("id")
        for id, state in jobs.values_list("params__evaluation", "state"):
            waiting[id].failed = state == Job.State.FAILED


def _mark_provisional(runs: Sequence[Evaluation]) -> None:
    """Say of runs in publicity whether their last day may move with a notice of holidays to come."""
    shown = [run for run in runs if run.state == PUBLICISED and run.publicity_start]
    if shown:
        calendar = working_calendar()
        for run in shown:
            run.provisional = calendar.is_provisional(run.publicity_start, run.publicity_end)


def _mark_due_provisional(objections: Sequence[Objection]) -> None:
    """Say of open objections whether the day by which they are to be decided may move likewise."""
    waiting = [one for one in objections if one.state == Objection.State.OPEN]
    if waiting:
        calendar = working_calendar()
        for one in waiting:
            one.provisional = calendar.is_provisional(china_date(one.recorded_at), one.due_on)


def _visible(runs: QuerySet[Evaluation], scope: Scope) -> QuerySet[Evaluation]:
    if scope.everywhere:
        return runs
    results = EvaluationResult.objects.filter(evaluation=OuterRef("pk"), place_id__in=scope.places)
    return runs.filter(Q(place_id__in=scope.places) | Q(Exists(results), state__in=SHOWN_TO_ALL))


def job_of_run(run_id: int) -> JobView | None:
    """The last job that computes a run; call it only with a run that the person may see."""
    row = Job.objects.filter(kind="evaluate", params__evaluation=run_id).order_by("-id").first()
    return job_view(row) if row else None


def window_of(run: Evaluation) -> Window:
    """The publicity of a run that has been publicised."""
    return Window(run.publicity_start, run.publicity_end)


def objections_of(run: Evaluation, scope: Scope) -> list[Objection]:
    """The objections to a run by firms where the person may look, in their order."""
    rows = Objection.objects.filter(evaluation=run).select_related("firm", "place").order_by("number")
    found = list(rows if scope.everywhere else rows.filter(place_id__in=scope.places))
    _mark_due_provisional(found)
    return found


def objection_by_id(id: int, scope: Scope) -> Objection:
    """One objection with its run.

    Raises:
        NotFound: there is none, or not for this person.
    """
    found = Objection.objects.select_related("evaluation__scheme", "firm", "place").filter(pk=id).first()
    if found is None or not (scope.everywhere or found.place_id in scope.places):
        raise NotFound(msg("没有这件异议，或不在您的辖区内，请从列表中选择。"))
    _mark_due_provisional([found])
    return found


def scheme_file(scheme: Scheme) -> SchemeFile:
    """The scheme that a stored text says."""
    return _read(f"{scheme.code}.toml", scheme.text)


@lru_cache(maxsize=64)
def _read(name: str, text: str) -> SchemeFile:
    return read_scheme(name, text.encode())


def table_of(run: Evaluation) -> FirmsTable:
    """The table of firms that a run was computed from.

    Raises:
        BadFile: the kept file is missing, or its content is not what the run says.
    """
    path = path_of(run.input_digest) if run.input_digest else None
    if path is None or not path.exists():
        raise BadFile(msg("第 {id} 号评价的输入数据文件不在文件库中，请从备份恢复。", id=run.pk))
    with path.open("rb") as raw:
        if hashlib.file_digest(raw, "sha256").hexdigest() != run.input_digest:
            raise BadFile(msg("第 {id} 号评价的输入数据文件已被改动，请从备份恢复。", id=run.pk))
    with path.open(encoding="utf-8", newline="") as lines:
        return from_text(lines, scheme_file(run.scheme))


def corrections_of(run: Evaluation) -> dict[str, dict[str, str | None]]:
    """The values that upheld objections to a run put into its table: by firm, column to text; the last counts."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for one in Objection.objects.filter(evaluation=run, state=Objection.State.UPHELD).order_by("number"):
        found[str(one.firm_id)].update(one.corrections)
    return dict(found)


def results_json(run: Evaluation) -> dict[int, dict[str, Any]]:
    """Every stored result of a run by firm, as domain.evaluation.kept_results has it."""
    rows = (
        EvaluationResult.objects.filter(evaluation=run)
        .order_by("firm_id")
        .values_list("firm_id", *RESULT_FIELDS)
    )
    return {
        firm: dict(zip(RESULT_FIELDS, row, strict=True)) for firm, *row in rows.iterator(chunk_size=5_000)
    }


def measures_of(run: Evaluation) -> dict[str, Any]:
    """What the firms of a run were measured against, as it is stored."""
    return {name: getattr(run, name) for name in MEASURES}


def evaluation_of(run: Evaluation, *, peer_group: str | None = None) -> Found:
    """A stored run as the engines give it, its numbers to nine decimals; only one peer group where one is named.

    Call it for a run that the person may see; the outcomes of others stand in it so that ranks can be explained.
    """
    rows = EvaluationResult.objects.filter(evaluation=run).order_by("firm_id")
    if peer_group is not None:
        rows = rows.filter(peer_group=peer_group)
    outcomes = [outcome_of(row) for row in rows.iterator(chunk_size=5_000)]
    return evaluation_from_json(
        scheme_file(run.scheme), run.year, run.input_digest, outcomes=outcomes, measures=measures_of(run)
    )


def outcome_of(row: EvaluationResult) -> Outcome:
    """A stored result as the engines give it."""
    return outcome_from_json(str(row.firm_id), {name: getattr(row, name) for name in RESULT_FIELDS})
