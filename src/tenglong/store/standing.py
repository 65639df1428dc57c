"""Every state of a row that may change is kept as a sealed digest, by the word of its table in store/registry.py.

Signals tell of what the program saves; what is changed past it has no digest, and `tenglong ledger verify` finds it.
Raw statements of actions and migrations that change such rows call `stand`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import JSONField, Model, QuerySet, TextField, signals
from django.db.models.functions import Cast

from tenglong.domain.kernel.jsontext import canonical, read
from tenglong.store.models.held import rows_changed
from tenglong.store.models.imports import Import, ImportRow
from tenglong.store.models.proofs import Standing
from tenglong.store.models.sealed import seal_of
from tenglong.store.registry import REGISTRY, Proof

AT_ONCE = 1_000
HELD = {model: kept for model, kept in REGISTRY.items() if kept.proof is Proof.HELD}
PARTS = {model: kept for model, kept in REGISTRY.items() if kept.proof is Proof.PART}


def connect() -> None:
    """Listen to what the program saves."""
    for model in HELD:
        signals.post_save.connect(_saved, sender=model)
        signals.post_delete.connect(_deleted, sender=model)
        rows_changed.connect(_changed, sender=model)


def stand(model: type[Model], ids: Iterable[int], *, made: bool = False) -> None:
    """Keep what rows say from now on, where it is not what they said; rows that were `made` just now said nothing."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        _stand(model, part, {} if made else standing(model, part))


def standing(model: type[Model], ids: Iterable[int] | None = None) -> dict[int, str]:
    """The digest that was kept last of each row, or of all."""
    kept = Standing.objects.filter(table=model._meta.db_table).order_by("row", "id")
    if ids is not None:
        kept = kept.filter(row__in=list(ids))
    return dict(kept.values_list("row", "digest").iterator(chunk_size=5000))


def said_now(model: type[Model], rows: Iterable[Model]) -> Iterator[tuple[int, str]]:
    """The digest of what each row says."""
    for row in rows:
        yield row.pk, seal_of(row, HELD[model].passing)


def said_by_parts(model: type[Model], parent: int) -> str:
    """One digest over the rows of a parent."""
    kept = PARTS[model]
    rows = model._base_manager.filter(**{kept.parent[1]: parent})
    if kept.lines:
        return digest_of_lines(rows, kept.lines)
    found = hashlib.sha256()
    for row in rows.order_by("pk").iterator(chunk_size=2000):
        found.update(seal_of(row).encode())
    return found.hexdigest()


def digest_of_lines(rows: QuerySet[Any], names: Sequence[str]) -> str:
    """One digest over columns of rows, for a hundred thousand at once: a seal for each would take three times as long.
    JSON is read as text and written anew, because each database keeps it in its own way."""
    fields = {field.attname: field for field in rows.model._meta.concrete_fields}
    texts = [isinstance(fields[name], JSONField) for name in names]
    columns = [Cast(name, TextField()) if text else name for name, text in zip(names, texts, strict=True)]
    found = hashlib.sha256()
    for row in rows.order_by("pk").values_list("pk", *columns).iterator(chunk_size=AT_ONCE):
        said = [read(value) if text else value for value, text in zip(row, (False, *texts), strict=True)]
        found.update(canonical(said).encode() + b"\n")
    return found.hexdigest()


def settle(model: type[Model], parent: int) -> None:
    """The rows of a parent, of which somebody decided just now, stay as they are: keep their digest."""
    table, digest = model._meta.db_table, said_by_parts(model, parent)
    Standing.objects.create(table=table, row=parent, digest=digest)


def stand_from_the_start() -> bool:
    """After the upgrade that began to keep digests: those of all rows as they are. Only while none is kept, so that a
    row slipped in later is not taken for one of then; gives whether there was anything to keep."""
    if Standing.objects.exists():
        return False
    with transaction.atomic():
        for model in HELD:
            stand(model, list(model._base_manager.values_list("pk", flat=True)))
        decided = Import.objects.filter(decided_at__isnull=False, rows__isnull=False)
        for batch in decided.distinct().order_by("pk").values_list("pk", flat=True):
            settle(ImportRow, batch)
    return Standing.objects.exists()


def _stand(model: type[Model], ids: list[int], before: dict[int, str]) -> None:
    table, rows = model._meta.db_table, model._base_manager.filter(pk__in=ids)
    now = dict.fromkeys(ids, "") | dict(said_now(model, rows))
    new = [Standing(table=table, row=id, digest=now[id]) for id in ids if before.get(id, "") != now[id]]
    computed = [row.pk for row in rows if getattr(row, "state", "computing") != "computing"]
    Standing.objects.bulk_create([*new, *_parts(model, computed)])


def _parts(parent: type[Model], ids: list[int]) -> Iterator[Standing]:
    """The digests of rows that stay from now on, for those of `ids` of which none was kept."""
    for model, kept in PARTS.items():
        if kept.parent[0] == parent._meta.db_table and not kept.lines:
            there = standing(model, ids)
            for id in ids:
                if id not in there:
                    yield Standing(table=model._meta.db_table, row=id, digest=said_by_parts(model, id))


def _saved(
    sender: type[Model], instance: Model, update_fields: frozenset[str] | None = None, **said: Any
) -> None:
    if not update_fields or not update_fields <= set(HELD[sender].passing):
        stand(sender, [instance.pk])


def _deleted(sender: type[Model], instance: Model, **said: Any) -> None:
    stand(sender, [instance.pk])


def _changed(sender: type[Model], ids: list[int], made: bool, **said: Any) -> None:
    stand(sender, ids, made=made)
