"""Registration of the pages with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages have templates, static files and message catalogues, and no tables."""

    name = "tenglong.web"
    label = "web"
