"""Computing a run from its table: the engine's outcomes, as they are kept; and computing it again to compare."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenglong.domain.evaluation.engines.reference import evaluating
from tenglong.domain.evaluation.kept import FirmsTable, measures_json, outcome_json, results_digest
from tenglong.domain.evaluation.process import FREEZE
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.quantities import to_micro
from tenglong.queries.evaluation.runs import corrections_of, measures_of, results_json, scheme_file, table_of
from tenglong.store.bulk import as_json, insert
from tenglong.store.models import Evaluation, EvaluationResult, Firm

ENGINE = "reference"
"""Results that are kept are the judge's, in exact fractions: half a millisecond for a firm."""
COLUMNS = (
    "evaluation_id", "firm_id", "place_id", "industry", "land", "kept", "peer_group", "status", "reason", "group",
    "items", "points", "total", "rank", "peers", "grade_by_quota", "adjustments", "grade",
)  # fmt: skip


@dataclass(frozen=True)
class Computed:
    """A run as it is kept: each firm's result by its number, in the order of the table, and the measures.

    `kept` are the firms whose results a revision took over unchanged.
    """

    results: dict[int, dict[str, Any]]
    measures: dict[str, Any]
    kept: frozenset[int]

    @property
    def digest(self) -> str:
        """One digest over all results."""
        return results_digest((str(firm), result) for firm, result in self.results.items())

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many firms have each status and each grade."""
        return {
            name: dict(sorted(Counter(one[key] for one in self.results.values() if one[key]).items()))
            for name, key in (("statuses", "status"), ("grades", "grade"))
        }


@dataclass(frozen=True)
class Reproduced:
    """A run computed again from its kept table; `differing` are the firms whose results are not the same."""

    identical: bool
    digest: str
    differing: tuple[int, ...]


def compute(run: Evaluation, table: FirmsTable, input_digest: str) -> Computed:
    """The results of a run from its table. With freeze only those who objected, and who shares their parcels, get
    new ones; the others keep what they had in the run that is revised, with its measures."""
    scheme = scheme_file(run.scheme)
    found = evaluating.evaluate(scheme, table.rows, year=run.year, input_digest=input_digest)
    results = {int(outcome.id): outcome_json(outcome) for outcome in found.outcomes}
    if run.way != FREEZE or run.revises is None:
        return Computed(results, measures_json(found), frozenset())
    before, moved = results_json(run.revises), _moved(run, scheme, table)
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
            " · ".join(text or "—" for text in result["group"].values())[:200],
            *(as_json(value) if isinstance(value, dict | list) else value for value in _in_order(result)),
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
    stored = results_json(run)
    firms = sorted(stored.keys() | computed.results.keys())
    differing = tuple(firm for firm in firms if stored.get(firm) != computed.results.get(firm))
    same = not differing and computed.digest == run.result_digest and computed.measures == measures_of(run)
    return Reproduced(same, computed.digest, differing)


def _moved(run: Evaluation, scheme: Scheme, table: FirmsTable) -> set[int]:
    """The firms of upheld objections, and those that are evaluated with them as one."""
    objected = {int(firm) for firm in corrections_of(run.revises)} if run.revises else set()
    if scheme.merge is None:
        return objected
    keys = {int(str(row["id"])): row[scheme.merge.by] for row in table.rows if row["year"] == run.year}
    shared = {keys[firm] for firm in objected if keys.get(firm) is not None}
    return objected | {firm for firm, key in keys.items() if key in shared}


def _in_order(result: Mapping[str, Any]) -> list[Any]:
    return [result[name] for name in COLUMNS[7:]]


def _micro(land: Any) -> int | None:
    return None if land is None else to_micro(land)
