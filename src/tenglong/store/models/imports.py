"""Uploads: staged row by row, then accepted as one transaction or withdrawn."""

from django.db import models


class Import(models.Model):
    """One uploaded file. The counts always satisfy read = inserted + updated + unchanged + rejected."""

    class State(models.TextChoices):
        """Where an upload stands; failed and withdrawn changed nothing."""

        QUEUED = "queued"
        STAGING = "staging"
        STAGED = "staged"
        ACCEPTING = "accepting"
        ACCEPTED = "accepted"
        WITHDRAWN = "withdrawn"
        FAILED = "failed"

    kind = models.CharField(max_length=20)
    roster = models.ForeignKey(
        "store.Roster", null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    code = models.CharField(max_length=12)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    business_day = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
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

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}"
