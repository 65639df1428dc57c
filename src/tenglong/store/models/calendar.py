"""Notices of holidays that the city enters itself, over those that the program knows."""

from django.db import models

from tenglong.store.models.sealed import Sealed


class HolidayNotice(Sealed):
    """What the notice for a year says, whole; appended only: from its recording on a later one counts for the year.

    `off` and `worked` are days and spans as domain.kernel.calendar writes them.
    """

    year = models.PositiveSmallIntegerField()
    off = models.TextField()
    worked = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.year} {self.source}"
