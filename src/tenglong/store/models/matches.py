"""Doubtful matches, waiting for somebody to look at both sides."""

from django.db import models
from django.db.models import F, Q

from tenglong.store.models.held import HeldRows


class MatchPair(models.Model):
    """A record that may be a firm we know; the decision can be undone later.

    Where the firm is another office's, the office of the record claims first, and the other one answers.
    """

    class State(models.TextChoices):
        """What was decided."""

        OPEN = "open"
        CLAIMED = "claimed"
        SAME = "same"
        DIFFERENT = "different"

    WAITING = (State.OPEN, State.CLAIMED)
    """The states in which nobody knows yet."""

    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    probability_micro = models.BigIntegerField()
    reasons = models.JSONField(default=list)
    batch = models.ForeignKey("store.Import", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    merge = models.ForeignKey("store.FirmMerge", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects = HeldRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "candidate"], name="match_pair_once"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "claimed"), decided_at__isnull=True)
                | Q(state__in=("same", "different"), decided_at__isnull=False),
                name="match_pair_decided",
            ),
            models.CheckConstraint(condition=~Q(firm=F("candidate")), name="match_pair_of_two"),
            models.CheckConstraint(
                condition=Q(probability_micro__range=(0, 1_000_000)), name="match_pair_probability"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} ? {self.candidate_id}"
