"""What proves the rest: digests of rows that may change, and signed checkpoints over all that only grows (ADR 0021)."""

from django.db import models

from tenglong.domain.ledger.checker import short_form
from tenglong.store.models.sealed import Sealed


class Standing(Sealed):
    """What a row that may change said from here on, as a digest; "" once it was taken away.

    For results and lines of something computed, `row` is the number of that, and the digest is over all of them.
    """

    table = models.CharField(max_length=40)
    row = models.BigIntegerField()
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["table", "row", "id"], name="standing_of_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


class Checkpoint(models.Model):
    """A signed statement of how far every book went: domain.ledger.checkpoints.Head and Line as JSON.

    `head` is what is signed; it holds the digest of the head before, so that checkpoints are a chain of their own.
    `peaks` are the peaks of each line's tree, to go on from.
    """

    number = models.PositiveIntegerField(unique=True)
    taken_at = models.DateTimeField()
    head = models.JSONField()
    lines = models.JSONField()
    peaks = models.JSONField()
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="checkpoint_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.short_form}"

    @property
    def short_form(self) -> str:
        """What names it, as bulletins print it."""
        return short_form(self.digest)


class Cosignature(Sealed):
    """The signature of a witness under the head of a checkpoint."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=120)
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "key"], name="cosigned_once")]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} {self.witness}"
