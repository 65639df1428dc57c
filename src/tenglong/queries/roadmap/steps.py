"""Roadmaps as the gate of their steps sees them."""

from datetime import date

from tenglong.domain.access.policy import Actor, Matter, Needless
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.process import ADOPTED, APPROVED, COMPUTING, FAILED, roadmap_rules
from tenglong.queries.roadmap.overview import mark_failed
from tenglong.queries.trail import askers
from tenglong.store.models import Roadmap


def roadmap_matter(roadmap: Roadmap) -> Matter:
    """A roadmap as the gate sees it."""

    def stopping(actor: Actor, today: date) -> None:
        if roadmap.stopped_by:
            raise Needless(msg("{name}已要求停止，随后显示目前最好的方案。", name=roadmap.stopped_by))

    return Matter(
        process=roadmap_rules().process,
        state=_look(roadmap),
        places={"": roadmap.place_id},
        parts={"requested": askers(roadmap), "adopted": [roadmap.adopted_by]},
        conditions={"stop": stopping},
    )


def roadmap_to_come(place_id: int) -> Matter:
    """A roadmap that somebody wants to ask for in a place."""
    return Matter(roadmap_rules().process, "", {"": place_id})


def needs_second_person(roadmap: Roadmap, actor: Actor) -> bool:
    """Whether the plans that `actor` adopts must be approved by somebody else: nobody approves their own work."""
    matter = roadmap_matter(roadmap)
    return matter.played(actor, *matter.step("approve").not_by)


def _look(roadmap: Roadmap) -> str:
    if roadmap.state == COMPUTING:
        mark_failed([roadmap])
        return FAILED if roadmap.failed else COMPUTING
    return APPROVED if roadmap.state == ADOPTED and roadmap.approved_by else roadmap.state
