"""What became of the promises of the roadmap that another one replans, in all and firm by firm."""

from collections.abc import Sequence
from dataclasses import dataclass

from tenglong.domain.access.policy import Scope
from tenglong.domain.roadmap.promises import Fate, Fulfilment, fulfilments
from tenglong.queries.remembered import remembered
from tenglong.queries.roadmap.files import announced_by, arranged, facts_kept
from tenglong.queries.roadmap.lines import visible_lines
from tenglong.store.models import Roadmap


@dataclass(frozen=True)
class PromiseRow:
    """One promise with the case it was made to."""

    case_id: int
    number: int
    name: str
    zone: str
    team: str
    promise: Fulfilment


@dataclass(frozen=True)
class Promises:
    """How many promises have which fate; `over` are those to cases that are done or off the list by now."""

    kept: int
    moved: int
    broken: int
    missed: int
    over: int

    @property
    def all(self) -> int:
        """How many promises there were."""
        return self.over + sum(count for _, count in self.counts)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """The four numbers by fate."""
        return tuple((fate.value, getattr(self, fate.value)) for fate in Fate)


def promises_made(roadmap: Roadmap, scope: Scope) -> Promises | None:
    """The numbers for the cases that may be seen; None where nothing is replanned or no plan was found."""
    if roadmap.replans is None or not roadmap.plan_digest:
        return None
    seen = _seen(roadmap, roadmap.replans, scope)
    counts = {fate: sum(one.fate == fate for one in seen.values()) for fate in Fate}
    made = visible_lines(roadmap.replans, scope).exclude(measure="").count()
    return Promises(**{fate.value: count for fate, count in counts.items()}, over=made - len(seen))


def promise_rows(
    roadmap: Roadmap, scope: Scope, fates: Sequence[Fate] = tuple(Fate), *, before: Roadmap | None = None
) -> list[PromiseRow]:
    """The promises with one of these fates to cases that may be seen, by number: those of the roadmap that this one
    replans, or of the one `before` it."""
    before = before or roadmap.replans
    if before is None or not roadmap.plan_digest:
        return []
    seen = _seen(roadmap, before, scope)
    rows = visible_lines(roadmap, scope).order_by("case__number")
    columns = rows.values_list("case_id", "case__number", "case__firm__name", "zone", "team")
    return [
        PromiseRow(case, number, name, zone, team, seen[str(case)])
        for case, number, name, zone, team in columns
        if str(case) in seen and seen[str(case)].fate in fates
    ]


def _seen(roadmap: Roadmap, before: Roadmap, scope: Scope) -> dict[str, Fulfilment]:
    key = f"roadmap_promises:{roadmap.pk}:{roadmap.plan_digest}:{before.pk}"
    found: dict[str, Fulfilment] = remembered(key, lambda: _fulfilments(roadmap, before))
    if scope.everywhere:
        return found
    mine = {str(case) for case in visible_lines(roadmap, scope).values_list("case_id", flat=True)}
    return {id: one for id, one in found.items() if id in mine}


def _fulfilments(roadmap: Roadmap, before: Roadmap) -> dict[str, Fulfilment]:
    now = arranged(visible_lines(roadmap, Scope(everywhere=True)))
    found = fulfilments(announced_by(before.pk), facts_kept(roadmap), now, roadmap.facts_on)
    return {one.id: one for one in found}
