"""Whoever was given a password by somebody else changes it before anything else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_fewer_entry_indexes")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(default=False),
        ),
    ]
