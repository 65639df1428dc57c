"""Long work, with progress, that outlives a restart."""

from django.db import models


class Job(models.Model):
    """One piece of work for the worker. Every kind of job may be started again from the beginning."""

    class State(models.TextChoices):
        """A running job whose worker died goes back to waiting."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=30)
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

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="job_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
