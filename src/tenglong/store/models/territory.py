"""Places: GB/T 2260 codes and private ones, valid in time."""

from django.db import models
from django.db.models import F, Q

from tenglong.domain.registry.territory import Level
from tenglong.store.models.held import HeldRows


class Place(models.Model):
    """A place with one name and one parent from `valid_from` up to, not including, `valid_to`.

    A rename or a merger ends this row and begins another; `successor` says where its figures count afterwards.
    """

    code = models.CharField(max_length=12, db_index=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=12)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = HeldRows.as_manager()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="place_once_per_day"),
            models.CheckConstraint(
                condition=Q(level__in=[level.value for level in Level]), name="place_level_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="place_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
