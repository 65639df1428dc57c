"""What lies in the file of each case, beside its state; what is derived is made anew once the migrations are through."""

from django.db import migrations, models


def fold_anew(apps, schema_editor):
    """What was folded before does not have it."""
    apps.get_model("store", "RosterHead").objects.update(folded=False)


class Migration(migrations.Migration):
    dependencies = [("store", "0028_organisation")]
    operations = [
        migrations.AddField("casestate", "held", models.TextField(default="", blank=True)),
        migrations.RunPython(fold_anew, migrations.RunPython.noop),
    ]
