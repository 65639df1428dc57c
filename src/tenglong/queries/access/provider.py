"""Who is bound to the provider of single sign-on."""

from dataclasses import dataclass
from datetime import datetime

from tenglong.store.models import ProviderAccount


@dataclass(frozen=True)
class Bound:
    """A binding as its owner and their managers see it; `subject` is "" until the first sign-in."""

    subject: str
    claimed: str
    bound_at: datetime
    bound_by: str


def bound_to(user_id: int, issuer: str) -> Bound | None:
    """How somebody is bound to an issuer."""
    row = ProviderAccount.objects.filter(user_id=user_id, issuer=issuer).first() if issuer else None
    return Bound(row.subject, row.claimed, row.bound_at, row.bound_by) if row else None


def comes_by_provider(user_id: int, issuer: str) -> bool:
    """Whether somebody has an account at the issuer that is known to be theirs."""
    bound = bound_to(user_id, issuer)
    return bound is not None and bool(bound.subject)
