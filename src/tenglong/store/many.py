"""Many ids in one condition are one parameter: the country has more places than a statement takes parameters."""

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, ForeignKey
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

AT_MOST = 2_000
"""So many ids stand in a statement one by one, for which both databases plan best."""
LOOKED_THROUGH = 100
"""Of so many ids each is looked through by Django, which costs more than the statement where they are the places of a
province."""


def among(ids: Collection[int]) -> tuple[str, list[Any]]:
    """What stands between the brackets of IN, and its parameters."""
    if len(ids) <= AT_MOST:
        return ", ".join(["%s"] * len(ids)), list(ids)
    if connection.vendor == "postgresql":
        return "SELECT unnest(%s::bigint[])", [list(ids)]
    return "SELECT value FROM json_each(%s)", [_text(frozenset(ids))]


@lru_cache(maxsize=8)
def _text(ids: frozenset[int]) -> str:
    """Pages ask many times about the same places."""
    return json.dumps(sorted(ids))


class ManyIn(In):
    """`x__in=ids`, however many the ids are."""

    def get_prep_lookup(self) -> Any:
        """The ids of places are numbers already."""
        return self.rhs - {None} if self._is_many() else super().get_prep_lookup()

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """As Django writes it, but for many."""
        if not self._is_many():
            return super().as_sql(compiler, connection)
        left, params = self.process_lhs(compiler, connection)
        inside, ids = among(self.rhs)
        return f"{left} IN ({inside})", [*params, *ids]

    def _is_many(self) -> bool:
        return isinstance(self.rhs, frozenset) and len(self.rhs) > LOOKED_THROUGH


class ManyKeysIn(ManyIn, RelatedIn):
    """The same for keys of other tables."""


def connect() -> None:
    """Let every foreign key and every large number ask so."""
    ForeignKey.register_lookup(ManyKeysIn)
    BigIntegerField.register_lookup(ManyIn)
