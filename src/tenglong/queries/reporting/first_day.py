"""What an office does first on a new site, and what of it is done: from its places to its first bulletin."""

from collections.abc import Collection
from dataclasses import dataclass

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Bulletin, Case, Membership, PlaceStep, RosterVersion, Target


@dataclass(frozen=True)
class FirstStep:
    """One step.

    `page` is where it is done, `by_table` where a table does it; `table` is the kind whose template helps; "" is none.
    """

    id: str
    done: bool
    page: str
    table: str = ""
    by_table: str = ""


def first_steps(actor: Actor, roster_ids: Collection[int]) -> tuple[FirstStep, ...]:
    """The steps in their order, for the rosters that the person sees and the places of the own office: what other
    offices of the site did ticks nothing. Nothing once a bulletin was issued."""
    if Bulletin.objects.filter(roster_id__in=roster_ids).exists():
        return ()
    targets = Target.objects.filter(roster_id__in=roster_ids).exists()
    frozen = RosterVersion.objects.filter(roster_id__in=roster_ids).exists()
    own = _own_codes(actor)
    colleagues = Membership.objects.filter(user__is_active=True, code__in=own)
    colleagues = colleagues.exclude(user_id=actor.user_id or 0)
    return (
        FirstStep(
            "places",
            PlaceStep.objects.filter(code__in=own).exists() or targets,
            "places",
            by_table="places.table",
        ),
        FirstStep("people", colleagues.exists(), "people", by_table="people.table"),
        FirstStep("roster", bool(roster_ids), "rosters.new"),
        FirstStep(
            "upload", Case.objects.filter(roster_id__in=roster_ids).exists(), "imports", "pushed_roster"
        ),
        FirstStep("freeze", frozen, "rosters", "roster_review"),
        FirstStep("targets", targets, "places"),
        FirstStep("bulletin", False, "bulletins"),
    )


def _own_codes(actor: Actor) -> set[str]:
    """The codes of the places that the person's office manages."""
    managed = actor.places(Permission.MANAGE)
    return {place.code for id, place in territory().places.items() if actor.everywhere or id in managed}
