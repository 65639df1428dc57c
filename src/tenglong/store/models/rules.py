"""Rule files of a city's own: their texts by digest, and from which day each counts where."""

from django.db import models
from django.db.models import Q

from tenglong.store.models.held import HeldRows
from tenglong.store.models.sealed import Sealed


class RuleText(Sealed):
    """The text of a rule file on which something rests: put by a city, or shipped when a result was made under it.

    `digest` is the SHA-256 of the text: results name it, and what was made under it is made again under it.
    """

    rule = models.SlugField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.rule} {self.digest[:12]}"


class RuleVersion(models.Model):
    """A rule file put for a place and all below it, which counts from a day on once a second person released it.

    Of several that were released the one with the latest day that has come counts; of one day the one released last.
    """

    class State(models.TextChoices):
        """A version that somebody put counts only once another person released it."""

        SUBMITTED = "submitted"
        RELEASED = "released"
        WITHDRAWN = "withdrawn"

    rule = models.SlugField(max_length=40)
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    from_day = models.DateField()
    digest = models.CharField(max_length=64)
    filename = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    put_by = models.CharField(max_length=150)
    put_at = models.DateTimeField()
    released_by = models.CharField(max_length=150, blank=True)
    released_at = models.DateTimeField(null=True)

    objects = HeldRows.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="released", released_at__isnull=False)
                | Q(state__in=("submitted", "withdrawn"), released_at__isnull=True),
                name="rule_version_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.from_day} {self.digest[:12]}"
