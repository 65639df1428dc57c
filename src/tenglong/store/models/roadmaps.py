"""Roadmaps of a roster: each is a plan with settings, certificate and checks; the adopted one gives cases days."""

from django.db import models
from django.db.models import F, Q

from tenglong.domain.roadmap.three_ables.outcomes import Outcome
from tenglong.store.models.held import HeldRows


class Roadmap(models.Model):
    """One plan for the cases of a roster in a place. States and steps: domain/roadmap/process.toml.

    `settings` is what the office stated (domain/roadmap/settings.py) with every default filled in; `facts_on`
    and `known_at` say of which day, and known when, the cases were. `facts_digest` names the kept file of what was
    known of the cases, `problem_digest` and `plan_digest` those that `tenglong plan` reads and writes. Numbers in JSON
    are texts. `value` and `bound` are in units of the aim, `gap` is the certified one, a share. A roadmap that keeps
    the promises of another names it in `replans`, one that a person changed by hand the one it `adjusts`. `prices` are
    the shadow prices in words, `front` the points between money and benefit, once somebody asked for them; the
    database keeps what was planned as it was (0011).

    `failed` is not stored: queries.roadmap.overview says it of a roadmap whose job failed.
    """

    roster = models.ForeignKey("store.Roster", on_delete=models.PROTECT, related_name="roadmaps")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default="computing")
    settings = models.JSONField()
    settings_digest = models.CharField(max_length=64)
    facts_on = models.DateField()
    known_at = models.DateTimeField()
    replans = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replanned_by"
    )
    adjusts = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="adjusted_by"
    )
    facts_digest = models.CharField(max_length=64, blank=True)
    problem_digest = models.CharField(max_length=64, blank=True)
    plan_digest = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=16, blank=True)
    method = models.CharField(max_length=16, blank=True)
    value = models.CharField(max_length=40, blank=True)
    bound = models.CharField(max_length=40, blank=True)
    gap = models.CharField(max_length=20, blank=True)
    trajectory = models.JSONField(default=list)
    totals = models.JSONField(default=dict)
    checks = models.JSONField(default=list)
    conflict = models.JSONField(default=dict)
    stability = models.JSONField(default=dict)
    front = models.JSONField(default=list)
    prices = models.JSONField(default=list)
    software = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    stopped_by = models.CharField(max_length=150, blank=True)
    computed_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(max_length=150, blank=True)
    adopted_at = models.DateTimeField(null=True)
    adopted_on = models.DateField(null=True)
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=300, blank=True)

    failed = False

    objects = HeldRows.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="roadmap_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="roadmap_number_from_one"),
            models.UniqueConstraint(
                fields=["roster", "place"], condition=models.Q(state="adopted"), name="roadmap_adopted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id}-{self.number}"

    @property
    def shown_state(self) -> str:
        """The state as people see it: a roadmap whose job failed is no longer being computed."""
        return "failed" if self.failed else self.state


class RoadmapLine(models.Model):
    """What a roadmap says of one case; without a measure it waits.

    `amounts` are the amounts of the option by id, as texts in their units; `checks` the three-ables of this firm
    and `outcome` the worst of them; `fixed` by a contract that is signed, `adjusted` by hand.
    """

    roadmap = models.ForeignKey(Roadmap, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey("store.Case", on_delete=models.PROTECT, related_name="roadmap_lines")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    zone = models.CharField(max_length=60, blank=True)
    team = models.CharField(max_length=60, blank=True)
    batch = models.CharField(max_length=12, blank=True)
    measure = models.CharField(max_length=20, blank=True)
    start_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    fixed = models.BooleanField(default=False)
    adjusted = models.BooleanField(default=False)
    amounts = models.JSONField(default=dict)
    checks = models.JSONField(default=list)
    outcome = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "case"], name="roadmap_line_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=("", *(outcome.value for outcome in Outcome))),
                name="roadmap_line_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(start_on__isnull=True) | Q(done_on__isnull=True) | Q(done_on__gte=F("start_on")),
                name="roadmap_line_days",
            ),
        ]
        indexes = [
            models.Index(fields=["roadmap", "zone", "start_on"], name="roadmap_line_of_zone"),
            models.Index(fields=["roadmap", "place"], name="roadmap_line_of_place"),
        ]

    def __str__(self) -> str:
        return f"{self.roadmap_id} {self.case_id} {self.measure}"


class RoadmapMilestone(models.Model):
    """By when an entry of `kind` should stand in the ledger of a case; `slot` is the slot of that kind."""

    roadmap = models.ForeignKey(Roadmap, on_delete=models.PROTECT, related_name="milestones")
    case = models.ForeignKey("store.Case", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    slot = models.CharField(max_length=24)
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "case", "kind"], name="roadmap_milestone_once"),
        ]
        indexes = [models.Index(fields=["roadmap", "due_on"], name="roadmap_milestone_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.due_on}"


class RoadmapFlow(models.Model):
    """What the cases of one place, zone and team that start a measure on a day bring or take on another: summed lines.

    `quantity` in whole millionths of the amount's unit. Money falls on the days of payment, staff days on the periods
    of work, what is freed on the day a case is done. Pages about many lines read these rows.
    """

    roadmap = models.ForeignKey(Roadmap, on_delete=models.PROTECT, related_name="flows")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    zone = models.CharField(max_length=60, blank=True)
    team = models.CharField(max_length=60, blank=True)
    measure = models.CharField(max_length=20)
    start_on = models.DateField()
    amount = models.CharField(max_length=20)
    day = models.DateField()
    quantity = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["roadmap", "amount", "day"], name="roadmap_flow_of_amount")]

    def __str__(self) -> str:
        return f"{self.roadmap_id} {self.amount} {self.day}"
