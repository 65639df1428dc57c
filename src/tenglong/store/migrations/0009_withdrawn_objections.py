"""Objections may be taken back: a further state, which changes nothing in the database itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0008_evaluations'),
    ]

    operations = [
        migrations.AlterField(
            model_name='objection',
            name='state',
            field=models.CharField(choices=[('open', 'Open'), ('upheld', 'Upheld'), ('dismissed', 'Dismissed'), ('withdrawn', 'Withdrawn')], default='open', max_length=10),
        ),
    ]
