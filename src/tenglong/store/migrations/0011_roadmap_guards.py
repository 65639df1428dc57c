"""Flows of roadmaps; the database itself keeps what was planned as it was."""

import importlib

import django.db.models.deletion
from django.db import migrations, models

earlier = importlib.import_module("tenglong.store.migrations.0008_evaluations")

RUNNING = "EXISTS (SELECT 1 FROM store_roadmap r WHERE r.id = {row}.roadmap_id AND r.state = 'computing')"
TABLES = ("store_roadmap", "store_roadmapline", "store_roadmapmilestone", "store_roadmapflow")
ASKED = (
    "roster_id", "place_id", "number", "settings", "settings_digest", "facts_on", "known_at", "replans_id", "adjusts_id",
    "requested_by", "requested_at",
)  # fmt: skip
PLANNED = (
    "facts_digest", "problem_digest", "plan_digest", "status", "reason", "method", "value", "bound", "gap", "trajectory", "totals",
    "checks", "conflict", "stability", "prices", "software", "computed_at",
    "stopped_by",
)  # fmt: skip


def guards():
    """(table, event, when it is refused, in which words)."""
    frozen = "a roadmap stays as it was planned: plan anew instead"
    asked, planned = earlier.changed(*ASKED), earlier.changed(*PLANNED)
    ended = "OLD.state IN ('replaced', 'withdrawn')"
    back = "NEW.state = 'computing' AND OLD.state <> 'computing'"
    changed = f"{ended} OR {back} OR {asked} OR (OLD.state <> 'computing' AND ({planned}))"
    yield "store_roadmap", "UPDATE", changed, frozen
    yield "store_roadmap", "DELETE", "TRUE", "a roadmap is never deleted: withdraw it instead"
    for table in TABLES[1:]:
        yield table, "UPDATE", "TRUE", frozen
        yield table, "DELETE", f"NOT {RUNNING.format(row='OLD')}", frozen
        yield table, "INSERT", f"NOT {RUNNING.format(row='NEW')}", frozen


def guard(apps, schema_editor):
    """Put the triggers up. A later migration that makes one of these tables anew on SQLite must do it again."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, event, when, words in guards():
        put = earlier.POSTGRESQL if postgresql else earlier.SQLITE
        name = f"{table}_guard_{event.lower()}"
        schema_editor.execute(put.format(name=name, table=table, event=event, when=when, words=words), params=None)
    for table in TABLES:
        if postgresql:
            schema_editor.execute(earlier.NO_TRUNCATE.format(table=table))
            continue
        taken, words = earlier.TAKEN.format(table=table), "a row never takes the place of another"  # as in 0007
        put = earlier.SQLITE.format(name=f"{table}_no_replace", table=table, event="INSERT", when=taken, words=words)
        schema_editor.execute(put)


def unguard(apps, schema_editor):
    """Take the triggers down again, so that the tables can be changed back."""
    for table, event, _, _ in guards():
        name = f"{table}_guard_{event.lower()}"
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION {name}() CASCADE")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_no_replace")


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0010_roadmaps'),
    ]

    operations = [
        migrations.AddField(
            model_name='roadmap',
            name='prices',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='roadmap',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='roadmap',
            name='approved_by',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name='roadmap',
            name='facts_digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='roadmap',
            name='stopped_by',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.CreateModel(
            name='RoadmapFlow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('zone', models.CharField(blank=True, max_length=60)),
                ('team', models.CharField(blank=True, max_length=60)),
                ('measure', models.CharField(max_length=20)),
                ('start_on', models.DateField()),
                ('amount', models.CharField(max_length=20)),
                ('day', models.DateField()),
                ('quantity', models.BigIntegerField()),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.place')),
                ('roadmap', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flows', to='store.roadmap')),
            ],
            options={
                'indexes': [models.Index(fields=['roadmap', 'amount', 'day'], name='roadmap_flow_of_amount')],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
