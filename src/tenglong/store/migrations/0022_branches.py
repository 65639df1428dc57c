"""Branches of a ledger: numbers spared for who records meanwhile, and where and since when a branch counts (ADR 0024)."""

from django.db import migrations, models

from tenglong.store.guards import take_down


def unguard(apps, schema_editor):
    """SQLite may make the table anew."""
    take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("store", "0021_accounts")]
    operations = [
        migrations.RunPython(unguard, migrations.RunPython.noop),
        migrations.AddField("recording", "written_at", models.DateTimeField(null=True)),
        migrations.AddField("recording", "behind", models.BigIntegerField(null=True)),
        migrations.AddField("rosterhead", "spare_next", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("rosterhead", "spare_end", models.BigIntegerField(db_default=0, default=0)),
    ]
