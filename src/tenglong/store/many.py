"""Many ids in one condition are one parameter: the country has more places than a statement takes parameters."""

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import ForeignKey
from django.db.models.fields.related_lookups import RelatedIn

AT_MOST = 2_000
"""So many ids stand in a statement one by one, for which both databases plan best."""


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


class ManyIn(RelatedIn):
    """`x__in=ids`, however many the ids are."""

    def get_prep_lookup(self) -> Any:
        """The ids of places are numbers already."""
        return self.rhs if self._is_many() else super().get_prep_lookup()

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """As Django writes it, but for very many."""
        if not self._is_many():
            return super().as_sql(compiler, connection)
        left, params = self.process_lhs(compiler, connection)
        inside, ids = among(self.rhs)
        return f"{left} IN ({inside})", [*params, *ids]

    def _is_many(self) -> bool:
        return isinstance(self.rhs, frozenset) and len(self.rhs) > AT_MOST


def connect() -> None:
    """Let every foreign key ask so."""
    ForeignKey.register_lookup(ManyIn)
