"""Long work, with progress, that outlives a restart."""

from django.db import models


class Job(models.Model):
    """One piece of work for a worker. Every kind of job may be started again from the beginning.

    `holder` names who works on it, anew each time it is taken: only the holder says how it ended. On PostgreSQL it is
    held until `lease_until`, `session` is the holder's session with the database, and progress (`done`, `total`,
    `stage`, `points` of a search) is kept here; on SQLite a locked file beside the data does both
    (queries.jobs.progress).
    """

    class State(models.TextChoices):
        """A running job whose worker died goes back to waiting."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    class Lane(models.TextChoices):
        """The lanes of domain/jobs/lanes.toml; a test holds the two together."""

        SHORT = "short"
        IMPORT = "import"
        LONG = "long"

    kind = models.CharField(max_length=30)
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.SHORT)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stage = models.JSONField(null=True)
    problem = models.JSONField(null=True)
    result = models.JSONField(default=dict)
    requested_by = models.CharField(max_length=150)
    requested_by_id = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=32, blank=True)
    session = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True)
    points = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["state", "lane", "id"], name="job_queue_of_lane")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "failed"]), name="job_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(lane__in=["short", "import", "long"]), name="job_lane_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class ScheduledWork(models.Model):
    """How far a work of domain/jobs/schedule.toml is: its last moment that was made into a job, and that job.

    A work that was never seen before begins with the moment at which it was first looked at.
    """

    work = models.CharField(max_length=40, primary_key=True)
    last_at = models.DateTimeField()
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.work} {self.last_at}"
