"""What was observed of a firm in a year. A corrected value is a new row; the latest row counts."""

from django.db import models

from tenglong.domain.kernel.periods import FIRST_YEAR, LAST_YEAR
from tenglong.store.models.sealed import Sealed


class Observation(Sealed):
    """`quantity` in millionths of `unit`; `basis` is 当量/等价 for energy, 核定/实测/… for discharges.

    `batch` is the import that brought it: once that is withdrawn it no longer counts
    (queries/registry/book.py).
    """

    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="observations")
    year = models.PositiveSmallIntegerField()
    indicator = models.CharField(max_length=30)
    quantity = models.BigIntegerField()
    unit = models.CharField(max_length=20)
    basis = models.CharField(max_length=20, blank=True)
    batch = models.ForeignKey(
        "store.Import", null=True, blank=True, on_delete=models.PROTECT, related_name="observations"
    )
    source = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["firm", "indicator", "year", "basis"], name="observation_of_firm")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="observation_year_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}"
