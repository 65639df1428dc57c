"""From when on what an import brought is known: the end of its acceptance (ADR 0024)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0022_branches")]
    operations = [migrations.AddField("import", "known_at", models.DateTimeField(null=True))]
