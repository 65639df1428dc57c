"""Django's sessions in a table of ours: known by user, ended one by one, and by themselves where nobody acts.

The data of a session carry what its row shows (`Session`): `begun_at`, `address`, `agent`, `means`. The server's clock
alone decides: a session ends `IDLE_MINUTES` after its last use and, used or not, `SESSION_COOKIE_AGE` after its begin.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from tenglong.store.models import Session

NOTED_EVERY = timedelta(minutes=1)
IDLE, ENDED = "idle", "ended"


class SessionStore(DatabaseStore):
    """`lapsed`, once it was looked up: why the session that the browser named is none any more, "" where it is."""

    def __init__(self, session_key: str | None = None):
        super().__init__(session_key)
        self.lapsed = ""
        self._used_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]  # known by digest, not by key
        """The table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()
        row = Session.objects.filter(pk=session_digest(self.session_key or ""), ends_at__gt=now).first()
        if row is not None and now - row.last_used_at < idle_limit():
            self._used_at = row.last_used_at
            return row
        self.lapsed = IDLE if row else ENDED
        self._session_key = None
        return None

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing once it ended."""
        row = self._get_session_from_db()
        return self.decode(row.data) if row else {}

    def exists(self, session_key: str) -> bool:
        """Whether a key is taken."""
        return Session.objects.filter(pk=session_digest(session_key)).exists()

    def still_stands(self) -> bool:
        """Whether nobody has ended it since it was looked up."""
        return self.exists(self.session_key or "")

    def create(self) -> None:
        """A row of its own, which is in use from now on."""
        self._used_at = None
        super().create()

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]
        """The row of the session as it is now. To change what it holds is no use of it: a page may do so by itself."""
        now = timezone.now()
        begun_at = datetime.fromisoformat(data.setdefault("begun_at", now.isoformat()))
        return Session(
            digest=session_digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            data=self.encode(data),
            user_id=data.get(SESSION_KEY),
            begun_at=begun_at,
            last_used_at=F("last_used_at") if self._used_at else now,
            ends_at=begun_at + timedelta(seconds=settings.SESSION_COOKIE_AGE),
            address=data.get("address", ""),
            agent=data.get("agent", ""),
            means=data.get("means", ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        """End it."""
        Session.objects.filter(pk=session_digest(session_key or self.session_key or "")).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Forget those that nobody can use any more."""
        now = timezone.now()
        Session.objects.filter(ends_at__lte=now).delete()
        Session.objects.filter(last_used_at__lte=now - idle_limit()).delete()

    @property
    def digest(self) -> str:
        """How this session is called in lists; not what the browser holds."""
        return session_digest(self.session_key or "")

    def note_use(self, now: datetime) -> None:
        """Remember that somebody acted, at most once a minute, and not where that would have to wait for a writer."""
        if self._used_at is None or now - self._used_at < NOTED_EVERY:
            return
        try:
            with _without_waiting():
                Session.objects.filter(pk=self.digest).update(last_used_at=now)
        except OperationalError:
            return


def session_digest(key: str) -> str:
    """What is kept of the key of a session."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def idle_limit() -> timedelta:
    """How long a session stays without anybody acting."""
    return timedelta(minutes=settings.IDLE_MINUTES)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """On SQLite one writes at a time: inside, a writer that meets another gives up at once."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = int(cursor.fetchall()[0][0])
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
