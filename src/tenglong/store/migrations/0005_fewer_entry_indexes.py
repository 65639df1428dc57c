"""Entries carry two indexes and a partial one: each further index costs an import seconds."""

from django.db import migrations, models

GUARD = """
CREATE TRIGGER IF NOT EXISTS store_entry_no_{verb} BEFORE {verb} ON store_entry
BEGIN SELECT RAISE(ABORT, 'store_entry is append-only: record a correction instead'); END;
"""


def guard(apps, schema_editor):
    """SQLite makes a changed table anew, without its triggers (0002); put them up again."""
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(GUARD.format(verb=verb))


class Migration(migrations.Migration):
    dependencies = [("store", "0004_industry_edition")]
    operations = [
        migrations.RemoveIndex(model_name="entry", name="entry_of_parcel"),
        migrations.RemoveIndex(model_name="entry", name="entry_known"),
        migrations.AlterField(model_name="entry", name="corrects", field=models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", False)),
                fields=("corrects",),
                name="entry_corrected_once",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
