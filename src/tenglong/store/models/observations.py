"""What was observed of a firm in a year. A corrected value is a new row; the latest row counts."""

from django.db import models


class Observation(models.Model):
    """`quantity` in millionths of `unit`; `basis` is 当量/等价 for energy, 核定/实测/… for discharges."""

    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="observations")
    year = models.PositiveSmallIntegerField()
    indicator = models.CharField(max_length=30)
    quantity = models.BigIntegerField()
    unit = models.CharField(max_length=20)
    basis = models.CharField(max_length=20, blank=True)
    source = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["firm", "indicator", "year", "basis"], name="observation_of_firm")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}"
