"""Where a kept file lies: under its SHA-256, so that the same content is kept once and cannot change."""

from pathlib import Path

from django.conf import settings


def path_of(digest: str) -> Path:
    """The path of the file whose content has this digest."""
    return Path(settings.FILE_STORE) / digest[:2] / digest
