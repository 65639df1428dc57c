"""Lanes, leases and scheduled work; jobs that exist get the lane of their kind."""

import django.db.models.deletion
from django.db import migrations, models

LANES = {
    "import": ("accept_import",),
    "long": ("evaluate", "find_cheapest", "plan_roadmap", "find_front", "what_if"),
}
"""As lanes.toml had them; everything else is short, the default."""


def give_lanes(apps, schema_editor):
    jobs = apps.get_model("store", "Job").objects
    for lane, kinds in LANES.items():
        jobs.filter(kind__in=kinds).update(lane=lane)


class Migration(migrations.Migration):

    dependencies = [
        ('store', "0014_working_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledWork',
            fields=[
                ('work', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('last_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='job',
            name='job_queue',
        ),
        migrations.AddField(
            model_name='job',
            name='holder',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='job',
            name='lane',
            field=models.CharField(choices=[('short', 'Short'), ('import', 'Import'), ('long', 'Long')], default='short', max_length=10),
        ),
        migrations.AddField(
            model_name='job',
            name='lease_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='job',
            name='points',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='job',
            name='session',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.RunPython(give_lanes, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['state', 'lane', 'id'], name='job_queue_of_lane'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed'])), name='job_state_known'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('lane__in', ['short', 'import', 'long'])), name='job_lane_known'),
        ),
        migrations.AddField(
            model_name='scheduledwork',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='store.job'),
        ),
    ]
