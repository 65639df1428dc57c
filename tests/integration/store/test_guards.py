"""Every table has a word, and the database holds to it, also after a table was made anew."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from tenglong.store.guards import MANY, adding_many, missing, put_up, spoilt, take_down
from tenglong.store.models import Holding, Observation, Place, Roster, RosterTerms, Target
from tenglong.store.registry import REGISTRY, Word
from tests.factories import World, at_day, build_world
from tests.guards import guards_down

GROWING = (
    "bulletin",
    "rosterversion",
    "target",
    "referencepoint",
    "rosterterms",
    "observation",
    "importwithdrawal",
)


def test_every_model_has_a_word_and_says_where_its_trail_stands() -> None:
    ours = set(apps.get_app_config("store").get_models())
    assert ours - REGISTRY.keys() == set(), "say in store/registry.py what may happen to the rows of these"
    assert REGISTRY.keys() - ours == set()
    assert all(kept.trail for kept in REGISTRY.values())
    assert all(kept.refusals for kept in REGISTRY.values() if kept.word is Word.APPEND_ONLY)


@pytest.mark.parametrize("name", GROWING)
def test_what_only_grows_is_append_only_and_sealed(name: str) -> None:
    model = apps.get_model("store", name)
    assert REGISTRY[model].word is Word.APPEND_ONLY
    assert any(field.name == "seal" for field in model._meta.fields)


@pytest.fixture
def world() -> World:
    return build_world(per_unit=2)


def refused(statement: str, words: str = "append-only") -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["store_target", "store_referencepoint", "store_rosterterms"])
def test_rows_stay_as_they_were_recorded(world: World, table: str, database_vendor: str) -> None:
    refused(f"UPDATE {table} SET recorded_by = 'x'")
    refused(f"DELETE FROM {table}")
    if database_vendor == "sqlite":
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        refused(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table}")


@pytest.mark.django_db
def test_of_a_roster_only_what_it_says_may_change(world: World) -> None:
    refused("UPDATE store_roster SET code = 'other'", "may change")
    refused("DELETE FROM store_roster", "never deleted")
    Roster.objects.filter(pk=world.own.pk).update(title="改名")


@pytest.mark.django_db(transaction=True)
def test_a_table_that_was_made_anew_is_guarded_again_after_migrate() -> None:
    build_world(per_unit=2)
    with connection.schema_editor() as editor:
        take_down()
        if connection.vendor == "sqlite":
            editor._remake_table(Target)
    assert "store_target" in missing()
    Target.objects.filter(code="330421").update(recorded_by="谁都可以")
    call_command("migrate", verbosity=0)
    assert missing() == []
    refused("UPDATE store_target SET recorded_by = 'x'")


@pytest.mark.django_db
def test_putting_up_what_is_up_changes_nothing_and_a_changed_guard_is_replaced(database_vendor: str) -> None:
    def there() -> list[str]:
        of = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"}
        on_server = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        with connection.cursor() as cursor:
            cursor.execute(of.get(database_vendor, on_server))
            return [name for (name,) in cursor.fetchall()]

    before = there()
    put_up()
    assert there() == before
    (name,) = (one for one in before if one.startswith("store_target_update_"))
    with connection.cursor() as cursor:
        on = " ON store_target" if database_vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert missing() == ["store_target"]
    if database_vendor == "postgresql":
        take_down()
    put_up()
    assert there() == before


def place() -> Place:
    return Place.objects.get(code="330400")


WRONG = {
    "roster_window": lambda world: Roster.objects.filter(pk=world.own.pk).update(deadline=date(2020, 1, 1)),
    "place_days": lambda world: Place.objects.filter(pk=place().pk).update(valid_to=date(1900, 1, 1)),
    "place_level_known": lambda world: Place.objects.filter(pk=place().pk).update(level="planet"),
    "target_ranges": lambda world: Target.objects.create(
        roster=world.hcle, code="330421", figure="firms_written_off", quantity=-1, start=date(2021, 1, 1),
        deadline=date(2021, 2, 1), recorded_at=at_day(1), recorded_by="x",
    ),
    "roster_terms_window": lambda world: RosterTerms.objects.create(
        roster=world.hcle, title="x", issuer="x", definition="x", start=date(2021, 2, 1),
        deadline=date(2021, 1, 1), done_figure="x", recorded_at=at_day(1), recorded_by="x",
    ),
    "observation_year_range": lambda world: Observation.objects.create(
        firm=world.cases["330421"][0].firm, year=20, indicator="tax", quantity=1, unit="x",
        recorded_at=at_day(1), recorded_by="x",
    ),
    "holding_relation_known": lambda world: Holding.objects.update(relation="guest"),
    "firm_not_its_own": lambda world: world.cases["330421"][0].firm.__class__.objects.update(
        absorbed_by=models.F("id")
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(WRONG))
def test_the_database_refuses_what_no_row_may_say(world: World, name: str) -> None:
    case = world.cases["330421"][0]
    parcel = apps.get_model("store", "Parcel").objects.first()
    Holding.objects.create(parcel=parcel, firm=case.firm, relation="owner")
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        WRONG[name](world)


@pytest.mark.django_db
def test_every_check_is_in_the_database(world: World) -> None:
    with connection.cursor() as cursor:
        for model in apps.get_app_config("store").get_models():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            wanted = {one.name for one in model._meta.constraints if isinstance(one, models.CheckConstraint)}
            assert wanted <= there.keys()


@pytest.mark.django_db
def test_an_import_whose_account_does_not_close_is_refused() -> None:
    at = datetime(2021, 9, 1, tzinfo=UTC)
    said = {"kind": "firms", "code": "330400", "filename": "x", "digest": "x", "size": 1, "uploaded_at": at}
    batches = apps.get_model("store", "Import").objects
    for wrong in ({"read": 2, "inserted": 1}, {"state": "lost"}, {"size": -1}):
        with pytest.raises(DatabaseError, match="import_"), transaction.atomic():
            batches.create(**{**said, "business_day": at.date(), "uploaded_by": "x", **wrong})


@pytest.mark.django_db
def test_without_guards_nothing_is_refused_and_they_come_back(world: World) -> None:
    with guards_down():
        Target.objects.update(recorded_at=at_day(1) + timedelta(days=1))
    refused("UPDATE store_target SET recorded_by = 'x'")


@pytest.mark.django_db
def test_guards_that_many_rows_need_not_ask_are_up_again(world: World, database_vendor: str) -> None:
    with transaction.atomic(), adding_many(MANY, Target):
        assert missing() == (["store_target"] if database_vendor == "sqlite" else [])
        refused("UPDATE store_target SET recorded_by = 'x'")
    assert missing() == [] and spoilt() == []
    with transaction.atomic(), adding_many(MANY - 1, Target):
        assert missing() == []


@pytest.mark.django_db
def test_guards_are_up_again_where_many_rows_came_to_nothing(world: World) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), adding_many(MANY, Target):
        raise RuntimeError
    assert missing() == [] and spoilt() == []


@pytest.mark.django_db
def test_a_guard_that_was_gone_stays_gone_to_be_found(world: World) -> None:
    take_down()
    with transaction.atomic(), adding_many(MANY, Target):
        pass
    assert "store_target" in missing()
