"""Rosters: each is a calibre of its own, with its window, versions, targets and reference series.

What a roster says, its targets and its reference values have two times: the window or day they are about, and the
moment since when they are known. They are only ever added (ADR 0013); the latest one known counts.
"""

from django.db import models
from django.db.models import F, Q

from tenglong.store.models.held import HeldRows
from tenglong.store.models.sealed import Sealed

TERMS = (
    "title", "title_en", "issuer", "definition", "definition_en", "start", "deadline", "done_figure", "energy_basis",
    "reference_title",
)  # fmt: skip
"""What a roster says of itself: columns of Roster (as it says now) and of RosterTerms (as it said since when)."""


class Terms(models.Model):
    """What a roster says of itself."""

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    issuer = models.CharField(max_length=120)
    definition = models.TextField()
    definition_en = models.TextField(blank=True)
    start = models.DateField()
    deadline = models.DateField()
    done_figure = models.CharField(max_length=40)
    energy_basis = models.CharField(max_length=20, blank=True)
    reference_title = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True


class Roster(Terms):
    """A list and what it means now. Figures of two rosters are never added.

    `amended_at` is since when it says so, where it once said something else; what it said before is in RosterTerms.
    """

    code = models.SlugField(max_length=40, unique=True)
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    amended_at = models.DateTimeField(null=True, blank=True)

    objects = HeldRows.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(deadline__gte=F("start")), name="roster_window"),
            models.CheckConstraint(
                condition=Q(amended_at__isnull=True) | Q(amended_at__gte=F("created_at")),
                name="roster_amended_later",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RosterTerms(Sealed, Terms):
    """What a roster said since `recorded_at`; the first row is what it said when it was founded, without a reason."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="terms")
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(deadline__gte=F("start")), name="roster_terms_window"),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.title}"


class RosterVersion(Sealed):
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
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="roster_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="roster_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} v{self.number}"


class Target(Sealed):
    """What a unit has to reach in a window; `quantity` in millionths of the figure's unit.

    A changed target is a new row, whose `reason` may say why; the latest one known counts.
    """

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="targets")
    code = models.CharField(max_length=12)
    figure = models.CharField(max_length=40)
    quantity = models.BigIntegerField()
    start = models.DateField()
    deadline = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["roster", "figure", "code"], name="target_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0) & Q(deadline__gte=F("start")), name="target_ranges"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.figure}"


class ReferencePoint(Sealed):
    """A value of the series a roster is compared with (the province's average), in millionths of a percent.

    A corrected value of the same day is a new row with the reason; the latest one known counts.
    """

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="reference_points")
    day = models.DateField()
    figure = models.CharField(max_length=40)
    quantity = models.BigIntegerField()
    source = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["roster", "figure", "day"], name="reference_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="reference_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.day}"
