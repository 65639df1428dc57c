"""Parcels and who holds them. Land belongs to parcels; tenants add none."""

from django.db import models
from django.db.models import F, Q


class Parcel(models.Model):
    """A plot of land as the register book says now; `area_micro` in millionths of a mu, without the parts that some
    of its owners hold for themselves (`Holding.part_micro`)."""

    number = models.CharField(max_length=60, unique=True)
    area_micro = models.BigIntegerField(null=True, blank=True)
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    title_number = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(area_micro__isnull=True) | Q(area_micro__gte=0), name="parcel_area_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Holding(models.Model):
    """A firm on a parcel: as owner or as tenant of `landlord`; `floor_area_micro` in millionths of a m².

    `part_micro`, in millionths of a mu: what an owner holds for itself beside the others' land of the parcel.
    """

    class Relation(models.TextChoices):
        """As what a firm is on a parcel."""

        OWNER = "owner"
        TENANT = "tenant"

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="holdings")
    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="holdings")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    landlord = models.ForeignKey(
        "store.Firm", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    floor_area_micro = models.BigIntegerField(null=True, blank=True)
    part_micro = models.BigIntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "firm", "relation", "since"], name="holding_once"),
            models.CheckConstraint(
                condition=Q(relation__in=("owner", "tenant")), name="holding_relation_known"
            ),
            models.CheckConstraint(
                condition=Q(floor_area_micro__isnull=True) | Q(floor_area_micro__gte=0),
                name="holding_floor_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(part_micro__isnull=True) | Q(part_micro__gte=0), name="holding_part_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="holding_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.relation} {self.parcel_id}"
