"""One firm's sheet: why it got its grade, and the cheapest change that would lift it."""

from collections.abc import Sequence
from dataclasses import replace

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.counterfactual.cheapest import counterfactual
from tenglong.domain.evaluation.counterfactual.results import Counterfactual
from tenglong.domain.evaluation.engines.reference import evaluating
from tenglong.domain.evaluation.explanation import Explanation, explain
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import Row, Trials, trials_on_rows
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.evaluation.results import known_land, result_of
from tenglong.queries.evaluation.runs import evaluation_of, scheme_file, table_of
from tenglong.queries.jobs.overview import JobView, job_view
from tenglong.queries.remembered import known, remembered
from tenglong.store.models import Evaluation, EvaluationResult, Firm, Job

FEW = 150  # rows up to which the reference is quicker than the columnar engine


def explanation_of(run: Evaluation, result: EvaluationResult) -> Explanation:
    """Everything that made a firm's result; get `result` by `result_of`, which asks whether it may be seen."""
    found = evaluation_of(run, peer_group=result.peer_group)
    scheme, land = scheme_file(run.scheme), None if result.land is None else from_micro(result.land)
    return replace(explain(scheme, found, str(result.firm_id)), known=known_land(scheme, land))


def cheapest_change(run: Evaluation, firm_id: int, scope: Scope) -> tuple[Counterfactual, dict[str, str]]:
    """What would lift a firm out of its grade, and the names of all who would move, "" for those not to be seen.

    It is found by evaluating the kept table many times; the answer is kept for a while.

    Raises:
        NotFound: the firm has no result in the run, or not for this person; BadFile: the kept table is not there.
    """
    result_of(run, firm_id, scope)
    found = remembered(_key(run, firm_id), lambda: _searched(run, firm_id), lasting=True)
    ways = [*found.single, *(way for way in (found.pair, found.together) if way)]
    moved = {one.firm for way in ways for one in way.moved}
    firms = Firm.objects.filter(pk__in=map(int, moved))
    if not scope.everywhere:
        firms = firms.filter(place_id__in=scope.places)
    seen = dict(firms.values_list("id", "name"))
    return found, {firm: seen.get(int(firm), "") for firm in moved}


def is_quick(run: Evaluation, firm_id: int) -> bool:
    """Whether the cheapest change is known, or found in a moment because the table is small; else a job finds it."""
    few = EvaluationResult.objects.filter(evaluation=run)[: FEW + 1].count() <= FEW
    return few or known(_key(run, firm_id)) is not None


def job_of_cheapest(run_id: int, firm_id: int) -> JobView | None:
    """The last job that looks for a firm's cheapest change; call it for a firm that the person may see."""
    wanted = {"params__evaluation": run_id, "params__firm": firm_id}
    row = Job.objects.filter(kind="find_cheapest", **wanted).order_by("-id").first()
    return job_view(row) if row else None


def rests_on(run: Evaluation) -> str:
    """Everything that answers about a run rest on, as a part of the key under which they are remembered."""
    digests = (run.scheme_digest, run.input_digest, run.result_digest)
    return "-".join([str(run.year), *(digest[:24] for digest in digests)])


def trials_of(run: Evaluation) -> Trials:
    """The kept table of a run, to be evaluated with other numbers or weights."""
    return trials_with(scheme_file(run.scheme), table_of(run).rows, run.year)


def trials_with(scheme: Scheme, rows: Sequence[Row], year: int) -> Trials:
    """Trials on a table, with the engine that is quicker for its size; both give the same."""
    if len(rows) <= FEW:
        return trials_on_rows(scheme, rows, year, evaluating.evaluate)
    from tenglong.domain.evaluation.trials.frames import trials_on_columns  # loads the columnar engine

    return trials_on_columns(scheme, rows, year)


def _key(run: Evaluation, firm_id: int) -> str:
    return f"cheapest-{rests_on(run)}-{firm_id}"


def _searched(run: Evaluation, firm_id: int) -> Counterfactual:
    return counterfactual(scheme_file(run.scheme), trials_of(run), str(firm_id))
