"""The bodies of names that search looks into, anew: regions of the whole country are taken off them now (ADR 0036)."""

from django.db import migrations

from tenglong.domain.registry.book import core_of

AT_ONCE = 1_000


def name_anew(apps, schema_editor):
    """Work out the body of every name that was kept before."""
    for model in (apps.get_model("store", "Firm"), apps.get_model("store", "FirmName")):
        changed = []
        for row in model.objects.only("pk", "name", "core_name").order_by("pk").iterator(chunk_size=AT_ONCE):
            core = core_of(row.name)
            if core != row.core_name:
                row.core_name = core
                changed.append(row)
        model.objects.bulk_update(changed, ["core_name"], batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("store", "0026_rules")]
    operations = [migrations.RunPython(name_anew, migrations.RunPython.noop)]
