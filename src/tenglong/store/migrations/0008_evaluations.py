"""Schemes, runs, results and objections; the database itself keeps what was decided as it was."""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when}
BEGIN SELECT RAISE(ABORT, '{words}'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {when} THEN RAISE EXCEPTION '{words}'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""
NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
RUNNING = "EXISTS (SELECT 1 FROM store_evaluation e WHERE e.id = {row}.evaluation_id AND e.state = 'computing')"
TAKEN = "EXISTS (SELECT 1 FROM {table} o WHERE o.id = NEW.id)"
TABLES = ("store_scheme", "store_evaluation", "store_evaluationresult", "store_objection")


def changed(*columns):
    """One of the columns is given another value."""
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)


def guards():
    """(table, event, when it is refused, in which words)."""
    frozen = "this is frozen: make a revision instead"
    text = changed("code", "place_id", "year", "version", "text", "digest")
    yield "store_scheme", "UPDATE", text, "a scheme never changes: bring in a new version instead"
    yield "store_scheme", "DELETE", "TRUE", "a scheme is never deleted"
    base = changed("scheme_id", "place_id", "year", "scheme_digest", "revises_id", "requested_by", "requested_at", "upload_digest")
    done = changed(
        "input_digest", "result_digest", "engine", "software", "peers", "benchmarks", "ranges", "averages", "cuts", "counts"
    )
    ended = "OLD.state IN ('final', 'replaced', 'withdrawn')"
    yield "store_evaluation", "UPDATE", f"{ended} OR {base} OR (OLD.state <> 'computing' AND ({done}))", frozen
    yield "store_evaluation", "DELETE", "TRUE", "a run is never deleted: withdraw it instead"
    results = "store_evaluationresult"
    yield results, "UPDATE", "TRUE", frozen
    yield results, "DELETE", f"NOT {RUNNING.format(row='OLD')}", frozen
    yield results, "INSERT", f"NOT {RUNNING.format(row='NEW')}", frozen
    claim = changed("evaluation_id", "firm_id", "number", "claim", "files", "recorded_by", "recorded_at")
    yield "store_objection", "UPDATE", f"OLD.state <> 'open' OR {claim}", "a decided objection never changes"
    yield "store_objection", "DELETE", "TRUE", "an objection is never deleted"


def guard(apps, schema_editor):
    """Put the triggers up. A later migration that makes one of these tables anew on SQLite must do it again."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, event, when, words in guards():
        name = f"{table}_guard_{event.lower()}"
        put = (POSTGRESQL if postgresql else SQLITE).format(name=name, table=table, event=event, when=when, words=words)
        schema_editor.execute(put, params=None)
    for table in TABLES:
        if postgresql:
            schema_editor.execute(NO_TRUNCATE.format(table=table))
            continue
        taken, words = TAKEN.format(table=table), "a row never takes the place of another"  # as in 0007
        put = SQLITE.format(name=f"{table}_no_replace", table=table, event="INSERT", when=taken, words=words)
        schema_editor.execute(put)


def unguard(apps, schema_editor):
    """Take the functions down, for going back to an empty database; triggers go with their tables."""
    if schema_editor.connection.vendor == "postgresql":
        for table, event, _, _ in guards():
            schema_editor.execute(f"DROP FUNCTION {table}_guard_{event.lower()}() CASCADE")



class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_no_replace'),
    ]

    operations = [
        migrations.CreateModel(
            name='Scheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60)),
                ('year', models.PositiveSmallIntegerField()),
                ('version', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=160)),
                ('title_en', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in_force', 'In Force'), ('replaced', 'Replaced')], default='draft', max_length=10)),
                ('imported_by', models.CharField(max_length=150)),
                ('imported_at', models.DateTimeField()),
                ('in_force_by', models.CharField(blank=True, max_length=150)),
                ('in_force_at', models.DateTimeField(null=True)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.place')),
            ],
            options={
                'ordering': ['-year', 'code', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('state', models.CharField(default='computing', max_length=12)),
                ('engine', models.CharField(max_length=20)),
                ('scheme_digest', models.CharField(max_length=64)),
                ('upload_digest', models.CharField(blank=True, max_length=64)),
                ('upload_name', models.CharField(blank=True, max_length=200)),
                ('input_digest', models.CharField(blank=True, max_length=64)),
                ('result_digest', models.CharField(blank=True, max_length=64)),
                ('software', models.CharField(blank=True, max_length=20)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('way', models.CharField(blank=True, max_length=12)),
                ('peers', models.JSONField(default=list)),
                ('benchmarks', models.JSONField(default=dict)),
                ('ranges', models.JSONField(default=dict)),
                ('averages', models.JSONField(default=dict)),
                ('cuts', models.JSONField(default=list)),
                ('counts', models.JSONField(default=dict)),
                ('requested_by', models.CharField(max_length=150)),
                ('requested_at', models.DateTimeField()),
                ('computed_at', models.DateTimeField(null=True)),
                ('publicised_by', models.CharField(blank=True, max_length=150)),
                ('publicised_at', models.DateTimeField(null=True)),
                ('publicity_start', models.DateField(null=True)),
                ('publicity_end', models.DateField(null=True)),
                ('finalised_by', models.CharField(blank=True, max_length=150)),
                ('finalised_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.CharField(blank=True, max_length=150)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.place')),
                ('revises', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='store.evaluation')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='store.scheme')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='EvaluationResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('industry', models.CharField(blank=True, max_length=8)),
                ('status', models.CharField(max_length=12)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('group', models.JSONField(default=dict)),
                ('peer_group', models.CharField(blank=True, max_length=200)),
                ('total', models.BigIntegerField(null=True)),
                ('rank', models.PositiveIntegerField(null=True)),
                ('peers', models.PositiveIntegerField(null=True)),
                ('grade_by_quota', models.CharField(blank=True, max_length=20)),
                ('grade', models.CharField(blank=True, max_length=20)),
                ('adjustments', models.JSONField(default=list)),
                ('items', models.JSONField(default=list)),
                ('points', models.JSONField(default=dict)),
                ('land', models.BigIntegerField(null=True)),
                ('kept', models.BooleanField(default=False)),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='store.evaluation')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='store.firm')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.place')),
            ],
            options={
                'indexes': [models.Index(fields=['evaluation', 'place', 'grade'], name='result_of_place'), models.Index(fields=['evaluation', 'peer_group', 'rank'], name='result_of_peers'), models.Index(fields=['firm', 'evaluation'], name='result_of_firm')],
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'firm'), name='result_once_per_firm')],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('claim', models.TextField()),
                ('files', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('open', 'Open'), ('upheld', 'Upheld'), ('dismissed', 'Dismissed')], default='open', max_length=10)),
                ('corrections', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True)),
                ('recorded_by', models.CharField(max_length=150)),
                ('recorded_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('decided_at', models.DateTimeField(null=True)),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='store.evaluation')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.firm')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.place')),
            ],
            options={
                'ordering': ['evaluation', 'number'],
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'number'), name='objection_number_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='scheme',
            constraint=models.UniqueConstraint(fields=('place', 'code', 'year', 'version'), name='scheme_version_once'),
        ),
        migrations.AddIndex(
            model_name='evaluation',
            index=models.Index(fields=['place', 'year', 'state'], name='evaluation_of_place'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'final')), fields=('scheme', 'place', 'year'), name='evaluation_final_once'),
        ),
        migrations.RunPython(guard, unguard),
    ]
