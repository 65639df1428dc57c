"""What is said of certificates: by hand, and by the rows of a table. Nothing is changed; what is said again counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenglong.actions.registry.book import hold_register
from tenglong.actions.steps import leave
from tenglong.actions.uplift.known import KnownCertificates, restated
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, Conflict, NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.reasons import reason_given
from tenglong.domain.uplift.certificates import Certificate as Interval
from tenglong.domain.uplift.certificates import certificate_kind, check_days
from tenglong.queries.uplift.certificates import interval, latest
from tenglong.store.models import Certificate, Firm, Import

LONGEST_NUMBER = 80


@dataclass(frozen=True)
class Brought:
    """Who says it, when, from which import and where in it."""

    by: str
    at: datetime
    batch: Import | None = None


@transaction.atomic
def record_certificate(said: Interval, *, actor: Actor, at: datetime) -> int:
    """Say that a firm was granted a certificate; gives the row's number. What is known of the same interval is said
    anew.

    Raises:
        NotFound: there is no such firm or kind. NotAllowed; BadValue: a day is impossible.
        Conflict: another firm holds the certificate, or nothing would change.
    """
    at = hold_register(at)
    firm = _firm(said.firm, actor)
    _check(said, at)
    known = KnownCertificates([said])
    if known.borne_by_another(said, firm.pk) is not None:
        problem = (
            "编号为“{number}”的{kind}已登记在另一家企业名下，一份证书同一时间只属于一家企业，请核对编号。"
        )
        raise Conflict(msg(problem, number=said.number, kind=label(certificate_kind(said.kind).zh)))
    before = known.known(said, firm.pk)
    if before is not None and (before.until, before.ended) == (said.until, said.ended):
        raise Conflict(msg("这份证书已经登记，内容相同，不必再登记。"))
    return _write([(said, {"by_hand": True})], Brought(actor.name, at), "record_certificate")[0]


@transaction.atomic
def end_certificate(id: int, day: date, *, actor: Actor, at: datetime, reason: str) -> int:
    """Say that a certificate was revoked or given up on a day.

    Raises:
        NotFound: there is none here. NotAllowed; BadValue: the day is impossible, or there is no reason.
    """
    at = hold_register(at)
    row = _row(id, actor)
    said = replace(interval(row), ended=day)
    _check(said, at)
    return _again(row, said, Brought(actor.name, at), reason=reason_given(reason))


@transaction.atomic
def take_back_certificate(id: int, *, actor: Actor, at: datetime, reason: str) -> int:
    """Say that a certificate was recorded by mistake: from now on it never counted.

    Raises:
        NotFound: there is none here. NotAllowed; BadValue: there is no reason.
    """
    at = hold_register(at)
    row = _row(id, actor)
    return _again(row, interval(row), Brought(actor.name, at), reason=reason_given(reason), void=True)


def write_rows(said: Iterable[tuple[Interval, Mapping[str, Any]]], brought: Brought) -> int:
    """What the rows of a table say, each with its source; gives how many they are. The register is the writer's.

    Raises:
        Conflict: since the table was judged another firm was said to hold one of the certificates.
    """
    rows = list(said)
    if not rows:
        return 0
    known = KnownCertificates([one for one, _ in rows])
    for one, _ in rows:
        if known.borne_by_another(one, known.bearer(one.firm)) is not None:
            problem = "预检之后，编号为“{number}”的{kind}登记到了另一家企业名下，请对本文件重新预检后再确认。"
            raise Conflict(msg(problem, number=one.number, kind=label(certificate_kind(one.kind).zh)))
        known.add(one, known.bearer(one.firm))
    return len(_write(rows, brought))


def _write(said: list[tuple[Interval, Mapping[str, Any]]], brought: Brought, deed: str = "") -> list[int]:
    before = restated(one for one, _ in said)
    rows = []
    for one, source in said:
        identity = (one.kind, one.key, one.granted)
        rows.append(_of(one, brought, source=dict(source), restates=identity in before))
        before.add(identity)
    made = Certificate.objects.bulk_create(rows, batch_size=500)
    if deed:
        leave(
            by=brought.by, at=brought.at, deed=deed, about=f"firm:{said[0][0].firm}", certificate=made[0].pk
        )
    return [row.pk for row in made]


def _again(row: Certificate, said: Interval, brought: Brought, *, reason: str, void: bool = False) -> int:
    new = _of(said, brought, source={"by_hand": True}, restates=True, reason=reason, void=void)
    new.save()
    deed = "take_back_certificate" if void else "end_certificate"
    leave(
        by=brought.by,
        at=brought.at,
        deed=deed,
        about=f"firm:{row.firm_id}",
        certificate=new.pk,
        reason=reason,
    )
    return new.pk


def _of(said: Interval, brought: Brought, **columns: Any) -> Certificate:
    return Certificate(
        firm_id=said.firm,
        kind=said.kind,
        number=said.number,
        key=said.key,
        granted=said.granted,
        until=said.until,
        ended=said.ended,
        batch=brought.batch,
        recorded_at=brought.at,
        recorded_by=brought.by,
        **columns,
    )


def _firm(id: int, actor: Actor) -> Firm:
    firm = Firm.objects.filter(pk=id).first()
    if firm is None or not actor.may(Permission.VIEW, firm.place_id):
        raise NotFound(msg("没有编号为 {id} 的企业。", id=id))
    actor.check_may(Permission.RECORD, firm.place_id)
    if firm.absorbed_by_id is not None:
        raise Conflict(msg("这条企业记录已并入另一家企业，请在合并后的企业上登记。"))
    return firm


def _row(id: int, actor: Actor) -> Certificate:
    row = latest().filter(pk=id).select_related("firm").first()
    if row is None or not actor.may(Permission.VIEW, row.firm.place_id):
        raise NotFound(msg("没有这份证书，或它已被更正，请刷新页面后再试。"))
    actor.check_may(Permission.RECORD, row.firm.place_id)
    return row


def _check(said: Interval, at: datetime) -> None:
    certificate_kind(said.kind)
    check_days(said)
    today = china_date(at)
    late = max(day for day in (said.granted, said.ended) if day)
    if late > today:
        raise BadValue(msg("日期 {day} 晚于今天 {today}，请在取得或失效之后登记。", day=late, today=today))
    if len(said.number) > LONGEST_NUMBER:
        problem = "证书编号有 {length} 个字，最多 {limit} 个，请核对。"
        raise BadValue(msg(problem, length=len(said.number), limit=LONGEST_NUMBER))
