"""What of a run's groups may be told: everything to its own level, below it the groups of firms that are seen there."""

from typing import Any

from django.db.models import Count

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.disclosure import smallest_group
from tenglong.domain.evaluation.kept import Measures
from tenglong.queries.evaluation.runs import measures_of, scheme_file, sees_whole
from tenglong.store.models import Evaluation, EvaluationResult

Row = tuple[list[str | None], Any]
"""A group and what is said of it, as it is stored."""


def measures_for(run: Evaluation, scope: Scope) -> Measures:
    """What the firms of a run were measured against, as far as it may be told; call it with a run that may be seen.

    The ends of a range are values of single firms, so that only the run's own level sees them.
    """
    stored = measures_of(run)
    if sees_whole(run, scope):
        return stored
    told = _told_groups(run, scope)
    benchmarks, averages = (
        {indicator: _only(rows, told) for indicator, rows in measure.items()}
        for measure in (stored.benchmarks, stored.averages)
    )
    return Measures(benchmarks, {}, averages, _only(stored.cuts, told))


def _only(rows: list[Row], told: set[tuple[str | None, ...]]) -> list[Row]:
    return [row for row in rows if tuple(row[0]) in told]


def _told_groups(run: Evaluation, scope: Scope) -> set[tuple[str | None, ...]]:
    """The peer groups with a firm that is seen, and the group of all, where they are not too small."""
    rated = EvaluationResult.objects.filter(evaluation=run).exclude(rank=None).order_by()
    sizes = dict(rated.values_list("peer_group").annotate(firms=Count("pk")))
    grades = scheme_file(run.scheme).grades
    peers = grades.peers if grades else ()
    seen = rated.filter(place_id__in=scope.places)
    found = {tuple[str | None, ...](): sum(sizes.values())}
    for name in seen.values_list("peer_group", flat=True).distinct():
        row = seen.filter(peer_group=name).first()
        if row is not None:
            found[tuple(row.group[column] for column in peers)] = sizes[name]
    return {group for group, firms in found.items() if firms >= smallest_group()}
