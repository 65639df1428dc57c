"""Parcels and who holds them. Land belongs to parcels; tenants add none."""

from django.db import models


class Parcel(models.Model):
    """A plot of land; `area_micro` in millionths of a mu."""

    number = models.CharField(max_length=60, unique=True)
    area_micro = models.BigIntegerField(null=True, blank=True)
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    title_number = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.number


class Holding(models.Model):
    """A firm on a parcel: as owner or as tenant of `landlord`; `floor_area_micro` in millionths of a m²."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="holdings")
    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="holdings")
    relation = models.CharField(max_length=10)
    landlord = models.ForeignKey(
        "store.Firm", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    floor_area_micro = models.BigIntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "firm", "relation", "since"], name="holding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.relation} {self.parcel_id}"
