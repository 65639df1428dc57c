"""The register book: what stands in the tables of the register becomes its first entries (store/upgrade_register.py)."""

from django.db import migrations, models

from tenglong.store import upgrade_register


def record(apps, schema_editor):
    """An entry for everything that the register says."""
    upgrade_register.record_register(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0015_job_lanes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisterEntry',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('subject_type', models.CharField(max_length=12)),
                ('subject', models.BigIntegerField()),
                ('kind', models.CharField(max_length=24)),
                ('effective_day', models.IntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=150)),
                ('corrects', models.BigIntegerField(null=True)),
                ('import_id', models.BigIntegerField(null=True)),
                ('details', models.JSONField(default=dict)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name_plural': 'register entries',
            },
        ),
        migrations.AddField(
            model_name='firm',
            name='doubtful_code',
            field=models.CharField(blank=True, default='', max_length=30),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='holding',
            name='part_micro',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(('part_micro__isnull', True), ('part_micro__gte', 0), _connector='OR'), name='holding_part_not_negative'),
        ),
        migrations.AddIndex(
            model_name='registerentry',
            index=models.Index(fields=['subject_type', 'subject', 'id'], name='register_subject'),
        ),
        migrations.AddIndex(
            model_name='registerentry',
            index=models.Index(condition=models.Q(('effective_day__gt', -719162)), fields=['subject_type', 'effective_day'], name='register_day'),
        ),
        migrations.AddIndex(
            model_name='registerentry',
            index=models.Index(condition=models.Q(('import_id__isnull', False)), fields=['import_id', 'id'], name='register_of_import'),
        ),
        migrations.AddConstraint(
            model_name='registerentry',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', False)), fields=('corrects',), name='register_corrected_once'),
        ),
        migrations.RunPython(record, migrations.RunPython.noop),
    ]
