"""Upgrade certificates. What is said of one again is a new row; the latest row known counts."""

from django.db import models
from django.db.models import F, Q

from tenglong.store.models.sealed import Sealed


class Certificate(Sealed):
    """What was said of one interval of a certificate; see domain.uplift.certificates.Certificate.

    Told apart by kind, `key` and `granted`; `restates` what an earlier row said of the same. A `void` row takes it
    back, for a `reason`. `batch` is the import that brought it: once that is withdrawn it no longer counts.
    """

    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=80)
    granted = models.DateField()
    until = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True)
    restates = models.BooleanField(default=False)
    void = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(
        "store.Import", null=True, blank=True, on_delete=models.PROTECT, related_name="certificates"
    )
    source = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["firm", "kind"], name="certificate_of_firm"),
            models.Index(fields=["kind", "key", "granted"], name="certificate_interval"),
            models.Index(
                fields=["kind", "key", "granted", "id"],
                condition=Q(restates=True),
                name="certificate_restated",
            ),
            models.Index(fields=["until"], name="certificate_until"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("granted")), name="certificate_until_later"
            ),
            models.CheckConstraint(
                condition=Q(ended__isnull=True) | Q(ended__gte=F("granted")), name="certificate_ended_later"
            ),
            models.CheckConstraint(condition=Q(void=False) | ~Q(reason=""), name="certificate_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
