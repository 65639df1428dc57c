"""People, what they may do where, and their tokens."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from tenglong.store.models.held import HeldRows, People


class User(AbstractUser):
    """Somebody who signs in. Without a membership there is nothing to see.

    `must_change_password`: somebody else knows the password, so nothing opens until it is changed.
    """

    display_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, blank=True)
    must_change_password = models.BooleanField(default=False)

    objects = People()  # type: ignore[misc]

    def __str__(self) -> str:
        return self.display_name or self.username


class Membership(models.Model):
    """A role held in a territory; the territory is named by its code, so that a rename keeps it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    code = models.CharField(max_length=12)
    role = models.CharField(max_length=20)

    objects = HeldRows.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code", "role"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.code}"


class ApiToken(models.Model):
    """A token for programs; only its SHA-256 is kept, the token itself is shown once.

    `scope` is one of tokens.toml; `code` narrows it to a territory, "" is wherever its owner may. `last_used_at` is
    true to the hour.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=20)
    code = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = HeldRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="api_token_revoked_later",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_token_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return self.name
