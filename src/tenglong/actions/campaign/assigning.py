"""Who answers for cases: giving them to a department, a team and a responsible person, and handing them over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from tenglong.actions.ledger.appending import append
from tenglong.actions.registry.organisation import take_turns, write_steps
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, Conflict, NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.reasons import reason_given
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import DESCRIBED, vocabulary
from tenglong.domain.registry.organisation import Subject
from tenglong.queries.campaign.duties import ATTRIBUTES, offered
from tenglong.queries.campaign.handovers import handover_by_number
from tenglong.queries.registry.organisation import organisation
from tenglong.store.models import Case, OrganisationStep

AT_ONCE = 500


@transaction.atomic
def assign_cases(
    *, actor: Actor, at: datetime, case_ids: Iterable[int], said: Mapping[str, str], reason: str = ""
) -> int:
    """Give cases to a department, a team or a responsible person from today on; what does not change is passed over.
    Returns how many changed.

    Raises:
        NotFound: a case is not there, or not for this person. NotAllowed: they may not record there.
        BadValue: nobody of that name is registered for the place of the case.
    """
    cases = _cases(actor, case_ids)
    wanted = {name: text.strip() for name, text in said.items() if name in ATTRIBUTES}
    day = china_date(at)
    _check_registered(cases, wanted, day)
    changed = []
    for case in cases:
        new = {name: text for name, text in wanted.items() if getattr(case, name) != text}
        if new:
            changed.append((case, {"said": new} | ({"reason": reason.strip()} if reason.strip() else {})))
    return _describe(changed, day, actor, at)


@transaction.atomic
def hand_over(
    *,
    actor: Actor,
    at: datetime,
    giver: str,
    taker: str,
    day: date,
    reason: str,
    case_ids: Iterable[int] = (),
    leave: bool = False,
) -> OrganisationStep:
    """Hand the open cases of one person over to another from a day on, all of them or some; on `leave` they may come
    back (`hand_back`). Each case keeps who handed it over and why.

    Raises:
        NotFound: a case is not there. NotAllowed: the actor may not record at the place of a case.
        BadValue: nobody takes over, no case is open, the day lies ahead, or the taker is not registered there.
    """
    take_turns()
    reason = reason_given(reason)
    if day > china_date(at):
        raise BadValue(msg("日期 {day} 晚于今天，请在移交当天或之后登记。", day=day))
    if taker == giver:
        raise BadValue(msg("移交人和接手人是同一个人，请改选接手人。"))
    cases = _open_cases(actor, giver, set(case_ids))
    _check_registered(cases, {"responsible": taker}, day)
    step = OrganisationStep(
        subject=Subject.HANDOVER.value, number=0, place=_place_of(giver, taker), day=day, reason=reason,
        said={"from": giver, "to": taker, "cases": [case.pk for case in cases], "leave": leave},
        recorded_at=at, recorded_by=actor.name,
    )  # fmt: skip
    (made,) = write_steps([step], actor, at)
    _describe([(case, _told(taker, reason, made.number)) for case in cases], day, actor, at)
    return made


@transaction.atomic
def hand_back(*, actor: Actor, at: datetime, number: int, day: date, reason: str) -> int:
    """Give back what was handed over for a leave, but for cases that went on to somebody else since; returns how many.

    Raises:
        NotFound: there is no such hand-over here. NotAllowed; BadValue: the day is wrong.
        Conflict: they were given back already, or were not handed over for a leave.
    """
    take_turns()
    reason = reason_given(reason)
    found = handover_by_number(number, actor, china_date(at))
    if not found.leave or found.back_on is not None:
        raise Conflict(msg("这次移交不是因休假等暂时移交，或已经交回，不能再交回。"))
    if not found.day <= day <= china_date(at):
        raise BadValue(msg("交回日期须在移交日期 {day} 与今天之间，请改正。", day=found.day))
    cases = [case for case in _cases(actor, found.cases) if case.responsible == found.taker]
    step = OrganisationStep(
        subject=Subject.HANDOVER.value, number=number, place=found.place, day=day, reason=reason,
        said={"until": day.isoformat()}, recorded_at=at, recorded_by=actor.name,
    )  # fmt: skip
    write_steps([step], actor, at)
    return _describe([(case, _told(found.giver, reason, number)) for case in cases], day, actor, at)


def _told(responsible: str, reason: str, number: int) -> dict[str, Any]:
    return {"said": {"responsible": responsible}, "reason": reason, "handover": number}


def _place_of(*names: str) -> str:
    """The place of the first of these people who is registered: an old ledger may name a giver who never was."""
    people = organisation().labelled
    return next((people[name].place for name in names if name in people), "")


def _open_cases(actor: Actor, giver: str, wanted: set[int]) -> list[Case]:
    """The open cases of a person where the actor may record; `wanted` narrows them."""
    rows = Case.objects.filter(responsible=giver, now__done_on=None).select_related("roster").order_by("pk")
    seen = [case for case in rows if actor.may(Permission.VIEW, case.place_id)]
    cases = [case for case in seen if case.pk in wanted] if wanted else seen
    if wanted - {case.pk for case in cases}:
        raise NotFound(msg("选中的企业有的不由移交人包干、已办结或不在您的辖区，请刷新页面后重选。"))
    if not cases:
        raise BadValue(msg("“{giver}”在您的辖区内没有未办结的企业，无需移交。", giver=giver))
    for place in {case.place_id for case in cases}:
        actor.check_may(Permission.RECORD, place)
    return cases


def _cases(actor: Actor, ids: Iterable[int]) -> list[Case]:
    wanted = sorted(set(ids))
    if not wanted:
        raise BadValue(msg("没有选中任何企业，请先勾选。"))
    found = [
        case
        for start in range(0, len(wanted), AT_ONCE)
        for case in Case.objects.filter(pk__in=wanted[start : start + AT_ONCE]).select_related("roster")
        if actor.may(Permission.VIEW, case.place_id)
    ]
    if len(found) != len(wanted):
        raise NotFound(msg("选中的企业有的不在您的辖区，请刷新页面后重选。"))
    for place in {case.place_id for case in found}:
        actor.check_may(Permission.RECORD, place)
    return found


def _check_registered(cases: Sequence[Case], wanted: Mapping[str, str], day: date) -> None:
    """By hand only who is registered for the place of a case is chosen; "" takes it from whoever has it."""
    for place in {case.place_id for case in cases}:
        choices = offered(place, day)
        for name, text in wanted.items():
            if text and text not in getattr(choices, name):
                problem = "“{text}”没有登记为该辖区的{what}，请从列表中选择，或先在组织机构中登记。"
                what = label(vocabulary().attributes[name].zh)
                raise BadValue(msg(problem, text=text[:60], what=what))


def _describe(changed: Sequence[tuple[Case, dict[str, Any]]], day: date, actor: Actor, at: datetime) -> int:
    """Record what is said of cases, each in its roster."""
    ordered = sorted(changed, key=lambda one: (one[0].roster_id, one[0].pk))
    for _, group in groupby(ordered, key=lambda one: one[0].roster_id):
        ones = list(group)
        drafts = [Draft(case.pk, DESCRIBED, day, details=details) for case, details in ones]
        append(ones[0][0].roster, drafts, by=actor.name, at=at)
    return len(ordered)
