"""Firms and workshops, their names in time, and merges that can be taken back."""

from django.db import models
from django.db.models import F, Q

from tenglong.store.models.held import HeldRows


class Firm(models.Model):
    """A firm, a sole trader or a workshop. Without a credit code it carries a temporary id.

    What is said of it is what the register book says now. `doubtful_code` is one that a table gave and that fails its
    check, beside the known one. `absorbed_by` is the firm that this record turned out to be; undoing a merge clears it.
    """

    name = models.CharField(max_length=200)
    core_name = models.CharField(max_length=200, db_index=True)
    code = models.CharField(max_length=30, blank=True, db_index=True)
    code_status = models.CharField(max_length=30)
    doubtful_code = models.CharField(max_length=30, blank=True)
    temporary_id = models.CharField(max_length=40, null=True, blank=True, unique=True)
    party_type = models.CharField(max_length=12, blank=True)
    size = models.CharField(max_length=12, blank=True)
    industry = models.CharField(max_length=8, blank=True)
    industry_edition = models.CharField(max_length=20, blank=True)
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    synthetic = models.BooleanField(default=False)
    absorbed_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed"
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "name"], name="firm_place_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(absorbed_by__isnull=True) | ~Q(absorbed_by=F("id")), name="firm_not_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FirmName(models.Model):
    """A name a firm has or had; `until` is the first day on which it no longer has it."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    core_name = models.CharField(max_length=200, db_index=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    source = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "name"], name="firm_name_once"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="firm_name_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FirmMerge(models.Model):
    """Two records were found to be one firm. Undoing keeps the row and says who and when."""

    kept = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="merges")
    decided_by = models.CharField(max_length=150)
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    voidable_entries = models.JSONField(default=list)
    undone_by = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = HeldRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="firm_merge_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("decided_at")),
                name="firm_merge_undone_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"
