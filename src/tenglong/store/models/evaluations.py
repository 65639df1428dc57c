"""Schemes, runs of them, what each firm got, and objections; the database guards what was decided (0008)."""

from typing import get_args

from django.db import models
from django.db.models import F, Q

from tenglong.domain.evaluation.process import FREEZE, RECOMPUTE
from tenglong.domain.evaluation.results import Status
from tenglong.store.models.held import HeldRows


class Scheme(models.Model):
    """A scheme file (评价办法) as it was brought in: its text never changes; a changed file is a new version.

    `code` is the id in the file; `place` the territory it is used in, which need not be the one it was written for.
    """

    class State(models.TextChoices):
        """A version that is put in force takes the place of an earlier one of the same code, place and year."""

        DRAFT = "draft"
        IN_FORCE = "in_force"
        REPLACED = "replaced"

    code = models.SlugField(max_length=60)
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    imported_by = models.CharField(max_length=150)
    imported_at = models.DateTimeField()
    in_force_by = models.CharField(max_length=150, blank=True)
    in_force_at = models.DateTimeField(null=True)

    objects = HeldRows.as_manager()

    class Meta:
        ordering = ["-year", "code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["place", "code", "year", "version"], name="scheme_version_once"),
            models.CheckConstraint(
                condition=Q(state="draft", in_force_at__isnull=True)
                | Q(state__in=("in_force", "replaced"), in_force_at__isnull=False),
                name="scheme_state_known",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="scheme_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year} v{self.version}"


class Evaluation(models.Model):
    """One run of a scheme over the firms of a place. States and steps: domain/evaluation/process.toml.

    `upload_digest` names the file of a table that a person handed in instead of the register's, `input_digest` the
    kept table of firms that was computed from. `peers` are the columns of the peer groups; `benchmarks`, `ranges`,
    `averages` and `cuts` what the firms were measured against, as lists of groups with texts for numbers. A revision
    after objections names the run it `revises`, and the `way` it treats the firms that did not object.

    `publicity_days` are the working days of the publicity, from which its last day is counted anew when a notice of
    holidays is entered; null in runs that ended before they were kept.

    `failed` and `provisional` are not stored: queries.evaluation.runs says them of a run whose job failed, and of a
    publicity that was counted over days whose holidays are not known yet.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="evaluations")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, default="computing")
    engine = models.CharField(max_length=20)
    scheme_digest = models.CharField(max_length=64)
    upload_digest = models.CharField(max_length=64, blank=True)
    upload_name = models.CharField(max_length=200, blank=True)
    input_digest = models.CharField(max_length=64, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    software = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    revises = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    way = models.CharField(max_length=12, blank=True)
    peers = models.JSONField(default=list)
    benchmarks = models.JSONField(default=dict)
    ranges = models.JSONField(default=dict)
    averages = models.JSONField(default=dict)
    cuts = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True)
    publicised_by = models.CharField(max_length=150, blank=True)
    publicised_at = models.DateTimeField(null=True)
    publicity_start = models.DateField(null=True)
    publicity_end = models.DateField(null=True)
    publicity_days = models.PositiveSmallIntegerField(null=True)
    finalised_by = models.CharField(max_length=150, blank=True)
    finalised_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    failed = False
    provisional = False

    objects = HeldRows.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place", "year", "state"], name="evaluation_of_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "place", "year"],
                condition=models.Q(state="final"),
                name="evaluation_final_once",
            ),
            models.CheckConstraint(condition=Q(way__in=("", FREEZE, RECOMPUTE)), name="evaluation_way_known"),
            models.CheckConstraint(
                condition=Q(publicity_start__isnull=True, publicity_end__isnull=True)
                | Q(publicity_end__gte=F("publicity_start")),
                name="evaluation_publicity_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.year} {self.id}"

    @property
    def shown_state(self) -> str:
        """The state as people see it: a run whose job failed is no longer being computed."""
        return "failed" if self.failed else self.state


class EvaluationResult(models.Model):
    """What a run says of one firm. `total` in whole millionths; `place` is where the firm was when it was evaluated.

    `group` holds the columns of the peer group, `peer_group` its values in one text; `items` are the indicators in
    the order of the scheme, `points` what applied and the sums within the limits, `adjustments` the ids of the rules
    that fitted, in order; numbers in them are texts (domain/evaluation/kept.py). `kept` marks a result that
    a revision took over unchanged (freeze).
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="results")
    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="results")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    industry = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=12)
    reason = models.CharField(max_length=60, blank=True)
    group = models.JSONField(default=dict)
    peer_group = models.CharField(max_length=200, blank=True)
    total = models.BigIntegerField(null=True)
    rank = models.PositiveIntegerField(null=True)
    peers = models.PositiveIntegerField(null=True)
    grade_by_quota = models.CharField(max_length=20, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    adjustments = models.JSONField(default=list)
    items = models.JSONField(default=list)
    points = models.JSONField(default=dict)
    land = models.BigIntegerField(null=True)
    kept = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "firm"], name="result_once_per_firm"),
            models.CheckConstraint(condition=Q(status__in=get_args(Status)), name="result_status_known"),
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(rank__gte=1, rank__lte=F("peers")), name="result_rank"
            ),
            models.CheckConstraint(
                condition=Q(land__isnull=True) | Q(land__gte=0), name="result_land_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["evaluation", "place", "grade"], name="result_of_place"),
            models.Index(fields=["evaluation", "peer_group", "rank"], name="result_of_peers"),
            models.Index(fields=["firm", "evaluation"], name="result_of_firm"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.firm_id} {self.grade}"


class Objection(models.Model):
    """What a firm says against its result in publicity, with evidence, and how it was decided.

    `corrections` are the values that an upheld objection puts into the kept table: column to text, null for missing.
    `files` are the pieces of evidence: digest, name, size, type. `due_in` are the working days within which it is to be
    decided, as `publicity_days` of the run; `provisional` is not stored.
    """

    class State(models.TextChoices):
        """A decided objection never changes again, nor does one that was taken back."""

        OPEN = "open"
        UPHELD = "upheld"
        DISMISSED = "dismissed"
        WITHDRAWN = "withdrawn"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="objections")
    firm = models.ForeignKey("store.Firm", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("store.Place", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    claim = models.TextField()
    files = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    corrections = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    due_on = models.DateField()
    due_in = models.PositiveSmallIntegerField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    provisional = False

    objects = HeldRows.as_manager()

    class Meta:
        ordering = ["evaluation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="objection_number_once"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | Q(state__in=("upheld", "dismissed", "withdrawn"), decided_at__isnull=False),
                name="objection_decided",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="objection_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}-{self.number}"
