"""The settings of a roadmap without a feasible plan, eased as far as the cheapest relaxation says."""

from tenglong.domain.access.policy import Scope
from tenglong.domain.roadmap.relaxing import Move, relaxed
from tenglong.domain.roadmap.settings_format import Settings
from tenglong.queries.roadmaps_results import relaxation_of
from tenglong.queries.roadmaps_settings import settings_of
from tenglong.store.models import Roadmap


def relaxed_settings(roadmap: Roadmap, scope: Scope) -> Settings | None:
    """The eased settings; None where there is no relaxation, or none that settings can say."""
    moves = [Move(one.limit, one.old, one.new) for one in relaxation_of(roadmap, scope)]
    return relaxed(settings_of(roadmap), moves) if moves else None
