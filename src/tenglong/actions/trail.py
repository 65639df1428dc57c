"""What was done outside the ledger, said once and kept for ever."""

from datetime import datetime
from typing import Any

from tenglong.store.models import TrailEvent


def leave(*, by: str, at: datetime, deed: str, about: str, **details: Any) -> None:
    """Record that `by` did `deed` to `about` ("roster:3"); call it inside the transaction of the deed."""
    TrailEvent.objects.create(at=at, by=by, deed=deed, about=about, details=details)
