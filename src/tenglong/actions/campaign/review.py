"""Reviewing a roster: one step for one or many cases at once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from tenglong.actions.ledger.appending import append
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.evidence import approves, check_not_own, deciding_place, permission_for
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.queries.campaign.submissions import submissions_of
from tenglong.store.models import Case, Roster

STEPS = (
    "screened",
    "verified",
    "kept",
    "added",
    "removed",
    "dept_reviewed",
    "county_confirmed",
    "city_confirmed",
    "province_confirmed",
    "targeted",
)


@transaction.atomic
def review_cases(
    *,
    actor: Actor,
    at: datetime,
    roster: Roster,
    case_ids: Iterable[int],
    kind: str,
    effective_on: date,
    reason: str = "",
) -> int:
    """Record one step of the review for every case given, all or none; returns how many.

    Raises:
        BadValue: nothing is selected, the step is none of the review, a reason is missing.
        NotAllowed: the person may not do it there, or confirms what they proposed themselves.
        NotFound: a case is not on the roster, or not for this person.
        Conflict: a case is in a state that does not allow the step.
    """
    if kind not in STEPS:
        raise BadValue(msg("“{kind}”不是名单核定的步骤，请从列表中选择。", kind=kind))
    cases = _cases(actor, roster, sorted(set(case_ids)))
    for place in {
        deciding_place(kind, case_place=case.place_id, roster_place=roster.place_id) for case in cases
    }:
        actor.check_may(permission_for(kind), place)
    if machine().moves[kind].reason and not reason.strip():
        raise BadValue(msg("登记“{kind}”须写明理由，请补充理由。", kind=label(vocabulary().kind(kind).zh)))
    _check_two_people(actor, cases, kind)
    details = {"reason": reason.strip()} if reason.strip() else {}
    drafts = [Draft(case.pk, kind, effective_on, details=details) for case in cases]
    return len(append(roster, drafts, by=actor.name, at=at))


def _cases(actor: Actor, roster: Roster, ids: Sequence[int]) -> list[Case]:
    if not ids:
        raise BadValue(msg("没有选中任何企业，请先勾选。"))
    found = [
        case
        for start in range(0, len(ids), 500)
        for case in Case.objects.filter(roster=roster, pk__in=ids[start : start + 500]).order_by("number")
        if actor.may(Permission.VIEW, case.place_id)
    ]
    if len(found) != len(ids):
        raise NotFound(msg("选中的企业有的不在本名单或不在您的辖区，请刷新页面后重选。"))
    return found


def _check_two_people(actor: Actor, cases: Sequence[Case], kind: str) -> None:
    if approves(kind):
        for submitted in submissions_of(case.pk for case in cases).values():
            check_not_own(kind, actor.known_as, submitted)
