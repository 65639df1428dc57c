"""The territory tree and people's scopes, read once and kept until places change."""

from datetime import date
from functools import cache

from django.core.cache import cache as memory

from tenglong.domain.access.policy import Actor, Grant
from tenglong.domain.registry import territory as tree
from tenglong.domain.registry.territory import load_places
from tenglong.store.models import Place, User

CACHE_KEY = "territory"


def territory() -> tree.Territory:
    """All places, as one value."""
    found: tree.Territory | None = memory.get(CACHE_KEY)
    if found is None:
        found = tree.Territory([_place(row) for row in Place.objects.all()])
        memory.set(CACHE_KEY, found, timeout=30)
    return found


def forget_territory() -> None:
    """Places have changed: read them again."""
    memory.delete(CACHE_KEY)


def actor_of(user: User, today: date) -> Actor:
    """Who `user` is for the policy, with the places that count under each of their territories today."""
    here = territory().at(today)
    grants = tuple(
        Grant(membership.role, membership.code, here.members(membership.code))
        for membership in user.memberships.order_by("id")
        if here.has(membership.code)
    )
    return Actor(name=user.username, grants=grants if user.is_active else (), user_id=user.pk)


def _place(row: Place) -> tree.Place:
    return tree.Place(
        id=row.pk,
        code=row.code,
        name=row.name,
        level=row.level,
        parent_id=row.parent_id,
        order=row.order,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor_id=row.successor_id,
        aliases=_aliases().get(row.code, ()),
    )


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    """What people call the places that ship with the program."""
    return {place.code: place.aliases for place in load_places().places.values() if place.aliases}
