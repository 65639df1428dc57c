"""Notices of holidays that the city enters, appended only; how many working days a date that is still open was counted in."""

from datetime import timedelta

from django.db import migrations, models

DECIDE_WITHIN = 5
"""The working days in which an objection was to be decided until now (evaluation/process.toml)."""


def count_open(apps, schema_editor):
    """Say of what is still open in how many working days it was counted; what has ended never changes."""
    from tenglong.domain.kernel.calendar import shipped_calendar

    for run in apps.get_model("store", "Evaluation").objects.filter(state="publicised"):
        counted_from = run.publicity_start + timedelta(days=1)
        run.publicity_days = shipped_calendar().working_days(counted_from, run.publicity_end)
        run.save(update_fields=["publicity_days"])
    apps.get_model("store", "Objection").objects.filter(state="open").update(due_in=DECIDE_WITHIN)


class Migration(migrations.Migration):

    dependencies = [
        ('store', "0013_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name='HolidayNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('off', models.TextField()),
                ('worked', models.TextField(blank=True)),
                ('source', models.CharField(max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='evaluation',
            name='publicity_days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='objection',
            name='due_in',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.RunPython(count_open, migrations.RunPython.noop),
    ]
