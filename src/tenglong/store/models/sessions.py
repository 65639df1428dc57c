"""Who is signed in, in which browser: kept so that people see it and can end it."""

from django.db import models


class Session(models.Model):
    """One browser from its first page to its sign-out; `user` is null until somebody signs in.

    `digest` is the SHA-256 of the key that the browser holds: who reads the database cannot take a session over.
    `means` is how the person came in: "password" or "provider". `last_used_at` is true to the minute.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    data = models.TextField()
    user = models.ForeignKey("User", on_delete=models.CASCADE, null=True, related_name="sessions")
    begun_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=400, blank=True)
    means = models.CharField(max_length=10, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.begun_at}"
