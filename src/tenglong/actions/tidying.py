"""Throwing away what nobody needs any more; nothing of the campaign is touched."""

from datetime import datetime

from django.core.cache import caches

from tenglong.actions import deeds
from tenglong.store.sessions import SessionStore


def tidy_up(at: datetime) -> None:
    """Clear expired sessions, writes of more than a day ago, and all kept answers: who asks again waits some seconds
    once (queries.remembered)."""
    SessionStore.clear_expired()
    deeds.clear(at)
    caches["lasting"].clear()
