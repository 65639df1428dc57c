"""The grades that firms finally got, year by year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.process import FINAL
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.reading import marks, read
from tenglong.queries.registry.book import kept_firms
from tenglong.queries.registry.firms import FirmFacts
from tenglong.store.models import EvaluationResult, Firm

AT_ONCE = 10_000


GRADED = """
SELECT e.year, r.firm_id, r.evaluation_id, s.title, r.status, r.reason, r.grade, r.total, r.rank, r.peers,
       e.finalised_at
FROM store_evaluationresult r JOIN store_evaluation e ON e.id = r.evaluation_id
     JOIN store_scheme s ON s.id = e.scheme_id
WHERE r.firm_id IN ({marks}) AND e.state = %s ORDER BY e.year DESC, e.finalised_at DESC
"""
"""The columns of Graded, in its order."""
ABSORBED = "SELECT id FROM store_firm WHERE absorbed_by_id IN ({marks})"


@dataclass(frozen=True)
class Graded:
    """A firm's final result of one year, under the record it then had; `grade` is "" where it was not rated."""

    year: int
    firm_id: int
    evaluation_id: int
    scheme: str
    status: str
    reason: str
    grade: str
    total: Decimal | None
    rank: int | None
    peers: int | None
    finalised_at: datetime


def grade_histories(places: Iterable[int], through: int) -> dict[int, dict[int, str]]:
    """The final grades by firm and year up to `through` of the firms of `places`; of two in a year the later one."""
    kept = kept_firms()
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = EvaluationResult.objects.filter(evaluation__state=FINAL, evaluation__year__lte=through)
    rows = rows.filter(firm__place_id__in=list(places)) | rows.filter(firm_id__in=list(kept))
    ordered = rows.exclude(grade="").order_by("evaluation__finalised_at", "evaluation_id")
    for firm, year, grade in ordered.values_list("firm_id", "evaluation__year", "grade").iterator(AT_ONCE):
        found[kept.get(firm, firm)][year] = grade
    return dict(found)


def history_of(firm: Firm | FirmFacts, scope: Scope) -> list[Graded]:
    """The final results of one firm, the latest year first; nothing for a firm outside `scope`."""
    if not (scope.everywhere or firm.place_id in scope.places):
        return []
    ids = _with_absorbed(firm.id)
    return read(_graded, GRADED.format(marks=marks(ids)), *ids, FINAL)


def _with_absorbed(firm_id: int) -> list[int]:
    """The firm and all records that were merged into it, one by way of another too."""
    ids, new = [firm_id], [firm_id]
    while new:
        new = read(int, ABSORBED.format(marks=marks(new)), *new)
        ids += new
    return ids


def _graded(*said: Any) -> Graded:
    *what, total, rank, peers, finalised_at = said
    points = None if total is None else from_micro(total)
    return Graded(*(*what, points, rank, peers, finalised_at))
