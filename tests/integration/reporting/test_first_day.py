"""What a new office sees that is to be done first, and that it goes away when the first bulletin is out."""

import pytest

from tenglong.actions.registry.places import take_place_step
from tenglong.actions.registry.territory import install_places
from tenglong.domain.registry.changes import Kind, Step
from tenglong.queries.registry.territory import actor_of
from tenglong.queries.reporting.first_day import first_steps
from tenglong.store.models import Bulletin, Roster, User
from tests.factories import MACHINE, World, build_people, build_world
from tests.integration.campaign.world import NOON, TODAY, build_places, make_actor
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db


def undone(roster_ids: list[int]) -> list[str]:
    return [step.id for step in first_steps(MACHINE, roster_ids) if not step.done]


def test_an_empty_site_says_what_comes_first() -> None:
    build_places()
    build_people()
    assert undone([]) == ["places", "roster", "upload", "freeze", "targets", "bulletin"]
    page = text_of(signed_in("demo-city").get("/"))
    assert "第一天" in page and "建立名单" in page and "下载模板" in page
    assert "第一天" not in text_of(signed_in("demo-xitang").get("/"))  # whoever founds nothing has other work


def test_what_is_done_is_ticked_and_the_list_ends_with_the_first_bulletin() -> None:
    world: World = build_world(per_unit=2)
    assert undone([world.hcle.pk]) == ["freeze", "bulletin"]
    assert text_of(signed_in("demo-city").get("/")).count("已完成") >= 5
    other = Roster.objects.exclude(pk=world.hcle.pk).values_list("pk", flat=True)
    assert not Bulletin.objects.exists() and undone(list(other))


def test_the_steps_tick_by_the_own_office_not_by_the_whole_site() -> None:
    build_places()
    build_people()
    install_places(actor=MACHINE, at=NOON, code="441300")
    new = make_actor("hz", "city_office", "441300")
    assert [step.id for step in first_steps(new, []) if step.done] == []
    take_place_step(
        actor=new, at=NOON, step=Step(Kind.ADD, TODAY, "441300", name="仲恺高新区"), reason="演示批文"
    )
    make_actor("hz-b", "city_office", "441302")
    assert [step.id for step in first_steps(new, []) if step.done] == ["places", "people"]
    jiaxing = actor_of(User.objects.get(username="demo-city"), TODAY)
    assert [step.id for step in first_steps(jiaxing, []) if step.done] == ["people"]
