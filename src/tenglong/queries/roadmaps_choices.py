"""What may be named when a roadmap is asked for: the zones and teams of the cases of a roster."""

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.ordering import natural
from tenglong.store.models import Case, Roster


def zones_and_teams(roster: Roster, scope: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that the cases which may be seen bear, in natural order."""
    cases = Case.objects.filter(roster=roster)
    if not scope.everywhere:
        cases = cases.filter(place_id__in=scope.places)
    zones, teams = (
        tuple(
            sorted(
                cases.exclude(**{name: ""}).order_by().values_list(name, flat=True).distinct(), key=natural
            )
        )
        for name in ("zone", "team")
    )
    return zones, teams
