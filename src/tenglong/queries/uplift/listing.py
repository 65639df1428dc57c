"""Certificates as they are shown: of the firms of some places, or of one firm, with where each was told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.queries.registry.book import kept_firms
from tenglong.queries.registry.sources import file_names, named
from tenglong.queries.uplift.certificates import Rows as Certificates
from tenglong.queries.uplift.certificates import holding, interval, latest
from tenglong.queries.values import Rows
from tenglong.store.models import Certificate, Firm


@dataclass(frozen=True)
class Shown:
    """One interval of a certificate. `firm_id` is the firm that the record turned out to be; `last` the last day on
    which it holds, None while there is none; `source` names file, sheet and cell where it was imported."""

    id: int
    firm_id: int
    firm: str
    place_id: int
    kind: str
    number: str
    granted: date
    until: date | None
    ended: date | None
    last: date | None
    reason: str
    source: dict[str, Any]
    recorded_by: str
    recorded_at: datetime


def certificates_at(
    places: Collection[int], day: date, *, kind: str = "", expiring_by: date | None = None
) -> Rows[Shown]:
    """Those of the firms at some places that hold on a day, or of these the ones that expire by another, the next
    first."""
    rows = holding(latest(), day).filter(firm__place__in=frozenset(places))
    rows = rows.filter(kind=kind) if kind else rows
    if expiring_by is None:
        return _shown(rows.order_by("-granted", "-id"), places)
    return _shown(rows.filter(until__lte=expiring_by).order_by("until", "id"), places)


def certificates_of(firm_id: int) -> list[Shown]:
    """Everything that is known of a firm's certificates, those of records that turned out to be it included."""
    same = [firm_id, *(absorbed for absorbed, kept in kept_firms().items() if kept == firm_id)]
    return list(_shown(latest().filter(firm__in=same).order_by("kind", "-granted", "-id"))[:])


def certificate_by_id(id: int) -> Shown:
    """One interval as it is known now.

    Raises:
        NotFound: there is none, or something later was said of it.
    """
    for found in _shown(latest().filter(pk=id))[:]:
        return found
    raise NotFound(msg("没有这份证书，或它已被更正，请刷新页面后再试。"))


def _shown(rows: Certificates, places: Collection[int] | None = None) -> Rows[Shown]:
    """A record that turned out to be a firm outside of `places` is shown as the record: the other is not theirs."""
    return Rows(rows.select_related("firm"), lambda part: _described(part, places))


def _described(rows: Sequence[Certificate], places: Collection[int] | None) -> list[Shown]:
    kept, names = kept_firms(), file_names(row.source for row in rows)
    wanted = Firm.objects.filter(pk__in={kept[row.firm_id] for row in rows if row.firm_id in kept})
    firms = {firm.pk: firm for firm in wanted if places is None or firm.place_id in places}
    return [_one(row, firms.get(kept.get(row.firm_id, 0), row.firm), names) for row in rows]


def _one(row: Certificate, firm: Firm, names: dict[int, str]) -> Shown:
    return Shown(
        id=row.pk,
        firm_id=firm.pk,
        firm=firm.name,
        place_id=firm.place_id,
        kind=row.kind,
        number=row.number,
        granted=row.granted,
        until=row.until,
        ended=row.ended,
        last=interval(row).last(),
        reason=row.reason,
        source=named(row.source, names),
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )
