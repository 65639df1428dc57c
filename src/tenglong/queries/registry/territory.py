"""The territory tree and people's scopes, read once and kept until places change."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.core.cache import cache as memory
from django.db.models import Count, Max

from tenglong.domain.access.policy import Actor, Grant
from tenglong.domain.registry import territory as tree
from tenglong.domain.registry.divisions import places_rules, read_places
from tenglong.domain.registry.territory import Place as PlaceRow
from tenglong.queries.reading import read
from tenglong.store.models import Place, PlaceStep, User

CACHE_KEY = "territory"
MEMBERSHIPS = "SELECT role, code FROM store_membership WHERE user_id = %s ORDER BY id"
PASTS_KEPT = 5


class Membership(NamedTuple):
    """A role that somebody holds in a territory."""

    role: str
    code: str


class Known:
    """All places as they are known now, and as they were known before steps that became known later."""

    def __init__(self) -> None:
        self.now = tree.Territory(_place(row) for row in Place.objects.values_list(*COLUMNS).iterator())
        steps = PlaceStep.objects.order_by("id").values_list("id", "recorded_at")
        self._ids, self._moments = [list(column) for column in zip(*steps, strict=True)] or [[], []]
        self._pasts: dict[int, tree.Territory] = {}

    def at(self, known_at: datetime | None) -> tree.Territory:
        """The places as they were known at a moment."""
        count = len(self._ids) if known_at is None else bisect_right(self._moments, known_at)
        if count == len(self._ids):
            return self.now
        if count not in self._pasts:
            while len(self._pasts) >= PASTS_KEPT:
                self._pasts.pop(next(iter(self._pasts)), None)
            self._pasts[count] = self._before(self._ids[count])
        return self._pasts[count]

    def _before(self, first: int) -> tree.Territory:
        """The places without the step `first` and all that followed."""
        rows: dict[int, PlaceRow | None] = dict(self.now.places)
        for before in (
            PlaceStep.objects.filter(pk__gte=first).order_by("-id").values_list("before", flat=True)
        ):
            rows |= {int(id): None if row is None else row_from(row) for id, row in before.items()}
        return tree.Territory(row for row in rows.values() if row is not None)


_kept: dict[str, Known] = {}


def territory(known_at: datetime | None = None) -> tree.Territory:
    """All places as one value: as they are known now, or as they were known at a moment.

    The places stay in this process, where asking them costs nothing; the cache only holds the mark of those that
    count, for half a minute, so that every process notices when places change.
    """
    mark = memory.get(CACHE_KEY)
    if mark is None:
        mark = _mark()
        memory.set(CACHE_KEY, mark, timeout=30)
    found = _kept.get(mark)
    if found is None:
        found = Known()
        _kept.clear()
        _kept[mark] = found
    return found.at(known_at)


def forget_territory() -> None:
    """Places have changed: read them again."""
    memory.delete(CACHE_KEY)
    _kept.clear()


def _mark() -> str:
    """What tells the places from what they were: rows are added, and steps change them."""
    places = Place.objects.aggregate(count=Count("pk"), last=Max("pk"))
    return f"{places['count']} {places['last']} {PlaceStep.objects.aggregate(last=Max('pk'))['last']}"


def actor_of(user: User, today: date) -> Actor:
    """Who `user` is for the policy, with the places that count under each of their territories today."""
    here = territory().at(today)
    held = read(Membership, MEMBERSHIPS, user.pk)
    grants = tuple(Grant(*one, here.members(one.code)) for one in held if here.has(one.code))
    return Actor(name=user.username, grants=grants if user.is_active else (), user_id=user.pk)


COLUMNS = (
    "id", "code", "name", "level", "parent_id", "order", "valid_from", "valid_to", "successor_id", "aliases",
    "origin_id",
)  # fmt: skip


def row_json(row: PlaceRow) -> dict[str, Any]:
    """A row as steps keep it."""
    said = {name: getattr(row, name) for name in COLUMNS}
    days = {name: said[name] and said[name].isoformat() for name in ("valid_from", "valid_to")}
    return said | days | {"level": row.level.value, "aliases": list(row.aliases)}


def row_from(said: Mapping[str, Any]) -> PlaceRow:
    """A row that a step keeps."""
    days = {name: said[name] and date.fromisoformat(said[name]) for name in ("valid_from", "valid_to")}
    return _place(tuple((dict(said) | days)[name] for name in COLUMNS))


def _place(row: tuple[Any, ...]) -> PlaceRow:
    """A row of the table; places that ship with the program are also called what people call them."""
    id, code, name, level, parent, order, since, until, successor, aliases, origin = row
    called = tuple(aliases) or _aliases().get(code, ())
    return PlaceRow(id, code, name, _LEVELS[level], parent, order, since, until, successor, called, origin)


_LEVELS = {level.value: level for level in tree.Level}


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    """What people call the places that ship with the program."""
    return {place.code: place.aliases for place in read_places(places_rules()) if place.aliases}
