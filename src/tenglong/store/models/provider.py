"""Who somebody is at the provider of single sign-on."""

from django.db import models
from django.db.models import Q

from tenglong.store.models.held import HeldRows


class ProviderAccount(models.Model):
    """The account of a user at an issuer.

    `subject` is how the issuer calls them for ever; "" until they come in for the first time, where a manager stated
    only what the agreed claim says of them (`claimed`, "" where the person bound the account themselves).
    """

    user = models.ForeignKey("User", on_delete=models.CASCADE, related_name="provider_accounts")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255, blank=True)
    claimed = models.CharField(max_length=255, blank=True)
    bound_at = models.DateTimeField()
    bound_by = models.CharField(max_length=150)

    objects = HeldRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "issuer"], name="one_account_of_an_issuer"),
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=~Q(subject=""), name="subject_bound_once"
            ),
            models.UniqueConstraint(
                fields=["issuer", "claimed"], condition=~Q(claimed=""), name="claim_stated_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issuer}"
