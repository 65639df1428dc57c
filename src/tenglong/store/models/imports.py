"""Uploads: staged row by row, then accepted as one transaction or withdrawn."""

from django.db import models
from django.db.models import F, Q

from tenglong.domain.intake.rows import Verdict
from tenglong.store.models.held import HeldRows
from tenglong.store.models.sealed import Sealed


class _State(models.TextChoices):
    """Where an upload stands; failed and withdrawn changed nothing."""

    QUEUED = "queued"
    STAGING = "staging"
    STAGED = "staged"
    ACCEPTING = "accepting"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class Import(models.Model):
    """One uploaded file. The counts always satisfy read = inserted + updated + unchanged + rejected.

    `known_at`: from when on what an accepted file brought is known; null where an older version accepted it.
    """

    State = _State

    kind = models.CharField(max_length=20)
    roster = models.ForeignKey(
        "store.Roster", null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    code = models.CharField(max_length=12)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    business_day = models.DateField()
    state = models.CharField(max_length=12, choices=_State.choices, default=_State.QUEUED)
    sheet = models.CharField(max_length=120, blank=True)
    header_row = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    inserted = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    summary = models.JSONField(default=dict)
    problem = models.JSONField(null=True)
    returned_digest = models.CharField(max_length=64, blank=True)
    uploaded_by = models.CharField(max_length=150)
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField(null=True)

    objects = HeldRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=_State.values), name="import_state_known"),
            models.CheckConstraint(
                condition=Q(read=F("inserted") + F("updated") + F("unchanged") + F("rejected")),
                name="import_account_closes",
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="import_size_not_negative"),
        ]

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """One data row of the file: its verdict, why, and what accepting it will do."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=120)
    row = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10)
    name = models.CharField(max_length=200, blank=True)
    firm_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    values = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    messages = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["batch", "verdict", "row"], name="import_row_verdict")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=[verdict.value for verdict in Verdict]),
                name="import_row_verdict_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}"


class ImportWithdrawal(Sealed):
    """An import was taken back: what it brought counts no longer for what is known from `at` on.

    What was known before stays known before; a row that it brought is never deleted.
    """

    batch = models.OneToOneField(Import, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.at}"
