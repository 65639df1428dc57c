"""One history: entries of typed subjects, corrections that may be taken back, attributes and evidence as entries.

Old entries keep their ids and hashes. What stood beside them becomes entries at the end of each roster's chain that
say since when it was known (store/upgrade.py), so that every answer about the past stays as it was. What is derived
is thrown away and made anew from the entries after the migration.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models

from tenglong.store import upgrade

append_only = importlib.import_module("tenglong.store.migrations.0002_append_only")
no_replace = importlib.import_module("tenglong.store.migrations.0007_no_replace")

NUMBERS = """
CREATE SEQUENCE entry_numbers_given;
CREATE FUNCTION entry_numbers(count bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE first bigint;
BEGIN
    PERFORM pg_advisory_lock(7431);
    first := nextval('entry_numbers_given');
    PERFORM setval('entry_numbers_given', first + count - 1);
    PERFORM pg_advisory_unlock(7431);
    RETURN first;
END $$;
"""


def take_guards_down(apps, schema_editor):
    """SQLite makes a table anew to change it, and the new columns of old entries are filled."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE store_entry DISABLE TRIGGER USER")
    else:
        append_only.unguard(apps, schema_editor)
        no_replace.unguard(apps, schema_editor)


def put_guards_up(apps, schema_editor):
    """As they were."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE store_entry ENABLE TRIGGER USER")
    else:
        append_only.guard(apps, schema_editor)
        no_replace.guard(apps, schema_editor)


def number(apps, schema_editor):
    """PostgreSQL numbers entries without making the writers of different rosters wait for each other."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NUMBERS, params=None)
        schema_editor.execute(
            "SELECT setval('entry_numbers_given', GREATEST((SELECT MAX(id) FROM store_entry), 1), "
            "EXISTS (SELECT 1 FROM store_entry))"
        )


def fill(apps, schema_editor):
    """The new columns of old entries, from what they say."""
    upgrade.fill_entries(schema_editor.connection)


def record(apps, schema_editor):
    """What stood beside the entries is said in the ledger."""
    upgrade.record_what_stood_beside(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("store", "0011_roadmap_guards")]
    operations = [
        migrations.RunPython(take_guards_down, put_guards_up),
        migrations.RemoveIndex(model_name="entry", name="entry_fold"),
        migrations.AddField("entry", "subject_type", models.CharField(max_length=12, default="case")),
        migrations.AddField("entry", "root", models.BigIntegerField(null=True)),
        migrations.AddField("entry", "import_id", models.BigIntegerField(null=True)),
        migrations.AddField("entry", "hash_version", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("rosterhead", "last_recorded_at", models.DateTimeField(null=True)),
        migrations.AddField("rosterhead", "folded", models.BooleanField(default=True)),
        migrations.AddField("case", "responsible", models.CharField(blank=True, max_length=60, default="")),
        migrations.AlterField("case", "responsible", models.CharField(blank=True, max_length=60)),
        migrations.DeleteModel("LedgerHead"),
        migrations.DeleteModel("PlaceTotal"),
        migrations.DeleteModel("CaseState"),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("roster_id", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("last_id", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["roster_id", "recorded_at", "last_id"], name="recording_known")]
            },
        ),
        migrations.CreateModel(
            name="PlaceTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("roster_id", models.BigIntegerField()),
                ("place_id", models.BigIntegerField()),
                ("party", models.CharField(blank=True, max_length=10)),
                ("measure", models.CharField(max_length=64)),
                ("count", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("roster_id", "measure", "place_id", "party"), name="place_total_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="CaseState",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="now",
                        serialize=False,
                        to="store.case",
                    ),
                ),
                ("roster_id", models.BigIntegerField()),
                ("place_id", models.BigIntegerField()),
                ("party", models.CharField(blank=True, max_length=10)),
                ("state", models.CharField(max_length=20)),
                ("state_on", models.DateField(null=True)),
                ("suspended", models.BooleanField(default=False)),
                ("last_entry_id", models.BigIntegerField(default=0)),
                ("lines", models.JSONField(default=list)),
                ("target_on", models.DateField(null=True)),
                ("done_on", models.DateField(null=True)),
                ("land", models.BigIntegerField(default=0)),
                ("energy", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["roster_id", "place_id", "state"], name="state_roster_place"),
                    models.Index(fields=["roster_id", "state", "state_on"], name="state_roster_state"),
                ]
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=models.Q(("quantity__isnull", True), ("quantity__gte", 0), _connector="OR"),
                name="entry_quantity",
            ),
        ),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects__isnull", True), ("root__isnull", True)),
                    models.Q(("corrects__isnull", False), ("root__isnull", False)),
                    _connector="OR",
                ),
                name="entry_root",
            ),
        ),
        migrations.AddIndex(
            "entry",
            models.Index(
                fields=[
                    "roster_id", "slot", "subject_type", "subject", "effective_day", "id", "is_on", "quantity",
                    "case_id",
                ],
                name="entry_fold",
            ),
        ),
        migrations.AddIndex(
            "entry",
            models.Index(
                condition=models.Q(("root__isnull", False)), fields=["root", "id"], name="entry_corrections"
            ),
        ),
        migrations.AddIndex(
            "entry",
            models.Index(
                condition=models.Q(("import_id__isnull", False)), fields=["import_id", "id"], name="entry_of_import"
            ),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.RunPython(record, migrations.RunPython.noop),
        migrations.RunPython(put_guards_up, take_guards_down),
    ]
