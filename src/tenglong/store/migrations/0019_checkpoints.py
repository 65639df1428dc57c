"""Seals for the trail and for notices of holidays, kept states of rows that may change, checkpoints (ADR 0021).

Rows that are there already are sealed as they are, and the trail says up to which number: whether they were changed
before cannot be proven. The first states of rows that may change are kept after the migration (store/standing.py).
"""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from tenglong.store.guards import take_down
from tenglong.store.models.sealed import seal_of

SEALED = ("TrailEvent", "HolidayNotice")
AT_ONCE = 2000


def unguard(apps, schema_editor):
    """SQLite makes tables anew here."""
    take_down(schema_editor.connection)


def seal(apps, schema_editor):
    """Seal what is there, and say so."""
    trail = apps.get_model("store", "TrailEvent")
    last = trail.objects.order_by("id").values_list("id", flat=True).last()
    for name in SEALED:
        _seal(apps.get_model("store", name))
    if last:
        said = {"by": "系统升级", "deed": "seal_trail", "about": "trail", "details": {"last": last}}
        trail.objects.create(at=timezone.now(), **said)
        _seal(trail)


def _seal(model):
    for row in model.objects.filter(seal="").iterator(chunk_size=AT_ONCE):
        model.objects.filter(pk=row.pk).update(seal=seal_of(row))


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0018_deeds'),
    ]

    operations = [
        migrations.RunPython(unguard, migrations.RunPython.noop),
        migrations.AlterModelManagers(
            name='user',
            managers=[
            ],
        ),
        migrations.AddField(
            model_name='holidaynotice',
            name='seal',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='trailevent',
            name='seal',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('taken_at', models.DateTimeField()),
                ('head', models.JSONField()),
                ('lines', models.JSONField()),
                ('peaks', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=64)),
                ('signature', models.CharField(max_length=128)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='checkpoint_number_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.CharField(max_length=64)),
                ('table', models.CharField(max_length=40)),
                ('row', models.BigIntegerField()),
                ('digest', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['table', 'row', 'id'], name='standing_of_row')],
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.CharField(max_length=64)),
                ('witness', models.CharField(max_length=120)),
                ('key', models.CharField(max_length=64)),
                ('signature', models.CharField(max_length=128)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=150)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='store.checkpoint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'key'), name='cosigned_once')],
            },
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
