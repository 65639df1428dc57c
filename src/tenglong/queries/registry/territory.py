"""The territory tree and people's scopes, read once and kept until places change."""

from datetime import date
from functools import cache
from secrets import token_hex
from typing import NamedTuple

from django.core.cache import cache as memory

from tenglong.domain.access.policy import Actor, Grant
from tenglong.domain.registry import territory as tree
from tenglong.domain.registry.territory import Place as PlaceRow
from tenglong.domain.registry.divisions import load_places
from tenglong.queries.reading import read
from tenglong.store.models import Place, User

CACHE_KEY = "territory"
MEMBERSHIPS = "SELECT role, code FROM store_membership WHERE user_id = %s ORDER BY id"
_kept: dict[str, tree.Territory] = {}


class Membership(NamedTuple):
    """A role that somebody holds in a territory."""

    role: str
    code: str


def territory() -> tree.Territory:
    """All places, as one value.

    The tree itself stays in this process, where asking it costs nothing; the cache only holds the mark of the
    one that counts, for half a minute, so that every process notices when places change.
    """
    mark = memory.get(CACHE_KEY)
    if mark is None:
        mark = token_hex(8)
        memory.set(CACHE_KEY, mark, timeout=30)
    found = _kept.get(mark)
    if found is None:
        found = tree.Territory([_place(row) for row in Place.objects.all()])
        _kept.clear()
        _kept[mark] = found
    return found


def forget_territory() -> None:
    """Places have changed: read them again."""
    memory.delete(CACHE_KEY)


def actor_of(user: User, today: date) -> Actor:
    """Who `user` is for the policy, with the places that count under each of their territories today."""
    here = territory().at(today)
    held = read(Membership, MEMBERSHIPS, user.pk)
    grants = tuple(Grant(*one, here.members(one.code)) for one in held if here.has(one.code))
    return Actor(name=user.username, grants=grants if user.is_active else (), user_id=user.pk)


def _place(row: Place) -> PlaceRow:
    return PlaceRow(
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
