"""People are called by their name on pages and in the API, which says both."""

import pytest

from tenglong.domain.access.roles import Permission
from tenglong.queries.access.names import holders, person_name, person_names
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Roster, User
from tests.factories import AS_OF, JIASHAN, World, build_world
from tests.integration.campaign.world import csv_file, staged
from tests.integration.web import signed_in, text_of


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


def test_two_people_of_one_name_are_told_apart(world: World) -> None:
    assert person_name("demo-city") == "市整治办演示员" and person_name("命令行") == "命令行"
    User.objects.create(username="second", display_name="市整治办演示员")
    User.objects.create(username="nameless")
    from tenglong.queries.access import names

    found = names._every_name()
    assert found["demo-city"] == "市整治办演示员（demo-city）" and found["nameless"] == "nameless"


def test_who_holds_a_permission_at_a_place_the_nearest_first(world: World) -> None:
    tree = territory().at(AS_OF)
    place = tree.place(JIASHAN).id
    assert holders(Permission.ACCEPT, place, tree) == ("demo-jiashan", "demo-city")
    User.objects.filter(username="demo-jiashan").update(is_active=False)
    assert holders(Permission.ACCEPT, place, tree) == ("demo-city",)


def test_pages_show_the_name_and_the_api_both(world: World) -> None:
    from tenglong.queries.registry.territory import actor_of

    header = ["县(市、区)", "镇(街道)", "企业名称"]
    batch = staged(
        csv_file(header, ["嘉善县", "西塘镇", "嘉善丁丁厂"]),
        roster=Roster.objects.get(code="hcle"),
        actor=actor_of(world.people["demo-jiashan"], AS_OF),
        code=JIASHAN,
    )
    client = signed_in("demo-city")
    for address in ("/imports", f"/imports/{batch.pk}"):
        said = text_of(client.get(address))
        assert "嘉善县整治办演示员" in said and "demo-jiashan" not in said
    answer = client.get(f"/api/v1/imports/{batch.pk}").json()
    assert answer["uploaded_by"] == "demo-jiashan"
    assert answer["people"] == {"demo-jiashan": "嘉善县整治办演示员"}
    schema = client.get("/api/v1/openapi.json").json()["components"]["schemas"]["ImportInFull"]
    assert "people" in schema["properties"]
    assert person_names()["demo-audit"] == "审计演示员"
