"""Who did what, as the trail has it."""

from tenglong.domain.kernel.process import Person
from tenglong.store.models import Roadmap, TrailEvent


def doers(deed: str, about: str) -> list[str]:
    """The user names of everybody who did `deed` to `about` ("roadmap:3"), the first one first."""
    return list(TrailEvent.objects.filter(about=about, deed=deed).order_by("id").values_list("by", flat=True))


def askers(roadmap: Roadmap) -> list[Person]:
    """Everybody who asked for the roadmap, again after its job failed, or for one that it adjusts by hand."""
    earlier = [] if roadmap.adjusts is None else askers(roadmap.adjusts)
    return [roadmap.requested_by, *doers("retry_roadmap", f"roadmap:{roadmap.pk}"), *earlier]
