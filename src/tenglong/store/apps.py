"""Registration of the store with Django."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class StoreConfig(AppConfig):
    """All tables live in this one app, with one linear history of migrations."""

    name = "tenglong.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guards are put up after every migration; every state of rows that may change is kept."""
        from tenglong.store import many, standing

        post_migrate.connect(_guard, sender=self)
        standing.connect()
        many.connect()


def _guard(*, using: str, plan: list[tuple[Any, bool]] | None = None, **said: Any) -> None:
    """Nothing is guarded after going back: the tables are then not those of today's models."""
    from tenglong.store.guards import put_up
    from tenglong.store.standing import stand_from_the_start

    if not any(backwards for _, backwards in plan or ()):
        put_up(connections[using])
        stand_from_the_start()
