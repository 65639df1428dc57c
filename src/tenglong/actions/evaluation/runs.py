"""Asking for a run, and carrying it out: table, computation, results, all or nothing; and computing it again."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

import tenglong
from tenglong.actions.evaluation.courses import RUN
from tenglong.actions.files import keep
from tenglong.actions.jobs import enqueue
from tenglong.actions.steps import Done, Taking, begin, happen, leave, take
from tenglong.domain.access.policy import Actor, Scope, check_still
from tenglong.domain.evaluation.engines.reference import evaluating
from tenglong.domain.evaluation.kept import (
    RESULT_FIELDS,
    FirmsTable,
    KeptResult,
    Measures,
    corrected,
    kept_measures,
    kept_result,
    missing_in,
    results_digest,
    to_bytes,
)
from tenglong.domain.evaluation.process import COMPUTING, FREEZE
from tenglong.domain.evaluation.schemes import Scheme as SchemeFile
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Progress, msg, silent
from tenglong.domain.kernel.quantities import to_micro
from tenglong.queries.evaluation.firms_table import firms_table
from tenglong.queries.evaluation.runs import (
    corrections_of,
    kept_results,
    measures_of,
    run_matter,
    run_to_come,
    scheme_file,
    table_of,
)
from tenglong.queries.evaluation.uploaded_tables import uploaded_table
from tenglong.queries.registry.places import place_of
from tenglong.queries.registry.territory import territory
from tenglong.store.bulk import as_json, insert
from tenglong.store.models import Evaluation, EvaluationResult, Firm, Job, Scheme

LARGEST_TABLE = 4 * 1024**3
ENGINE = "reference"
"""Results that are kept are the judge's, in exact fractions: half a millisecond for a firm."""
COLUMNS = ("evaluation_id", "firm_id", "place_id", "industry", "land", "kept", "peer_group", *RESULT_FIELDS)


