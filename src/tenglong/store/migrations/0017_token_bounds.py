"""Tokens end, and say what they may be used for. Those that exist keep their rights and end after ninety days."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

SCOPE, DAYS = "approve", 90


def bound(apps, schema_editor):
    apps.get_model("store", "ApiToken").objects.update(expires_at=timezone.now() + timedelta(days=DAYS))


class Migration(migrations.Migration):
    dependencies = [("store", "0016_register_book")]

    operations = [
        migrations.AddField("ApiToken", "scope", models.CharField(max_length=20, default=SCOPE), preserve_default=False),
        migrations.AddField("ApiToken", "code", models.CharField(max_length=12, blank=True, default=""), preserve_default=False),
        migrations.AddField("ApiToken", "last_used_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddField("ApiToken", "expires_at", models.DateTimeField(null=True)),
        migrations.RunPython(bound, migrations.RunPython.noop),
        migrations.AlterField("ApiToken", "expires_at", models.DateTimeField()),
        migrations.AddConstraint(
            "ApiToken",
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="api_token_expires_later"
            ),
        ),
    ]
