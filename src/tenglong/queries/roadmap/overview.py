"""Roadmaps of a roster: which may be seen, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import plain
from tenglong.domain.roadmap.process import ADOPTED, COMPUTING, SHOWN_TO_ALL
from tenglong.queries.campaign.rosters import AnyRoster, RosterView
from tenglong.queries.jobs.overview import JobView, job_view
from tenglong.queries.registry.firm_cases import OfRoster
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Named, Value
from tenglong.store.models import Job, Roadmap, RoadmapLine, Roster

SIGNIFICANT = 2
"""Digits of a proven gap that are printed."""
WHOLE_PLACE: dict[str, type] = {
    "totals": dict,
    "checks": list,
    "front": list,
    "conflict": dict,
    "stability": dict,
    "prices": list,
}
"""What a roadmap says of its whole place: emptied for who may see a part of it only."""


@dataclass(frozen=True)
class RoadmapNamed(Value):
    """A roadmap by its number and title."""

    pk: int
    number: int
    title: str


@dataclass(frozen=True)
class RoadmapView(RoadmapNamed):
    """A roadmap as pages show it; the columns are those of Roadmap."""

    roster: RosterView
    place: Named
    state: str
    shown_state: str
    settings_digest: str
    facts_on: date
    known_at: datetime
    replans: RoadmapNamed | None
    replans_id: int | None
    adjusts: RoadmapNamed | None
    adjusts_id: int | None
    problem_digest: str
    plan_digest: str
    status: str
    reason: str
    method: str
    value: str
    bound: str
    gap: str
    software: str
    note: str
    requested_by: str
    requested_at: datetime
    stopped_by: str
    computed_at: datetime | None
    adopted_by: str
    adopted_at: datetime | None
    adopted_on: date | None
    approved_by: str
    approved_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    withdrawal_reason: str


def visible_roadmaps(scope: Scope, roster: Roster | None = None) -> list[Roadmap]:
    """The roadmaps that may be seen, the latest first: those of the person's own places whatever their state, those of
    a larger place once they are adopted and say something of a case there."""
    found = _visible(Roadmap.objects.all(), scope).select_related("roster", "place", "replans", "adjusts")
    if roster is not None:
        found = found.filter(roster=roster)
    roadmaps = [_narrowed(one, scope) for one in found.order_by("-id")]
    mark_failed(roadmaps)
    return roadmaps


def roadmap_by_id(id: int, scope: Scope) -> Roadmap:
    """One roadmap.

    Raises:
        NotFound: there is none, or not for this person.
    """
    rows = _visible(Roadmap.objects.filter(pk=id), scope)
    found = rows.select_related("roster", "place", "replans", "adjusts").first()
    if found is None:
        raise _not_there(id)
    mark_failed([found])
    return _narrowed(found, scope)


def check_sees(roadmap: Roadmap, scope: Scope) -> None:
    """Raises NotFound, as `roadmap_by_id` does, for a person who may not see the roadmap; without reading it."""
    if not _visible(Roadmap.objects.filter(pk=roadmap.pk), scope).exists():
        raise _not_there(roadmap.pk)


def sees_all(roadmap: Roadmap, scope: Scope) -> bool:
    """Whether a person may see the whole of a roadmap: its place is among theirs."""
    return scope.everywhere or roadmap.place_id in scope.places


def check_sees_all(roadmap: Roadmap, scope: Scope) -> None:
    """Raises NotFound for a person who may see a part of the roadmap only."""
    if not sees_all(roadmap, scope):
        raise NotFound(msg("这一内容涉及路线图的全部辖区，您只能查看本辖区的部分。"))


def adopted_roadmap(
    roster: AnyRoster | OfRoster,
    scope: Scope,
    code: str = "",
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Roadmap | None:
    """The roadmap that is in force for a territory (the roster's own unless told), or for the nearest above it.

    With `as_of` the one that was in force on that day, as known at `known_at`.
    """
    rows = Roadmap.objects.filter(roster_id=roster.pk)
    if as_of is None:
        rows = rows.filter(state=ADOPTED)
    else:
        rows = rows.filter(state__in=SHOWN_TO_ALL, adopted_on__lte=as_of)
    if known_at is not None:
        rows = rows.filter(adopted_at__lte=known_at)
    in_force = dict(rows.order_by("adopted_at", "id").values_list("place_id", "id"))
    if not in_force:
        return None
    tree = territory().at(as_of or date.max)
    here = tree.place(code or territory().places[roster.place_id].code)
    for place in (here, *tree.ancestors(here.code)):
        if place.id in in_force:
            whole = Roadmap.objects.select_related("roster", "place", "replans", "adjusts")
            return _narrowed(whole.get(pk=in_force[place.id]), scope)
    return None


def job_of_roadmap(roadmap_id: int) -> JobView | None:
    """The last job that plans a roadmap; call it only with a roadmap that the person may see."""
    return _last_job("plan_roadmap", roadmap_id)


def job_of_front(roadmap_id: int) -> JobView | None:
    """The last job that looks for the front of a roadmap; call it only with a roadmap that the person may see."""
    return _last_job("find_front", roadmap_id)


def _last_job(kind: str, roadmap_id: int) -> JobView | None:
    row = Job.objects.filter(kind=kind, params__roadmap=roadmap_id).order_by("-id").first()
    return job_view(row) if row else None


def mark_failed(roadmaps: Sequence[Roadmap]) -> None:
    """Say of roadmaps without a plan whether the last job that plans them failed; one statement for all."""
    waiting = {one.pk: one for one in roadmaps if one.state == COMPUTING}
    if waiting:
        jobs = Job.objects.filter(kind="plan_roadmap", params__roadmap__in=list(waiting)).order_by("id")
        for id, state in jobs.values_list("params__roadmap", "state"):
            waiting[id].failed = state == Job.State.FAILED


def printed_gap(gap: str | Decimal) -> Decimal:
    """A gap (a share) in per cent, rounded up: what was not proven is not said. Small ones keep two digits."""
    percent = Decimal(gap) * 100
    places = SIGNIFICANT if abs(percent) >= 1 or not percent else SIGNIFICANT - 1 - percent.adjusted()
    return plain(percent.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING))


def _not_there(id: int) -> NotFound:
    return NotFound(msg("没有第 {id} 号路线图，或您不能查看，请从列表中选择。", id=id))


def _visible(roadmaps: QuerySet[Roadmap], scope: Scope) -> QuerySet[Roadmap]:
    if scope.everywhere:
        return roadmaps
    lines = RoadmapLine.objects.filter(roadmap=OuterRef("pk"), place_id__in=scope.places)
    return roadmaps.filter(Q(place_id__in=scope.places) | Q(Exists(lines), state__in=SHOWN_TO_ALL))


def _narrowed(roadmap: Roadmap, scope: Scope) -> Roadmap:
    if not sees_all(roadmap, scope):
        for name, empty in WHOLE_PLACE.items():
            setattr(roadmap, name, empty())
    return roadmap
