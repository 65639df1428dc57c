"""Questions of matching are held, rows of accepted imports are one digest for each import (ADR 0032).

What is there already is kept as it is now. A database of before there were digests gets all of them after its
migrations (store/standing.py).
"""

from django.db import migrations

from tenglong.store.models.sealed import give_seals, seal_of
from tenglong.store.standing import digest_of_lines

LINES = ("sheet", "row", "verdict", "name", "firm_id", "case_id", "values", "plan", "messages")
AT_ONCE = 1_000


def hold(apps, schema_editor):
    """Keep the digests of what is there."""
    standing = apps.get_model("store", "Standing")
    if not standing.objects.exists():
        return
    rows = apps.get_model("store", "ImportRow").objects
    said = [
        ("store_matchpair", row.pk, seal_of(row))
        for row in apps.get_model("store", "MatchPair").objects.order_by("pk").iterator(chunk_size=AT_ONCE)
    ]
    accepted = apps.get_model("store", "Import").objects.filter(decided_at__isnull=False, rows__isnull=False)
    for id in accepted.distinct().order_by("pk").values_list("pk", flat=True):
        said.append(("store_importrow", id, digest_of_lines(rows.filter(batch_id=id), LINES)))
    new = [standing(table=table, row=row, digest=digest) for table, row, digest in said]
    give_seals(standing, new)
    standing.objects.bulk_create(new, batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("store", "0023_known_imports")]
    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
