"""The register book. The database itself refuses UPDATE and DELETE on its entries."""

from datetime import date

from django.db import models

from tenglong.domain.kernel.periods import day_number


class RegisterEntry(models.Model):
    """What was said of a firm, a further name, a parcel or a holding; see domain.registry.book.

    Its end and its instants stand in RosterHead and Recording under the book's number. No foreign keys: history
    outlives what it speaks of. `import_id` is the import that brought the entry.
    """

    id = models.BigIntegerField(primary_key=True)
    subject_type = models.CharField(max_length=12)
    subject = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    effective_day = models.IntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)
    corrects = models.BigIntegerField(null=True)
    import_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "register entries"
        indexes = [
            models.Index(fields=["subject_type", "subject", "id"], name="register_subject"),
            models.Index(
                fields=["subject_type", "effective_day"],
                condition=models.Q(effective_day__gt=day_number(date.min)),
                name="register_day",
            ),
            models.Index(
                fields=["import_id", "id"],
                condition=models.Q(import_id__isnull=False),
                name="register_of_import",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["corrects"],
                condition=models.Q(corrects__isnull=False),
                name="register_corrected_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"
