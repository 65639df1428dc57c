"""Which observations count: the one place that asks the table, so that no reader forgets what was withdrawn."""

from datetime import datetime

from django.db.models import QuerySet

from tenglong.store.models import ImportWithdrawal, Observation


def observations(known_at: datetime | None = None) -> QuerySet[Observation]:
    """The observations that count as known at `known_at` (None: now), in no order; of equal ones the latest id counts.

    What a withdrawn import brought counts up to its withdrawal, and for questions about then for ever.
    """
    found, withdrawn = Observation.objects.all(), ImportWithdrawal.objects.all()
    if known_at is not None:
        found, withdrawn = found.filter(recorded_at__lte=known_at), withdrawn.filter(at__lte=known_at)
    return found.exclude(batch__in=withdrawn.values("batch"))
