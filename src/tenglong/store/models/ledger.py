"""The ledger. The database itself refuses UPDATE and DELETE on entries and recordings."""

from django.db import models


class Entry(models.Model):
    """A recorded fact; see domain.ledger.entries.Entry. No foreign keys: history outlives what it speaks of.

    `slot`, `is_on`, `subject_type` and `subject` repeat what the vocabulary said of the kind when the entry was made,
    so that the fold is one pass over one covering index; from `hash_version` 2 on the hash covers them. `root` is,
    for a correction, the entry at the end of its chain: an odd number of known corrections takes it back.
    `import_id` is the import that brought the entry.
    """

    id = models.BigIntegerField(primary_key=True)
    roster_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    slot = models.CharField(max_length=24)
    is_on = models.BooleanField()
    subject_type = models.CharField(max_length=12, default="case")
    subject = models.BigIntegerField()
    parcel_id = models.BigIntegerField(null=True)
    effective_day = models.IntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)
    quantity = models.BigIntegerField(null=True)
    corrects = models.BigIntegerField(null=True)
    root = models.BigIntegerField(null=True)
    import_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    hash_version = models.PositiveSmallIntegerField(default=1)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(
                fields=[
                    "roster_id",
                    "slot",
                    "subject_type",
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
            models.Index(
                fields=["root", "id"], condition=models.Q(root__isnull=False), name="entry_corrections"
            ),
            models.Index(
                fields=["import_id", "id"],
                condition=models.Q(import_id__isnull=False),
                name="entry_of_import",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["corrects"], condition=models.Q(corrects__isnull=False), name="entry_corrected_once"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gte=0), name="entry_quantity"
            ),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True, root__isnull=True)
                | models.Q(corrects__isnull=False, root__isnull=False),
                name="entry_root",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class Recording(models.Model):
    """Up to which entry a roster's ledger went at an instant: what "known at" means, one row for each sitting.

    `written_at`: the instant that its entries bear, where they were written before anybody could see them. `behind`:
    the entry behind which they are chained, where others were recorded in between (a joint, domain.ledger.entries).
    """

    roster_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    last_id = models.BigIntegerField()
    written_at = models.DateTimeField(null=True)
    behind = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["roster_id", "recorded_at", "last_id"], name="recording_known")]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.recorded_at} {self.last_id}"


class RosterHead(models.Model):
    """The end of a roster's chain: without it, entries cut off at the end would not show. Locking it makes the
    writers of one roster take turns. Not `folded`: a migration left what is derived to be made anew. From `spare_next`
    to `spare_end` are numbers for who records while an acceptance goes on; those below `last_id` are lost."""

    roster_id = models.BigIntegerField(primary_key=True)
    last_id = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)
    last_day = models.DateField()
    last_recorded_at = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0)
    folded = models.BooleanField(default=True)
    spare_next = models.BigIntegerField(default=0, db_default=0)
    spare_end = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.roster_id} {self.last_id}"


class Evidence(models.Model):
    """A file that proves an entry, as the entries say (`tenglong ledger refold` makes this table anew); its content
    lies in the file store under its SHA-256."""

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
