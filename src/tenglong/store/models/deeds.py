"""Writes that somebody sent, for the case that they are sent twice."""

from django.db import models


class Deed(models.Model):
    """One write, kept for a day. `key` and `said` are digests of who sent it and of what it says.

    `answer` is what the sender got, so enciphered that only who sends the very same again can read it: it may show a
    first password. None while it is under way.
    """

    key = models.CharField(max_length=64, primary_key=True)
    said = models.CharField(max_length=64)
    begun_at = models.DateTimeField(db_index=True)
    answer = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.key
