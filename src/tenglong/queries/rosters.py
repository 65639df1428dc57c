"""Rosters: what may be seen of them, and what they mean."""

from datetime import date

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.reporting.figures import Calibre
from tenglong.queries.ledger import fold_rows, last_id_at
from tenglong.queries.territory import territory
from tenglong.store.models import Case, Roster, RosterHead


def visible_rosters(scope: Scope) -> list[Roster]:
    """The rosters that have cases where the person may look, or whose own territory lies there."""
    rosters = Roster.objects.select_related("place").order_by("id")
    if scope.everywhere:
        return list(rosters)
    with_cases = set(
        Case.objects.filter(place_id__in=scope.places).values_list("roster_id", flat=True).distinct()
    )
    return [roster for roster in rosters if roster.pk in with_cases or roster.place_id in scope.places]


def roster_by_code(code: str, scope: Scope) -> Roster:
    """The roster `code`.

    Raises:
        NotFound: there is none, or the person may not see it.
    """
    for roster in visible_rosters(scope):
        if roster.code == code:
            return roster
    raise NotFound(msg("没有名单“{code}”，请从名单页面选择。", code=code))


def calibre_of(roster: Roster) -> Calibre:
    """The roster's calibre as a plain value."""
    return Calibre(
        roster=roster.code,
        title=roster.title,
        issuer=roster.issuer,
        definition=roster.definition,
        start=roster.start,
        deadline=roster.deadline,
    )


def units_of(code: str, as_of: date) -> list[tuple[str, str]]:
    """The units directly under `code` on the day, as (code, name) in official order."""
    return [(place.code, place.name) for place in territory().at(as_of).children(code)]


def member_ids(roster: Roster, as_of: date) -> list[int]:
    """The cases that are targets of the roster on the day, as known now, in the order of their numbers."""
    rows = fold_rows(roster.pk, ["target"], AsOf(as_of, last_id_at(None)))
    members = {row.case_id for row in rows if row.is_on}
    ordered = Case.objects.filter(roster=roster).order_by("number").values_list("pk", flat=True)
    return [pk for pk in ordered if pk in members]


def latest_day(roster: Roster) -> date:
    """The last day on which something happened on the roster: where a face begins to look."""
    head = RosterHead.objects.filter(pk=roster.pk).values_list("last_day", flat=True).first()
    return head or roster.start
