"""Who did what outside the ledger: people, targets, imports, merges, bulletins."""

from django.db import models

from tenglong.store.models.sealed import Sealed


class TrailEvent(Sealed):
    """One deed, appended only. No foreign keys, so that it outlives what it speaks of."""

    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    deed = models.CharField(max_length=40)
    about = models.CharField(max_length=80)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["about", "id"], name="trail_about")]

    def __str__(self) -> str:
        return f"{self.deed} {self.about}"
