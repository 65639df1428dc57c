"""Founding a roster on the pages, what to do with an empty one, and saying anew what it means."""

from typing import Any

import pytest
from django.test import Client

from tenglong.actions.reporting.bulletins import issue, reissue
from tenglong.store.models import Bulletin, Roster, TrailEvent
from tests.factories import AS_OF, CITY, JIASHAN, MACHINE, XITANG, World, at_day, build_world
from tests.integration.web import signed_in, text_of

ANSWERS = {
    "code": "leather-2022",
    "title": "皮革企业整治名单",
    "issuer": "嘉善县整治办",
    "definition_text": "本县规模以下皮革企业，依据县整治方案，按关停计。",
    "territory": JIASHAN,
    "start": "2022-01-01",
    "deadline": "2022-12-31",
    "done_figure": "firms_closed",
    "reference_title": "全市平均",
    "energy_basis": "equivalent",
    "title_en": "Leather firms",
    "definition_en": "Leather firms of the county, counted by closure.",
}


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=2)


def found(client: Client, **changes: str) -> Any:
    return client.post("/new-roster", {**ANSWERS, **changes}, follow=True)


def test_a_county_founds_a_roster_and_is_told_what_comes_next(world: World) -> None:
    county = signed_in("demo-jiashan")
    assert "/new-roster" in county.get("/rosters").content.decode()
    answer = found(county)
    assert answer.redirect_chain == [("/rosters/leather-2022?roster=leather-2022", 302)]
    page = answer.content.decode()
    assert "名单“皮革企业整治名单”已建立。" in text_of(answer) and "这份名单还没有企业" in page
    for link in ("/imports?roster=leather-2022&amp;kind=pushed_roster", "/places?roster=leather-2022"):
        assert link in page
    roster = Roster.objects.select_related("place").get(code="leather-2022")
    assert (roster.place.code, roster.done_figure, roster.energy_basis) == (
        JIASHAN,
        "firms_closed",
        "equivalent",
    )
    assert TrailEvent.objects.get(deed="create_roster", about=f"roster:{roster.pk}").by == "demo-jiashan"


def test_the_links_open_the_import_centre_and_the_targets_of_this_roster(world: World) -> None:
    county = signed_in("demo-jiashan")
    found(county)
    page = county.get("/imports?roster=leather-2022&kind=pushed_roster").content.decode()
    assert '<option value="pushed_roster" selected>' in page
    assert '<option value="leather-2022" selected>' in page
    assert "皮革企业整治名单" in text_of(county.get("/places?roster=leather-2022"))


def test_an_empty_roster_is_seen_in_its_territory_only(world: World) -> None:
    found(signed_in("demo-jiashan"))
    assert signed_in("demo-pinghu").get("/rosters/leather-2022").status_code == 404
    assert "皮革企业整治名单" in text_of(signed_in("demo-city").get("/rosters"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "hcle"}, "名单代码“hcle”已被使用"),
        ({"code": "名单"}, "只能用英文字母"),
        ({"definition_text": " "}, "必填"),
        ({"deadline": "2021-12-31"}, "早于开始日期"),
        ({"territory": CITY}, CITY),
        ({"done_figure": "land_vacated"}, "land_vacated"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_said_beside_the_field(world: World, changes: dict[str, str], said: str) -> None:
    answer = found(signed_in("demo-jiashan"), **changes)
    assert answer.status_code == 422 and Roster.objects.count() == 2
    field = f'name="{next(iter(changes))}"'
    page = answer.content.decode()
    shown = page.split(field)[1].split('<div class="mb-3">')[0]
    assert 'class="invalid-feedback d-block"' in shown and said in shown
    assert "皮革企业整治名单" in page and "Leather firms" in page, "what was typed stays"


def test_only_managers_found_and_only_in_their_own_territory(world: World) -> None:
    town = signed_in("demo-xitang")
    assert found(town).status_code == 403
    assert "/new-roster" not in town.get("/rosters").content.decode()
    offered = signed_in("demo-jiashan").get("/new-roster").content.decode()
    assert f'value="{XITANG}"' in offered and f'value="{CITY}"' not in offered


def amend(client: Client, **changes: str) -> Any:
    form = {
        "title": "高耗低效企业整治名单",
        "issuer": "嘉兴市整治办（演示）",
        "definition_text": "省平台推送的企业，按销号计（修改后）。",
        "deadline": "2022-03-31",
        "title_en": "High-consumption low-efficiency firms",
        "definition_en": "Changed.",
        "reason": "省厅发文延期",
    }
    return client.post("/rosters/hcle/words", {**form, **changes}, follow=True)


def test_the_page_says_when_by_whom_and_what_the_roster_meant_before(world: World) -> None:
    city, before = signed_in("demo-city"), world.hcle.definition
    said = text_of(amend(city))
    assert "口径已修改" in said and "由 市整治办演示员 修改" in said and "省厅发文延期" in said
    assert before in said and "按销号计（修改后）" in said
    assert "截止日期 2021-12-31 2022-03-31" in said
    refused = amend(city)
    assert refused.status_code == 422 and "没有任何改动" in text_of(refused)
    event = TrailEvent.objects.get(deed="amend_roster")
    assert set(event.details) == {"definition", "definition_en", "deadline"}


def test_only_the_rosters_own_office_changes_its_words(world: World) -> None:
    assert amend(signed_in("demo-jiashan")).status_code == 403
    early = amend(signed_in("demo-city"), deadline="2021-01-01")
    assert early.status_code == 422 and "早于开始日期" in text_of(early)
    world.hcle.refresh_from_db()
    assert world.hcle.deadline.isoformat() == "2021-12-31"


def test_what_was_issued_keeps_the_words_of_its_day(world: World) -> None:
    bulletin = issue(actor=MACHINE, at=at_day(74), roster=world.hcle, code=CITY, as_of=AS_OF)
    before = bytes(bulletin.document), bulletin.content
    amend(signed_in("demo-city"), title="改了名的名单")
    kept = Bulletin.objects.get(pk=bulletin.pk)
    assert reissue(kept).identical
    assert (bytes(kept.document), kept.content) == before
    assert world.hcle.definition in str(kept.content) and "改了名的名单" not in str(kept.content)
