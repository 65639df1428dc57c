"""Issued bulletins: the snapshot, the document and its digest, for ever."""

from django.db import models

from tenglong.store.models.sealed import Sealed


class Bulletin(Sealed):
    """A bulletin frozen from a snapshot; `content` is domain.reporting.bulletins.content.BulletinContent as JSON."""

    roster = models.ForeignKey("store.Roster", on_delete=models.PROTECT, related_name="bulletins")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    known_at = models.DateTimeField()
    last_entry_id = models.BigIntegerField()
    content = models.JSONField()
    document = models.BinaryField()
    digest = models.CharField(max_length=64)
    software = models.CharField(max_length=20)
    rules_digest = models.CharField(max_length=64)
    issued_by = models.CharField(max_length=150)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-as_of", "-number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="bulletin_number_from_one"),
            models.UniqueConstraint(
                fields=["roster", "place", "year", "number"], name="bulletin_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"
