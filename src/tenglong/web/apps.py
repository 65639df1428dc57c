"""Registration of the pages with Django."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class WebConfig(AppConfig):
    """Pages have templates, static files and message catalogues, and no tables."""

    name = "tenglong.web"
    label = "web"

    def ready(self) -> None:
        """What migrations threw away because it is derived is made anew when they are through."""
        post_migrate.connect(_refold, sender=apps.get_app_config("store"))


def _refold(**_: Any) -> None:
    from tenglong.actions.ledger.projection import (
        refold_what_migrations_left,  # models are loaded only by now
    )

    refold_what_migrations_left()
