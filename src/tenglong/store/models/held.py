"""Rows that may change and whose every state is kept as a digest: what changes them in bulk says which (ADR 0021)."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import UserManager
from django.db import models, transaction
from django.dispatch import Signal

rows_changed = Signal()
"""Sent with the model and the `ids` of rows that were changed or `made` many at a time."""


class HeldRows(models.QuerySet[Any]):
    """What is changed many at a time is told like what is saved one by one."""

    def update(self, **values: Any) -> int:
        """Change rows."""
        with transaction.atomic():
            ids = list(self.order_by().values_list("pk", flat=True))
            count = super().update(**values)
            rows_changed.send(self.model, ids=ids, made=False)
        return count

    def bulk_create(self, objs: Iterable[Any], *arguments: Any, **options: Any) -> list[Any]:
        """Make rows."""
        with transaction.atomic():
            made = super().bulk_create(objs, *arguments, **options)
            rows_changed.send(self.model, ids=[row.pk for row in made], made=True)
        return made


class People(UserManager.from_queryset(HeldRows)):  # type: ignore[misc]
    """The accounts of a site."""

    use_in_migrations = False
