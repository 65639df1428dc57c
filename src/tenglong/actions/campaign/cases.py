"""What a person may do to one case: open it, record what happened, take a record back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from tenglong.actions.files import UploadedFile, keep_stated
from tenglong.actions.ledger.appending import append, on_own_parts, void
from tenglong.actions.registry.book import hold_register
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import opening
from tenglong.domain.campaign.evidence import check_evidence, deciding_place, permission_for
from tenglong.domain.campaign.particulars import TOLD, checked
from tenglong.domain.campaign.prerequisites import check_prerequisites
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.quantities import plain, to_micro
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.ledger.entries import Draft, files_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import DESCRIBED, EVIDENCE_ADDED, vocabulary
from tenglong.queries.campaign.steps import check_gate
from tenglong.queries.campaign.submissions import submissions
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.queries.ledger.fold import facts_of_cases, to_fact
from tenglong.queries.ledger.states import kept_attributes, shown, surviving_history
from tenglong.queries.registry.parcels import parcels_of
from tenglong.queries.registry.rulebook import rulebook_of
from tenglong.store.models import Case, Entry, Evidence, Firm, Place, Roster


@dataclass(frozen=True)
class Recorded:
    """An entry with the evidence kept beside it."""

    entry: Fact
    evidence: tuple[Evidence, ...]


@transaction.atomic
def open_case(
    roster: Roster,
    firm: Firm,
    place: Place,
    *,
    at: datetime,
    by: str,
    source: dict[str, Any],
    **attributes: str,
) -> Case:
    """A case that has nothing but the entry that opens it, with what is said of it from the start.

    Raises:
        BadValue: an attribute is none that a case has.
    """
    hold_register(at)
    case, draft = prepared_case(roster, firm, place, at=at, source=source, **attributes)
    append(roster, [draft], by=by, at=at)
    case.refresh_from_db()
    return case


def prepared_case(
    roster: Roster, firm: Firm, place: Place, *, at: datetime, source: dict[str, Any], **attributes: str
) -> tuple[Case, Draft]:
    """A case with the entry that opens it; the caller holds the register and appends it in the same transaction."""
    last = Case.objects.filter(roster=roster).aggregate(last=Max("number"))["last"] or 0
    case = Case.objects.create(
        roster=roster, firm=firm, place=place, number=last + 1, created_at=at, source=source
    )
    return case, opening(case.pk, firm.pk, place.code, china_date(at), said=attributes)


@transaction.atomic
def describe_case(
    *, actor: Actor, at: datetime, case: Case, said: Mapping[str, str], reason: str = ""
) -> list[Fact]:
    """Say anew what holds of a case from today on; what does not change is passed over.

    Raises:
        NotAllowed: the person may not record there. BadValue: an attribute is none that a case has.
    """
    actor.check_may(Permission.RECORD, case.place_id)
    now = shown(Case.objects.values(*kept_attributes()).get(pk=case.pk))
    changed = {name: text for name, text in said.items() if now.get(name, "") != text}
    if not changed:
        return []
    details: dict[str, Any] = {"said": changed} | ({"reason": reason} if reason else {})
    return append(
        case.roster, [Draft(case.pk, DESCRIBED, china_date(at), details=details)], by=actor.name, at=at
    )


@transaction.atomic
def add_evidence(*, actor: Actor, at: datetime, entry_id: int, files: Sequence[UploadedFile]) -> Recorded:
    """Hand in files that prove an entry which was recorded before.

    Raises:
        NotFound: there is no such entry, or not for this person. NotAllowed: they may not record there.
        BadValue: no file is given; BadFile: one is not what its name says.
    """
    case, entry = _seen(actor, entry_id)
    actor.check_may(Permission.RECORD, case.place_id)
    if not files:
        raise BadValue(msg("没有选择文件，请选择要补充的佐证材料。"))
    details = {"about": entry.id, "files": keep_stated(files)}
    draft = Draft(case.pk, EVIDENCE_ADDED, china_date(at), details=details)
    return _recorded(append(case.roster, [draft], by=actor.name, at=at)[0], entry.id)


@transaction.atomic
def record_entry(
    *,
    actor: Actor,
    at: datetime,
    case: Case,
    kind: str,
    effective_on: date,
    quantity: Decimal | None = None,
    parcel_id: int | None = None,
    details: dict[str, Any] | None = None,
    told: Mapping[str, str] | None = None,
    files: Sequence[UploadedFile] = (),
) -> Recorded:
    """Record that something happened to `case`, with what is told of it in particular and the files that prove it.

    Raises:
        NotAllowed: the person may not do this here, approves their own submission, or decided another level of it.
        BadValue: evidence that the rules demand is missing, the date lies ahead, the amount or a particular is wrong,
            or the parcel is not the firm's.
        Conflict: the case is in a state that does not allow it, what must stand on file before it does not, or it is
            to be written off and its file is not complete.
    """
    if not vocabulary().kind(kind).by_hand:
        problem = "“{kind}”由系统在办理相应事项时登记，不能单独登记，请从可登记的事项中选择。"
        raise BadValue(msg(problem, kind=label(vocabulary().kind(kind).zh)))
    place = deciding_place(kind, case_place=case.place_id, roster_place=case.roster.place_id)
    actor.check_may(permission_for(kind), place)
    book = rulebook_of(case.place_id, china_date(at), at)
    _check_gate(actor, case, kind, effective_on, book)
    _check_parcel(case, parcel_id, quantity)
    check_evidence(book, kind, len(files))
    particulars = checked(kind, told or {}, quantity)
    micro = None if quantity is None else to_micro(quantity)
    said = {**(details or {}), **({TOLD: particulars} if particulars else {})}
    said |= {"files": keep_stated(files)} if files else {}
    drafts = on_own_parts([Draft(case.pk, kind, effective_on, parcel_id, micro, details=said)])
    entry = append(case.roster, drafts, by=actor.name, at=at)[0]
    return _recorded(entry, entry.id)


@transaction.atomic
def void_entry(*, actor: Actor, at: datetime, entry_id: int, reason: str) -> Fact:
    """Take one entry back, saying why; what was printed from it stays as it was.

    Raises:
        NotFound: there is no such entry, or not for this person.
    """
    case, entry = _seen(actor, entry_id)
    actor.check_may(Permission.CORRECT, case.place_id)
    return void(case.roster, entry, reason=reason, by=actor.name, at=at)


def _seen(actor: Actor, entry_id: int) -> tuple[Case, Fact]:
    row = Entry.objects.filter(pk=entry_id).first()
    case = Case.objects.select_related("roster").filter(pk=row.case_id).first() if row else None
    if row is None or case is None or not actor.may(Permission.VIEW, case.place_id):
        raise NotFound(msg("没有第 {id} 号台账记录，请从企业档案中选择。", id=entry_id))
    return case, to_fact(row)


def _check_gate(actor: Actor, case: Case, kind: str, day: date, book: Rulebook) -> None:
    history = surviving_history(facts_of_cases([case.pk])[case.pk])
    check_gate(kind, actor, history, submissions({case.pk: history})[case.pk], book)
    check_prerequisites(kind, day, history, working_calendar)


def _check_parcel(case: Case, parcel_id: int | None, land: Decimal | None) -> None:
    """Land may be reported only of parcels that the firm holds or that the case named before, and no more than the
    parcel has (domain.md §11.3-4); a parcel whose area is not known limits nothing."""
    if parcel_id is None:
        return
    parcel = next((one for one in parcels_of(case) if one.id == parcel_id), None)
    if parcel is None:
        raise BadValue(
            msg("第 {id} 号宗地不属于“{firm}”，请从该企业的宗地中选择。", id=parcel_id, firm=case.firm.name)
        )
    if land is not None and parcel.area is not None and land > parcel.area:
        problem = "面积 {land} 亩大于宗地 {number} 的面积 {area} 亩，请核对数值和宗地。"
        raise BadValue(msg(problem, land=plain(land), number=parcel.number, area=plain(parcel.area)))


def _recorded(entry: Fact, proved: int) -> Recorded:
    told = [file.digest for file in files_of(entry)]
    rows = Evidence.objects.filter(entry_id=proved, digest__in=told).order_by("id")
    return Recorded(entry, tuple(rows))


# What is planned for a case: how, by when, by whom.


def set_plan(
    *, actor: Actor, at: datetime, case: Case, batch: str, measure: str, due_on: date | None, team: str
) -> Case:
    """Plan a case anew; its history keeps what was planned before.

    Raises:
        NotAllowed: the person may not record there.
    """
    due = due_on.isoformat() if due_on else ""
    said = {"batch": batch, "measure": measure, "due_on": due, "team": team.strip()}
    describe_case(actor=actor, at=at, case=case, said=said)
    case.refresh_from_db()
    return case
