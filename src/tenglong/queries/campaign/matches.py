"""The review queue: records that may be a firm we know, with both sides shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.campaign.rosters import RosterView
from tenglong.store.models import Case, Firm, MatchPair


@dataclass(frozen=True)
class Side:
    """One of the two records, as somebody who must decide needs to see it; `firm_id` is 0 where it is not theirs."""

    firm_id: int
    name: str
    other_names: tuple[str, ...]
    code: str
    address: str
    place: str
    rosters: tuple[RosterView, ...]


ELSEWHERE = Side(0, "", (), "", "", "", ())
"""A firm of another office, of which nothing is said."""


@dataclass(frozen=True)
class PairView:
    """A question: is `left` (the new record) `right` (the firm we know)? `probability` as text, 0 to 1."""

    id: int
    left: Side
    right: Side
    probability: str
    reasons: tuple[Message, ...]
    state: str
    merge_id: int | None
    decided_by: str
    decided_at: datetime | None


def open_pairs(
    scope: Scope, *, start: int = 0, count: int = 50, within_register: bool = False
) -> list[PairView]:
    """The questions still open, the most probable first; `within_register`: only those that no import asked."""
    rows = _visible(scope).filter(state__in=MatchPair.WAITING).order_by("-probability_micro", "id")
    if within_register:
        rows = rows.filter(batch=None)
    return [_view(row, scope) for row in rows[start : start + count]]


def decided_pairs(scope: Scope, *, start: int = 0, count: int = 50) -> list[PairView]:
    """The questions answered, the latest first: each can be taken back."""
    rows = _visible(scope).exclude(state__in=MatchPair.WAITING).order_by("-decided_at", "-id")
    return [_view(row, scope) for row in rows[start : start + count]]


def count_open(scope: Scope) -> int:
    """How many questions wait."""
    return _visible(scope).filter(state__in=MatchPair.WAITING).count()


def count_decided(scope: Scope) -> int:
    """How many questions are answered."""
    return _visible(scope).exclude(state__in=MatchPair.WAITING).count()


def pair_view(scope: Scope, pair_id: int) -> PairView:
    """One question with both sides; raises like `pair_in`."""
    return _view(pair_in(scope, pair_id), scope)


def pair_in(scope: Scope, pair_id: int) -> MatchPair:
    """One question.

    Raises:
        NotFound: there is none, or it lies outside the scope.
    """
    pair = _visible(scope).filter(pk=pair_id).first()
    if pair is None:
        raise NotFound(msg("没有第 {id} 条待比对记录，请从比对清单中选择。", id=pair_id))
    return pair


def _visible(scope: Scope) -> QuerySet[MatchPair]:
    """Both offices see a question: that of the new record, and that of the firm it may be."""
    rows = MatchPair.objects.select_related("firm__place", "candidate__place", "merge")
    if scope.everywhere:
        return rows
    return rows.filter(Q(place_id__in=scope.places) | Q(candidate__place_id__in=scope.places))


def _view(row: MatchPair, scope: Scope) -> PairView:
    ours, theirs = (scope.everywhere or place in scope.places for place in _places(row))
    return PairView(
        id=row.pk,
        left=_side(row.firm) if ours else _asked_of_us(row.firm),
        right=_side(row.candidate) if theirs else ELSEWHERE,
        probability=str(from_micro(row.probability_micro)),
        reasons=tuple(Message.from_json(reason) for reason in row.reasons if ours and theirs),
        state=row.state,
        merge_id=row.merge_id,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def _places(row: MatchPair) -> tuple[int, int]:
    return row.place_id, row.candidate.place_id


def _asked_of_us(firm: Firm) -> Side:
    """Another office's record, as that office asks whether it is ours."""
    return Side(0, firm.name, (), firm.code, "", firm.place.name, ())


def _side(firm: Firm) -> Side:
    names: Any = firm.names.exclude(name=firm.name).order_by("id").values_list("name", flat=True)
    cases = Case.objects.filter(firm=firm).order_by("roster_id").select_related("roster")
    rosters = tuple(RosterView.of(case.roster) for case in cases)
    code = firm.code or firm.temporary_id or ""
    return Side(firm.pk, firm.name, tuple(names), code, firm.address, firm.place.name, rosters)
