"""Rosters: each is a calibre of its own, with its window, versions, targets and reference series."""

from django.db import models


class Roster(models.Model):
    """A list and what it means. Figures of two rosters are never added."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    issuer = models.CharField(max_length=120)
    definition = models.TextField()
    definition_en = models.TextField(blank=True)
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    deadline = models.DateField()
    done_figure = models.CharField(max_length=40)
    energy_basis = models.CharField(max_length=20, blank=True)
    reference_title = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class RosterVersion(models.Model):
    """The members of a roster, frozen: case ids in order, with a digest over them."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    as_of = models.DateField()
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=150)
    last_entry_id = models.BigIntegerField()
    case_ids = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="roster_version_once")]

    def __str__(self) -> str:
        return f"{self.roster_id} v{self.number}"


class Target(models.Model):
    """What a unit has to reach in a window; `quantity` in millionths of the figure's unit."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="targets")
    code = models.CharField(max_length=12)
    figure = models.CharField(max_length=40)
    quantity = models.BigIntegerField()
    start = models.DateField()
    deadline = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["roster", "figure", "code"], name="target_of_unit")]

    def __str__(self) -> str:
        return f"{self.code} {self.figure}"


class ReferencePoint(models.Model):
    """A value of the series a roster is compared with (the province's average), in millionths of a percent."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="reference_points")
    day = models.DateField()
    figure = models.CharField(max_length=40)
    quantity = models.BigIntegerField()
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["roster", "figure", "day"], name="reference_by_day")]

    def __str__(self) -> str:
        return f"{self.figure} {self.day}"
