"""The database itself keeps a roadmap as it was planned."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tenglong.store.models import Roadmap, RoadmapFlow, RoadmapLine, RoadmapMilestone
from tests.integration.campaign.world import MACHINE
from tests.integration.roadmap.world import build_world, planned

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = {
    "store_roadmapline": RoadmapLine,
    "store_roadmapmilestone": RoadmapMilestone,
    "store_roadmapflow": RoadmapFlow,
}


def refused(statement: str, *values: object) -> None:
    """The database refuses a statement."""
    with pytest.raises(DatabaseError, match="stays as it was|never"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


def test_nothing_of_a_plan_changes_once_it_is_planned() -> None:
    roadmap = planned(build_world(), MACHINE)
    for table in TABLES:
        refused(
            f"UPDATE {table} SET zone = 'x'" if "milestone" not in table else f"UPDATE {table} SET kind = 'x'"
        )
        refused(f"DELETE FROM {table}")
    for column in (
        "value",
        "bound",
        "gap",
        "plan_digest",
        "problem_digest",
        "facts_digest",
        "status",
        "requested_by",
    ):
        refused(f"UPDATE store_roadmap SET {column} = 'x'")
    for column in ("settings", "totals", "checks", "prices", "trajectory"):
        refused(f"UPDATE store_roadmap SET {column} = '[1]'")
    refused("UPDATE store_roadmap SET state = 'computing'")
    refused("UPDATE store_roadmap SET facts_on = %s", date(2020, 1, 1))
    refused("DELETE FROM store_roadmap")
    for model in TABLES.values():
        row = model.objects.first()
        row.pk = None
        with pytest.raises(DatabaseError, match="stays as it was|takes the place"), transaction.atomic():
            row.save(force_insert=True)
    Roadmap.objects.filter(pk=roadmap.pk).update(front=[{"limit": "1"}], note="可以", title="可以")
    Roadmap.objects.filter(pk=roadmap.pk).update(state="withdrawn")
    refused("UPDATE store_roadmap SET state = 'planned'")
    refused("UPDATE store_roadmap SET front = '[]'")


def test_no_row_takes_the_place_of_another(database_vendor: str) -> None:
    planned(build_world(), MACHINE)
    if database_vendor == "postgresql":
        for table in ("store_roadmap", *TABLES):
            with pytest.raises(DatabaseError), connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {table} CASCADE")
        return
    for table in ("store_roadmap", *TABLES):
        with pytest.raises(DatabaseError, match="takes the place"), connection.cursor() as cursor:
            cursor.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
