"""The grades that firms finally got, year by year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.process import FINAL
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.registry.merges import kept_firms
from tenglong.store.models import EvaluationResult, Firm

AT_ONCE = 10_000


GRADED = (
    "evaluation__year",
    "firm_id",
    "evaluation_id",
    "evaluation__scheme__title",
    "status",
    "reason",
    "grade",
    "total",
    "rank",
    "peers",
    "evaluation__finalised_at",
)
"""The columns of Graded, in its order."""


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


def history_of(firm: Firm, scope: Scope) -> list[Graded]:
    """The final results of one firm, the latest year first; nothing for a firm outside `scope`."""
    if not (scope.everywhere or firm.place_id in scope.places):
        return []
    rows = EvaluationResult.objects.filter(firm_id__in=_with_absorbed(firm.pk), evaluation__state=FINAL)
    latest_first = rows.order_by("-evaluation__year", "-evaluation__finalised_at")
    return [
        Graded(year, firm_id, evaluation_id, scheme, status, reason, grade, _points(total), rank, peers, at)
        for year, firm_id, evaluation_id, scheme, status, reason, grade, total, rank, peers, at in (
            latest_first.values_list(*GRADED)
        )
    ]


def _with_absorbed(firm_id: int) -> list[int]:
    """The firm and all records that were merged into it, one by way of another too."""
    ids, new = [firm_id], [firm_id]
    while new:
        new = list(Firm.objects.filter(absorbed_by_id__in=new).values_list("pk", flat=True))
        ids += new
    return ids


def _points(micro: int | None) -> Decimal | None:
    return None if micro is None else from_micro(micro)
