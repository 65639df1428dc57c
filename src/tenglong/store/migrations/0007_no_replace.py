"""SQLite deletes for REPLACE without asking the triggers of 0002: refuse the row that would take another's place."""

from django.db import migrations

TAKEN = {
    "store_entry": (
        "EXISTS (SELECT 1 FROM store_entry WHERE id = NEW.id) OR "
        "EXISTS (SELECT 1 FROM store_entry WHERE corrects = NEW.corrects)"
    ),
    "store_trailevent": "EXISTS (SELECT 1 FROM store_trailevent WHERE id = NEW.id)",
}
GUARD = """
CREATE TRIGGER {table}_no_REPLACE BEFORE INSERT ON {table} WHEN {taken}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: record a correction instead'); END;
"""


def guard(apps, schema_editor):
    """Put the triggers up; PostgreSQL has no REPLACE, and its ON CONFLICT DO UPDATE is an UPDATE."""
    if schema_editor.connection.vendor == "sqlite":
        for table, taken in TAKEN.items():
            schema_editor.execute(GUARD.format(table=table, taken=taken))


def unguard(apps, schema_editor):
    """Take the triggers down again."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TAKEN:
            schema_editor.execute(f"DROP TRIGGER {table}_no_REPLACE")


class Migration(migrations.Migration):
    dependencies = [("store", "0006_must_change_password")]
    operations = [migrations.RunPython(guard, unguard)]
