"""What is known of the organisation: facts of units, people, posts and hand-overs, that are only ever added."""

from django.db import models
from django.db.models import Q

from tenglong.domain.registry.organisation import Subject
from tenglong.store.models.sealed import Sealed


class OrganisationStep(Sealed):
    """What holds of one subject from `day` on, and since when it is known (domain/registry/organisation.py).

    `place` is the code of the place whose office answers for it. `batch` is the import that brought it.
    """

    subject = models.CharField(max_length=10)
    number = models.BigIntegerField()
    place = models.CharField(max_length=12)
    day = models.DateField()
    said = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300)
    takes_back = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_back")
    batch = models.ForeignKey("store.Import", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject", "number"], name="organisation_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=[subject.value for subject in Subject]),
                name="organisation_subject_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.number} {self.day}"
