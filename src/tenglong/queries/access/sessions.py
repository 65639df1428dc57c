"""Where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime

from tenglong.domain.access.browsers import Named, described
from tenglong.store.models import Session
from tenglong.store.sessions import idle_limit


@dataclass(frozen=True)
class Sitting:
    """A session as its owner and their managers see it; `id` names it and opens nothing. `here`: the one that asks."""

    id: str
    begun_at: datetime
    last_used_at: datetime
    address: str
    browser: tuple[Named, ...]
    means: str
    here: bool


def sessions_of(user_id: int, now: datetime, here: str = "") -> list[Sitting]:
    """The sessions of a user that still work, the one last used first; `here` is the id of the asker's own."""
    rows = Session.objects.filter(user_id=user_id, ends_at__gt=now, last_used_at__gt=now - idle_limit())
    return [
        Sitting(
            row.digest,
            row.begun_at,
            row.last_used_at,
            row.address,
            described(row.agent),
            row.means,
            row.digest == here,
        )
        for row in rows.order_by("-last_used_at", "digest")
    ]
