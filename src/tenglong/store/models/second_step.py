"""The second step of signing in: a secret shared with the person's phone, and codes for when the phone is lost."""

from django.db import models

from tenglong.store.models.held import HeldRows


class SecondStep(models.Model):
    """`secret` is enciphered with the site's key; `confirmed_at` is null until the phone has shown a first code.

    `last_step` is the step of time of the last code that was taken: it and earlier ones are taken no more.
    """

    user = models.OneToOneField("User", on_delete=models.CASCADE, related_name="second_step")
    secret = models.TextField()
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    objects = HeldRows.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """A code that is good once; only a digest under the site's key is kept, the code itself is shown once."""

    user = models.ForeignKey("User", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    objects = HeldRows.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id} {self.used_at}"
