"""Loads Django for the commands that use the database."""

import os

import django


def set_up() -> None:
    """Load the settings and apps; a second time does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.config.settings")
    django.setup()
