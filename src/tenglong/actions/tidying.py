"""Throwing away what nobody needs any more; nothing of the campaign is touched."""

from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches


def tidy_up() -> None:
    """Clear expired sessions, and all kept answers: who asks again waits some seconds once (queries.remembered)."""
    SessionStore.clear_expired()
    caches["lasting"].clear()