@dataclass(frozen=True)
class Computed:
    """A run as it is kept: each firm's result by its number, in the order of the table, and the measures.

    `kept` are the firms whose results a revision took over unchanged.
    """

    results: dict[int, KeptResult]
    measures: Measures
    kept: frozenset[int]

    @property
    def digest(self) -> str:
        """One digest over all results."""
        return results_digest((str(firm), result) for firm, result in self.results.items())

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many firms have each status and each grade."""
        results = self.results.values()
        return {
            "statuses": _counted(one.status for one in results),
            "grades": _counted(one.grade for one in results if one.grade),
        }


@dataclass(frozen=True)
class Reproduced:
    """A run computed again from its kept table; `differing` are the firms whose results are not the same."""

    identical: bool
    digest: str
    differing: tuple[int, ...]


def start_run(
    *,
    actor: Actor,
    at: datetime,
    scheme: Scheme,
    code: str = "",
    year: int | None = None,
    table: Iterable[bytes] | None = None,
    filename: str = "",
    note: str = "",
) -> Evaluation:
    """Ask for a draft run of `scheme` over the firms of `code` (its own territory unless told); a worker computes it.

    The firms and their numbers are those of the register, or of a `table` handed in: a workbook, CSV or Parquet file.
    A past year, or a scheme not in force, makes a rehearsal: it can be looked at, not publicised.

    Raises:
        NotAllowed: the person may not do this there.
        BadValue: the place is not under the scheme's; BadFile: the table is too large.
    """
    when = scheme.year if year is None else year
    place = place_of(code or scheme.place.code, date(when, 12, 31))
    run = Evaluation(
        scheme=scheme,
        place=place,
        year=when,
        engine=ENGINE,
        upload_name=filename[-200:],
        scheme_digest=scheme.digest,
        note=note.strip()[:300],
    )
    return begin(RUN, "draft", run_to_come(place.pk), actor=actor, at=at, run=run, table=table)


def retry_run(*, actor: Actor, at: datetime, run: Evaluation) -> Evaluation:
    """Ask again for the computation of a run whose job failed, after what it said was mended.

    Raises:
        Conflict: the run has its results, or its job is not over yet.
    """
    return take(RUN, "retry", run, actor=actor, at=at)


@RUN.effect("draft", deed="start_evaluation")
def _start(taking: Taking[Evaluation], *, run: Evaluation, table: Iterable[bytes] | None) -> Done:
    scheme = run.scheme
    if run.place.pk not in territory().at(date(run.year, 12, 31)).members(scheme.place.code):
        problem = "评价办法“{title}”适用于{own}，不能用于{place}。"
        raise BadValue(msg(problem, title=scheme.title, own=scheme.place.name, place=run.place.name))
    run.upload_digest = "" if table is None else keep(table)[0]
    run.requested_by, run.requested_at = taking.actor.name, taking.at
    run.save()
    ask_for_computation(run, actor=taking.actor, at=taking.at)
    return Done({"scheme": scheme.pk, "year": run.year}, made=run)


@RUN.effect("retry", deed="retry_evaluation")
def _retry(taking: Taking[Evaluation]) -> Done:
    ask_for_computation(taking.subject, actor=taking.actor, at=taking.at)
    return Done()


def ask_for_computation(run: Evaluation, *, actor: Actor, at: datetime) -> Job:
    """A job that computes the run."""
    return enqueue("evaluate", {"evaluation": run.pk}, actor=actor, at=at)


def carry_out(run_id: int, *, actor: Actor, at: datetime, progress: Progress = silent) -> Evaluation:
    """Compute a run and keep its table and results. A run that has its results is left as it is, so that a job
    whose worker died may do it again.

    Raises:
        NotAllowed: the person no longer may.
        BadValue: the register does not hold what the scheme reads, or in other units or bases, or nobody can be rated.
    """
    run = Evaluation.objects.select_related("scheme", "place", "revises__scheme").get(pk=run_id)
    if run.state != COMPUTING:
        return run
    check_still(run_matter(run), "draft", actor)
    progress(0, 3, msg("正在汇集企业数据"))
    table = _table(run, at)
    digest, _ = keep(to_bytes(table), limit=LARGEST_TABLE)
    progress(1, 3, msg("正在计算得分、排名和等级"))
    computed = compute(run, table, digest)
    _check_rated(run, computed)
    progress(2, 3, msg("正在保存结果"))
    return _finish(run, table, digest, computed, at)


def _table(run: Evaluation, at: datetime) -> FirmsTable:
    """The firms as the register has them, as known at `at`, or as they were handed in; for a revision the table of the
    run it revises, corrected.

    The table is of the whole place: a result never depends on who asks for it.
    """
    scheme = scheme_file(run.scheme)
    if run.revises is not None:
        return corrected(table_of(run.revises), scheme, run.year, corrections_of(run.revises))
    if run.upload_digest:
        return uploaded_table(
            scheme, run.place.code, run.year, digest=run.upload_digest, name=run.upload_name
        )
    return firms_table(scheme, run.place.code, run.year, Scope(everywhere=True), known_at=at)


def _check_rated(run: Evaluation, computed: Computed) -> None:
    statuses = computed.counts["statuses"]
    if "rated" not in statuses:
        problem = (
            "{year} 年没有一家企业可以评分：{outside} 家不在办法的适用范围内，{others} 家不参加评价或缺少数据。"
            "请核对适用范围和年度数据。"
        )
        outside, others = statuses.get("out_of_scope", 0), statuses.get("not_rated", 0)
        raise BadValue(msg(problem, year=run.year, outside=outside, others=others))


@transaction.atomic
def _finish(run: Evaluation, table: FirmsTable, digest: str, computed: Computed, at: datetime) -> Evaluation:
    locked = Evaluation.objects.select_for_update().get(pk=run.pk)
    if locked.state != COMPUTING:  # withdrawn meanwhile
        return locked
    put_results(run, table, computed)
    scheme = scheme_file(run.scheme)
    happen(RUN, "computed", run)
    run.input_digest, run.result_digest = digest, computed.digest
    run.peers = list(scheme.grades.peers if scheme.grades else ())
    run.counts = computed.counts | {"missing": missing_in(table, scheme, run.year)}
    run.software, run.computed_at = tenglong.__version__, at
    for name, value in vars(computed.measures).items():
        setattr(run, name, value)
    run.save()
    about = f"evaluation:{run.pk}"
    leave(by=run.requested_by, at=at, deed="evaluate", about=about, input=digest, result=computed.digest)
    return run


# Computing a run from its table: the engine's outcomes, as they are kept.


def compute(run: Evaluation, table: FirmsTable, input_digest: str) -> Computed:
    """The results of a run from its table. With freeze only those who objected, and who shares their parcels, get
    new ones; the others keep what they had in the run that is revised, with its measures."""
    scheme = scheme_file(run.scheme)
    found = evaluating.evaluate(scheme, table.rows, year=run.year, input_digest=input_digest)
    results = {int(outcome.id): kept_result(outcome) for outcome in found.outcomes}
    if run.way != FREEZE or run.revises is None:
        return Computed(results, kept_measures(found), frozenset())
    before, moved = kept_results(run.revises), _moved(run, scheme, table)
    kept = frozenset(firm for firm in results if firm in before and firm not in moved)
    merged = {firm: before[firm] if firm in kept else result for firm, result in results.items()}
    return Computed(merged, measures_of(run.revises), kept)


def put_results(run: Evaluation, table: FirmsTable, computed: Computed) -> None:
    """Write a row for each firm; call it while the run is being computed."""
    facts = {int(str(row["id"])): row for row in table.rows if row["year"] == run.year}
    places = dict(Firm.objects.values_list("id", "place_id").iterator(chunk_size=10_000))
    rows = [
        (
            run.pk,
            firm,
            places[firm],
            facts[firm]["industry_code"] or "",
            _micro(facts[firm]["land"]),
            firm in computed.kept,
            " · ".join(text or "—" for text in result.group.values())[:200],
            *(as_json(value) if isinstance(value, dict | list) else value for value in vars(result).values()),
        )
        for firm, result in computed.results.items()
    ]
    insert(EvaluationResult, COLUMNS, rows)


def reproduce(run: Evaluation) -> Reproduced:
    """Compute a run again from the table it was computed from, and hold every result against what was kept.

    Raises:
        BadFile: the kept table is missing or not what it was.
    """
    computed = compute(run, table_of(run), run.input_digest)
    stored = kept_results(run)
    firms = sorted(stored.keys() | computed.results.keys())
    differing = tuple(firm for firm in firms if stored.get(firm) != computed.results.get(firm))
    same = not differing and computed.digest == run.result_digest and computed.measures == measures_of(run)
    return Reproduced(same, computed.digest, differing)


def _moved(run: Evaluation, scheme: SchemeFile, table: FirmsTable) -> set[int]:
    """The firms of upheld objections, and those that are evaluated with them as one."""
    objected = {int(firm) for firm in corrections_of(run.revises)} if run.revises else set()
    if scheme.merge is None:
        return objected
    keys = {int(str(row["id"])): row[scheme.merge.by] for row in table.rows if row["year"] == run.year}
    shared = {keys[firm] for firm in objected if keys.get(firm) is not None}
    return objected | {firm for firm, key in keys.items() if key in shared}


def _counted(said: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(said).items()))


def _micro(land: Any) -> int | None:
    return None if land is None else to_micro(land)
