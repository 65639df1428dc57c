"""Upgrade certificates: those that hold at a place, and what is said of one."""

from datetime import date
from typing import Annotated, Any

from ninja import Field, Query, Schema, Status

from tenglong.actions.uplift.certificates import end_certificate, record_certificate, take_back_certificate
from tenglong.api.callers import Asked
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Id, Moment, PlaceCode, Text, one_of
from tenglong.domain.uplift.certificates import Certificate, certificate_kind, certificate_kinds, expiring_by
from tenglong.queries.uplift.listing import certificate_by_id, certificates_at

topic = Topic(tags=["certificates"])
KindId = Annotated[str, one_of(certificate_kinds())]


class CertificateOut(ByPeople):
    """One interval of a certificate; `last` is the last day on which it holds, null while there is none."""

    id: int
    firm_id: int
    firm: str
    place: PlaceCode = Field(validation_alias="place_id")
    kind: str
    number: str
    granted: Day
    until: Day | None
    ended: Day | None
    last: Day | None
    reason: str
    source: dict[str, str | int | bool]
    recorded_by: str
    recorded_at: Moment


class CertificatesAsked(Schema):
    """Where to look (the caller's own by default), and which certificates: those that hold on the day, or of these the
    ones that expire soon."""

    territory: Code | None = None
    as_of: Day | None = None
    kind: KindId | None = None
    expiring: bool = False


class NewCertificate(Given):
    """What a firm was granted. Without `until` it holds as long as its kind does."""

    firm: Id
    kind: KindId
    granted: Day
    number: Text = ""
    until: Day | None = None


class CertificateEnded(Given):
    """Since which day it no longer counts, and why."""

    ended: Day
    reason: Text


class WhyMistaken(Given):
    """Why it should never have been recorded."""

    reason: Text


@topic.get("/certificates", response={200: Page[CertificateOut]})
def listed(request: Asked, asked: Query[CertificatesAsked], paging: Query[Paging]) -> dict[str, Any]:
    """The certificates of the firms at a place that hold on a day."""
    caller = request.auth
    day = asked.as_of or caller.today
    soon = expiring_by(day) if asked.expiring else None
    places = caller.places(asked.territory)
    return paged(certificates_at(places, day, kind=asked.kind or "", expiring_by=soon), paging)


@topic.post("/certificates", response={201: CertificateOut})
def record(request: Asked, new: NewCertificate) -> Status:
    """Say that a firm was granted a certificate; what is known of the same interval is said anew."""
    until: date | None = new.until or certificate_kind(new.kind).until(new.granted)
    said = Certificate(new.kind, new.firm, new.number.strip(), new.granted, until)
    id = record_certificate(said, actor=request.auth.actor, at=request.auth.now)
    return Status(201, certificate_by_id(id))


@topic.post("/certificates/{id}/end", response={201: CertificateOut})
def end(request: Asked, id: Id, given: CertificateEnded) -> Status:
    """Say that a certificate was revoked or given up."""
    caller = request.auth
    new = end_certificate(id, given.ended, actor=caller.actor, at=caller.now, reason=given.reason)
    return Status(201, certificate_by_id(new))


@topic.post("/certificates/{id}/take-back", response={200: None})
def take_back(request: Asked, id: Id, given: WhyMistaken) -> None:
    """Say that a certificate was recorded by mistake: from now on it never counted."""
    take_back_certificate(id, actor=request.auth.actor, at=request.auth.now, reason=given.reason)
