"""Rosters: what may be seen of them, and what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Exists, Max, OuterRef

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign.calibres import Calibre
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.entries import AsOf
from tenglong.queries.ledger.fold import fold_rows, last_id_at
from tenglong.queries.reading import read
from tenglong.queries.remembered import recorded, remembered
from tenglong.queries.values import Value
from tenglong.store.models import Bulletin, Case, Firm, MatchPair, Roster, RosterTerms
from tenglong.store.models.rosters import TERMS


@dataclass(frozen=True)
class RosterView(Value):
    """A roster as pages show it and questions are asked of it: what it says now, or said as was known then."""

    pk: int
    code: str
    title: str
    title_en: str
    issuer: str
    definition: str
    definition_en: str
    start: date
    deadline: date
    done_figure: str
    energy_basis: str
    reference_title: str
    place_id: int


AnyRoster = Roster | RosterView


@dataclass(frozen=True)
class VersionView(Value):
    """A frozen version of a roster, with the members that may be seen; the digest covers all."""

    number: int
    as_of: date
    frozen_at: datetime
    frozen_by: str
    case_ids: list[int]
    digest: str
    note: str


def visible_rosters(scope: Scope) -> list[Roster]:
    """The rosters that have cases where the person may look, or whose own territory lies there."""
    rosters = remembered(f"rosters:{recorded()}", _newest_first)
    far = [one.pk for one in rosters if not scope.everywhere and one.place_id not in scope.places]
    if not far:
        return rosters
    near = remembered(f"rosters:{hash(scope)}:{recorded()}", lambda: _with_cases(scope))
    return [one for one in rosters if one.pk not in far or one.pk in near]


def _newest_first() -> list[Roster]:
    return list(Roster.objects.select_related("place").order_by("-start", "id"))


def _with_cases(scope: Scope) -> frozenset[int]:
    cases = Case.objects.filter(roster=OuterRef("pk"), place_id__in=scope.places)
    return frozenset(Roster.objects.filter(Exists(cases)).values_list("pk", flat=True))


def in_use(rosters: Sequence[Roster]) -> Roster | None:
    """The roster that somebody sees who chose none: the one of which a bulletin was issued last, before the first
    bulletin the one founded first. A new roster is nobody's until it is chosen, or the office issues a bulletin of it.
    """
    last = remembered(f"issued:{recorded()}", _last_issued)
    return max(rosters, key=lambda one: (last.get(one.pk, 0), -one.pk), default=None)


def _last_issued() -> dict[int, int]:
    """The last bulletin of each roster."""
    return dict(Bulletin.objects.values_list("roster_id").annotate(Max("pk")))


def roster_by_code(code: str, scope: Scope) -> Roster:
    """The roster `code`.

    Raises:
        NotFound: there is none, or the person may not see it.
    """
    for roster in visible_rosters(scope):
        if roster.code == code:
            return roster
    raise NotFound(msg("没有名单“{code}”，请从名单页面选择。", code=code))


def as_known(roster: Roster, known_at: datetime) -> RosterView:
    """The roster saying what it was known to say at `known_at`, before it was founded what it said then.

    `roster` is as it is stored: its columns are what it says now.
    """
    now = RosterView.of(roster)
    if roster.amended_at is None or known_at >= roster.amended_at:
        return now
    said = RosterTerms.objects.filter(roster=roster).order_by("id")
    terms = said.filter(recorded_at__lte=known_at).last() or said[0]
    return replace(now, **{name: getattr(terms, name) for name in TERMS})


def calibre_of(roster: AnyRoster) -> Calibre:
    """The calibre of what `roster` says."""
    return Calibre(
        roster=roster.code,
        title=roster.title,
        issuer=roster.issuer,
        definition=roster.definition,
        start=roster.start,
        deadline=roster.deadline,
    )


def member_ids(roster: Roster, as_of: date) -> list[int]:
    """The cases that are targets of the roster on the day, as known now, in the order of their numbers."""
    rows = fold_rows(roster.pk, ["target"], AsOf(as_of, last_id_at(roster.pk, None)))
    members = {row.case_id for row in rows if row.is_on}
    ordered = Case.objects.filter(roster=roster).order_by("number").values_list("pk", flat=True)
    return [pk for pk in ordered if pk in members]


def latest_day(roster: Roster) -> date:
    """The last day on which something happened on the roster: where a face begins to look."""
    days = read(lambda day: day, "SELECT last_day FROM store_rosterhead WHERE roster_id = %s", roster.pk)
    return next(filter(None, days), roster.start)


@dataclass(frozen=True)
class Listed:
    """A firm on a roster, with the case it has there."""

    firm_id: int
    case_id: int
    firm: str
    place_id: int


@dataclass(frozen=True)
class Overlap:
    """Two rosters as sets of firms. Firms without a certain identity are in neither difference: unknown."""

    both: tuple[tuple[Listed, Listed], ...]
    only_here: tuple[Listed, ...]
    only_there: tuple[Listed, ...]
    unknown_here: tuple[Listed, ...]
    unknown_there: tuple[Listed, ...]


def overlap(here: Roster, there: Roster, scope: Scope) -> Overlap:
    """Which firms the two rosters share, as far as is known: both, only here, only there, unknown.

    A firm that is only on one roster counts as unknown while it has no credit code, or while a match that
    may be it waits for a decision: then nobody can say that it is not on the other one.
    """
    ours, theirs = _targets_by_firm(here, scope), _targets_by_firm(there, scope)
    shared = ours.keys() & theirs.keys()
    unsure = _unsure((ours.keys() | theirs.keys()) - shared)
    alone = [[row for id, row in side.items() if id not in shared] for side in (ours, theirs)]
    certain = [tuple(row for row in side if row.firm_id not in unsure) for side in alone]
    unknown = [tuple(row for row in side if row.firm_id in unsure) for side in alone]
    both = tuple((ours[id], theirs[id]) for id in ours if id in shared)
    return Overlap(both, certain[0], certain[1], unknown[0], unknown[1])


def _targets_by_firm(roster: Roster, scope: Scope) -> dict[int, Listed]:
    """The targets of a roster by the firm they turned out to be."""
    cases = Case.objects.filter(roster=roster, now__target_on__isnull=False)
    if not scope.everywhere:
        cases = cases.filter(place_id__in=scope.places)
    rows = cases.order_by("number").values_list(
        "pk", "firm_id", "firm__absorbed_by_id", "firm__name", "place_id"
    )
    return {
        absorbed or firm: Listed(absorbed or firm, pk, name, place)
        for pk, firm, absorbed, name, place in rows
    }


def _unsure(firm_ids: set[int]) -> set[int]:
    """The firms among `firm_ids` whose identity is not certain."""
    unsure = set(Firm.objects.filter(temporary_id__isnull=False).values_list("pk", flat=True))
    for pair in MatchPair.objects.filter(state__in=MatchPair.WAITING).values_list("firm_id", "candidate_id"):
        unsure.update(pair)
    return unsure & firm_ids


def versions_of(roster: Roster, scope: Scope) -> list[VersionView]:
    """The frozen versions of a roster, newest first, with the members that may be seen; the digest covers all."""
    versions = [VersionView.of(version) for version in roster.versions.order_by("-number")]
    if scope.everywhere or not versions:
        return versions
    seen = set(roster.cases.filter(place_id__in=scope.places).values_list("pk", flat=True))
    return [replace(one, case_ids=[id for id in one.case_ids if id in seen]) for one in versions]


@dataclass(frozen=True)
class Amendment:
    """Somebody said anew what a roster means, and why: `changes` are (field of the roster, before, after)."""

    at: datetime
    by: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]


def amendments(roster: Roster) -> list[Amendment]:
    """What was changed in the words and the deadline of a roster, the latest first."""
    said = list(RosterTerms.objects.filter(roster=roster).order_by("-id"))
    return [
        Amendment(after.recorded_at, after.recorded_by, after.reason, _changes(before, after))
        for after, before in pairwise(said)
    ]


def _changes(before: RosterTerms, after: RosterTerms) -> tuple[tuple[str, str, str], ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in TERMS)
    return tuple((name, str(old), str(new)) for name, old, new in pairs if old != new)


def is_empty(roster: Roster) -> bool:
    """Whether no case was ever opened on the roster, anywhere."""
    return not Case.objects.filter(roster=roster).exists()
