"""What a new office sees that is to be done first, and that it goes away when the first bulletin is out."""

import pytest

from tenglong.queries.reporting.first_day import first_steps
from tenglong.store.models import Bulletin, Roster
from tests.factories import MACHINE, World, build_people, build_world
from tests.integration.campaign.world import build_places
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
