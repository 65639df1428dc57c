"""The ledger. The database itself refuses UPDATE and DELETE on entries (migration 0002)."""

from django.db import models


class Entry(models.Model):
    """A recorded fact; see domain.ledger.entries.Entry. No foreign keys: history outlives what it speaks of.

    `slot`, `is_on` and `subject` repeat what the vocabulary said of the kind when the entry was made, so that
    the fold is one pass over one covering index. `subject` is the case id, or a parcel id below zero.
    """

    id = models.BigIntegerField(primary_key=True)
    roster_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    slot = models.CharField(max_length=24)
    is_on = models.BooleanField()
    subject = models.BigIntegerField()
    parcel_id = models.BigIntegerField(null=True)
    effective_day = models.IntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)
    quantity = models.BigIntegerField(null=True)
    corrects = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(
                fields=[
                    "roster_id",
                    "slot",
                    "subject",
                    "effective_day",
                    "id",
                    "is_on",
                    "quantity",
                    "case_id",
                ],
                name="entry_fold",
            ),
            models.Index(fields=["case_id", "id"], name="entry_of_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["corrects"], condition=models.Q(corrects__isnull=False), name="entry_corrected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class LedgerHead(models.Model):
    """One row: the last entry id given out and its instant; locking it makes writers take turns."""

    last_id = models.BigIntegerField(default=0)
    last_recorded_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.last_id)


class RosterHead(models.Model):
    """The end of a roster's chain: without it, entries cut off at the end would not show."""

    roster_id = models.BigIntegerField(primary_key=True)
    last_id = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)
    last_day = models.DateField()
    entries = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.roster_id} {self.last_id}"


class Evidence(models.Model):
    """A file that proves an entry; its content lies in the file store under its SHA-256."""

    entry_id = models.BigIntegerField(db_index=True)
    case_id = models.BigIntegerField(db_index=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name
