"""The process of a roadmap at work, and how its row is locked."""

from django.db.models import Max

from tenglong.actions.steps import Course, by_scope
from tenglong.domain.roadmap.process import roadmap_rules
from tenglong.queries.roadmap.overview import check_sees
from tenglong.queries.roadmap.steps import roadmap_matter
from tenglong.store.models import Roadmap, Roster


def locked(roadmap: Roadmap) -> Roadmap:
    """The roadmap as it stands, its roster locked: steps of the roadmaps of one roster take turns."""
    Roster.objects.select_for_update().get(pk=roadmap.roster_id)
    rows = Roadmap.objects.select_for_update(of=("self",)).select_related("roster__place", "place")
    return rows.get(pk=roadmap.pk)


def next_number(roster_id: int) -> int:
    """The number of the next roadmap of a roster; call it with the roster locked."""
    return (Roadmap.objects.filter(roster_id=roster_id).aggregate(last=Max("number"))["last"] or 0) + 1


ROADMAP: Course[Roadmap] = Course(
    roadmap_rules().process,
    see=by_scope(check_sees),
    hold=locked,
    matter=roadmap_matter,
    named=lambda roadmap: f"roadmap:{roadmap.pk}",
)
