"""Places: GB/T 2260 codes and private ones, valid in time."""

from django.db import models
from django.db.models import F, Q

from tenglong.domain.registry.changes import Kind
from tenglong.domain.registry.territory import Level
from tenglong.store.models.held import HeldRows
from tenglong.store.models.sealed import Sealed


class Place(models.Model):
    """A place with one name and one parent from `valid_from` up to, not including, `valid_to`.

    A rename or a merger ends this row and begins another; `successor` says where its figures count afterwards, `origin`
    from which one it was split. Only steps change rows (PlaceStep).
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
    origin = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    aliases = models.JSONField(default=list, blank=True)

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


class PlaceStep(Sealed):
    """One thing that happened to a place: from which `day` on, and since when it is known.

    `before` and `after` hold the rows of Place that it touched, by id, as they were and as they are from then on;
    undoing the steps from the last back gives the places as they were known at any moment. `said` is what was typed.
    """

    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=12)
    day = models.DateField()
    said = models.JSONField(default=dict, blank=True)
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=300)
    takes_back = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_back")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="place_step_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.TAKE_BACK.value, takes_back__isnull=False)
                | (~Q(kind=Kind.TAKE_BACK.value) & Q(takes_back__isnull=True)),
                name="place_step_takes_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.day}"
