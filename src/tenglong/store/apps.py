"""Registration of the store with Django."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """All tables live in this one app, with one linear history of migrations."""

    name = "tenglong.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
