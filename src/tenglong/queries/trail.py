"""Who did what, as the trail has it."""

from tenglong.store.models import TrailEvent


def doers(deed: str, about: str) -> list[str]:
    """The user names of everybody who did `deed` to `about` ("roadmap:3"), the first one first."""
    return list(TrailEvent.objects.filter(about=about, deed=deed).order_by("id").values_list("by", flat=True))
