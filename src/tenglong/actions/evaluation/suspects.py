"""Suspected firms become a roster in one step: each a case with a pushed entry that says by which rule and why."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tenglong.actions.campaign.cases import prepared_case
from tenglong.actions.campaign.rosters import create_roster
from tenglong.actions.ledger.appending import append
from tenglong.actions.registry.book import hold_register
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.campaign.cases import NEW
from tenglong.domain.campaign.evidence import permission_for
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import Window, china_date
from tenglong.domain.ledger.entries import Draft
from tenglong.queries.evaluation.suspects import Suspect
from tenglong.store.models import Case, Firm, Place, Roster

PUSHED = "pushed"
AT_ONCE = 500


@transaction.atomic
def suspects_to_roster(
    *,
    actor: Actor,
    at: datetime,
    suspects: Sequence[Suspect],
    place: Place,
    code: str,
    title: str,
    issuer: str,
    definition_text: str,
    window: Window,
) -> Roster:
    """A new roster whose first members are `suspects`; they are suspected, nothing more, until they are verified.

    Raises:
        NotAllowed: the person may not found rosters there, or not push firms of some place.
        BadValue: nobody is suspected, or a text is missing; Conflict: the code is taken.
    """
    if not suspects:
        raise BadValue(msg("没有疑似企业，无需建立名单。"))
    roster = create_roster(
        actor=actor,
        at=at,
        code=code,
        title=title,
        issuer=issuer,
        definition_text=definition_text,
        place=place,
        window=window,
    )
    push_suspects(actor=actor, at=at, roster=roster, suspects=suspects)
    return roster


@transaction.atomic
def push_suspects(*, actor: Actor, at: datetime, roster: Roster, suspects: Sequence[Suspect]) -> int:
    """Push `suspects` onto a roster; who is on it already is passed over, who was pushed once and taken back is not.
    Gives how many were pushed.

    Raises:
        NotAllowed: the person may not push firms of some place.
    """
    hold_register(at)
    firms = _firms(suspects)
    known = {case.firm_id: case for case in Case.objects.filter(roster=roster).select_related("now")}
    there = {firm_id for firm_id, case in known.items() if case.now.state != NEW}
    new = [one for one in suspects if one.firm_id in firms and one.firm_id not in there]
    for place_id in {firms[one.firm_id].place_id for one in new}:
        actor.check_may(permission_for(PUSHED), place_id)
    today, drafts = china_date(at), []
    for one in new:
        firm = firms[one.firm_id]
        case = known.get(firm.pk)
        if case is None:
            source = {"screening": today.isoformat()}
            case, opened = prepared_case(roster, firm, firm.place, at=at, source=source)
            drafts.append(opened)
        details = {
            "reason": "；".join(str(reason) for reason in one.reasons),
            "hits": list(one.hits),
            "hints": list(one.hints),
        }
        drafts.append(Draft(case.pk, PUSHED, today, details=details))
    append(roster, drafts, by=actor.name, at=at)
    leave(by=actor.name, at=at, deed="push_suspects", about=f"roster:{roster.pk}", count=len(new))
    return len(new)


def _firms(suspects: Sequence[Suspect]) -> dict[int, Firm]:
    """The firms by their number, without records that turned out to be another firm since."""
    ids = [one.firm_id for one in suspects]
    return {
        firm.pk: firm
        for start in range(0, len(ids), AT_ONCE)
        for firm in Firm.objects.select_related("place").filter(
            pk__in=ids[start : start + AT_ONCE], absorbed_by=None
        )
    }
