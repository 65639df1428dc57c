"""Rows that are only ever added: each carries a seal over what it says (ADR 0013)."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import models, transaction

from tenglong.domain.kernel.jsontext import canonical
from tenglong.store.bulk import next_ids

SEAL = "seal"


def seal_of(row: models.Model, left_out: Collection[str] = ()) -> str:
    """SHA-256 over everything a row says, its id included, but for the columns `left_out`.

    What is empty is left out, so that a column added later leaves the seals of earlier rows as they are.
    """
    said = {
        field.attname: _plain(field.to_python(getattr(row, field.attname)))
        for field in row._meta.concrete_fields
        if field.name != SEAL and field.attname not in left_out
    }
    text = canonical({name: value for name, value in said.items() if value not in (None, "", [], {})})
    return hashlib.sha256(f"{row._meta.db_table} {text}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value


def give_seals(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Give new rows their ids, which the seal covers, and their seals."""
    for id, row in zip(next_ids(model, len(rows)), rows, strict=True):
        row.pk = id
        row.seal = seal_of(row)


class SealedRows(models.QuerySet[Any]):
    """Rows made together are sealed like those made one by one."""

    def bulk_create(self, objs: Iterable[Any], *arguments: Any, **options: Any) -> list[Any]:
        """Insert rows, each with its seal."""
        rows = list(objs)
        with transaction.atomic(savepoint=False):  # nobody else may take the ids meanwhile
            give_seals(self.model, rows)
            return super().bulk_create(rows, *arguments, **options)


class Sealed(models.Model):
    """The base of append-only tables; `tenglong ledger verify` holds every row against its seal."""

    seal = models.CharField(max_length=64)

    objects = SealedRows.as_manager()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        """Insert the row with its seal; a change is refused by the database."""
        with transaction.atomic(savepoint=False):  # as above
            if self._state.adding:
                give_seals(type(self), [self])
            super().save(**options)
