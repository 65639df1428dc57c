"""The pages of roadmaps: who sees what, and the way from the form to the plan, its explanation, adoption and slips."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenglong.actions.campaign.rosters import create_roster
from tenglong.domain.kernel.periods import Window
from tenglong.domain.roadmap.settings import Settings
from tenglong.jobs.worker import run_pending
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Roadmap, Roster, User
from tests.factories import build_people
from tests.integration.campaign.world import MACHINE, NOON, TODAY
from tests.integration.roadmap.world import COUNTY, XITANG, build_world, planned, settings
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db

TIGHT = {"fund": {"total": "1500"}, "measures": ["vacate_recover"]}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def roster(db: None) -> Roster:
    build_people()
    return build_world()


@pytest.fixture
def roadmap(roster: Roster) -> Roadmap:
    """Planned by the county, with less money than everybody would take."""
    return planned(roster, actor_of(User.objects.get(username="demo-jiashan"), TODAY), **TIGHT)


def pages(roadmap: Roadmap) -> list[str]:
    """Every page of a roadmap that the county sees before anything was adopted."""
    one, case = f"/roadmaps/{roadmap.pk}", roadmap.lines.order_by("case__number").first().case_id
    return [
        one, f"{one}/firms", f"{one}/firms?waits=yes", f"{one}/firms/{case}", f"{one}/firms/{case}/why",
        f"{one}/what-if", f"{one}/front", f"{one}/adopt", f"{one}/replan", f"{one}/settings.json",
        f"{one}/chart.pdf", f"{one}/roadmap.xlsx", f"{one}/problem.json", f"{one}/plan.json",
    ]  # fmt: skip


def fields(stated: Settings, **more: Any) -> dict[str, Any]:
    """The form as a browser sends it, filled in from settings."""
    weights = {
        f"weight_{id}": str(stated.aim.weights[id])
        for id in ("land", "write_off", "energy", "wastewater", "cod", "tax")
    }
    rows = {
        f"{table}-{key}": value
        for table in ("targets", "cash")
        for key, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
    }
    return {
        "base": json.dumps(stated.model_dump(mode="json")), "title": "整治路线图", "code": COUNTY,
        "start": stated.start, "deadline": stated.deadline, "period": stated.period, "facts_on": TODAY,
        "aim": stated.aim.kind, "measures": list(stated.measures), "seconds": "30", "staff_days": "20",
        "appraisals": "15", "legal": "7", **weights, **rows, **more,
    }  # fmt: skip


def test_strangers_and_people_of_other_counties_learn_nothing(roadmap: Roadmap) -> None:
    pinghu, nobody, town = signed_in("demo-pinghu"), signed_in("demo-nobody"), signed_in("demo-xitang")
    for address in pages(roadmap):
        assert Client().get(address).status_code == 302, address
        assert nobody.get(address).status_code == 403, address
        assert pinghu.get(address).status_code == 404, address
        assert town.get(address).status_code in (403, 404), address
    assert "整治路线图" in text_of(town.get(f"/roadmaps?roster={roadmap.roster.code}"))
    assert "第 1 号" not in text_of(town.get(f"/roadmaps?roster={roadmap.roster.code}"))
    assert town.get("/roadmaps/new").status_code == 403
    assert (
        town.post(f"/roadmaps/{roadmap.pk}/withdraw", {"reason": "无"}).status_code == 404
    )  # not there for a town
    assert signed_in("demo-jiashan").get("/roadmaps/999999").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_county_office_opens_every_page(roadmap: Roadmap, language: str) -> None:
    client = signed_in("demo-jiashan")
    client.post("/language", {"language": language, "next": "/"})
    addresses = [
        *pages(roadmap),
        f"/roadmaps?roster={roadmap.roster.code}",
        "/roadmaps/new",
        "/roadmaps/settings.json",
    ]
    answers = {address: client.get(address) for address in addresses}
    assert {address: one.status_code for address, one in answers.items() if one.status_code != 200} == {}
    assert all(json.loads(b"".join(one.streaming_content)) for one in answers.values() if one.streaming)
    html = [one.content for one in answers.values() if one["Content-Type"].startswith("text/html")]
    assert [one for one in html if b"onclick=" in one or b" style=" in one or b"<script>" in one] == []


def test_a_roadmap_says_how_good_it_is_and_what_it_takes(roadmap: Roadmap) -> None:
    said = text_of(signed_in("demo-jiashan").get(f"/roadmaps/{roadmap.pk}"))
    assert "已证明：在全部可行方案中，没有比它" in said
    assert "三可审查 企业可接受" in said and "分区块推进表" in said
    assert "哪些条件卡住了方案" in said and "资金（全程）每增加" in said
    assert "任何人可用 tenglong plan --check 复核" in said


def test_the_form_tells_what_is_wrong_beside_its_field_and_keeps_what_was_typed(roster: Roster) -> None:
    client, stated = signed_in("demo-jiashan"), settings(**TIGHT)
    bad = fields(
        stated,
        deadline="2021-01-01",
        total="很多",
        **{"targets-0-by": "2021-09-30", "targets-0-amount": "land"},
    )
    answer = client.post(f"/roadmaps/new?roster={roster.code}", bad)
    said = text_of(answer)
    assert answer.status_code == 422 and Roadmap.objects.count() == 0
    assert (
        "完成期限不能早于开始日期" in said and "“很多”不是数字" in said and "请填写，或把这一行清空" in said
    )
    late = {"targets-0-by": "2029-01-01", "targets-0-amount": "land", "targets-0-at_least": "3"}
    answer = client.post(f"/roadmaps/new?roster={roster.code}", fields(stated, **late))
    assert answer.status_code == 422 and "2029-01-01 不在" in text_of(answer)
    months = {
        "cash-TOTAL_FORMS": "2",
        "cash-0-month": "2021-12",
        "cash-0-money": "5",
        "cash-1-month": "2021-12",
        "cash-1-money": "6",
    }
    answer = client.post(f"/roadmaps/new?roster={roster.code}", fields(stated, **months))
    assert answer.status_code == 422 and "2021-12 填了两次" in text_of(answer)


def test_a_roadmap_is_asked_for_with_everything_the_form_states(roster: Roster) -> None:
    client, stated = signed_in("demo-jiashan"), settings(measures=["vacate_recover"])
    day = stated.last_days[3].isoformat()
    typed = {
        "total": "1500", "financing": "10", "team_0": "12", "zone_0": stated.deadline,
        "targets-0-by": day, "targets-0-amount": "land", "targets-0-at_least": "3", "targets-0-where": f"town:{XITANG}",
        "cash-0-month": "2021-12", "cash-0-money": "900",
    }  # fmt: skip
    answer = client.post(f"/roadmaps/new?roster={roster.code}", fields(stated, **typed))
    assert answer.status_code == 302
    found = Roadmap.objects.get().settings
    assert (found["fund"]["total"], found["fund"]["financing"], found["fund"]["cash"]) == (
        "1500",
        "10",
        {"2021-12": "900"},
    )
    assert found["capacity"]["teams"] == {"一组": "12"} and found["clearances"][0]["zone"] == "东区"
    assert found["targets"][0] | {"source": "", "assumed": {}} == {
        "amount": "land", "by": day, "at_least": "3", "town": XITANG, "zone": "", "source": "", "assumed": {},
    }  # fmt: skip
    assert found["solver"]["seconds"] == 30 and found["solver"]["seed"] == 1
    page = answer["Location"].partition("?")[0]
    said = text_of(client.get(page))
    assert "编制中" in said and "停止，采用目前最好的方案" in said
    part = client.get(f"{page}/progress", headers=HTMX)
    assert part.status_code == 200 and b"<html" not in part.content
    run_pending(clock=lambda: NOON)
    assert client.get(f"{page}/progress", headers=HTMX)["HX-Refresh"] == "true"
    assert "已证明" in text_of(client.get(page)) or "没有可行方案" in text_of(client.get(page))


def test_a_file_fills_the_form_in_and_a_bad_one_is_refused_beside_its_field(roster: Roster) -> None:
    client, stated = signed_in("demo-jiashan"), settings(**TIGHT)
    address = f"/roadmaps/new?roster={roster.code}"
    kept = json.loads(client.get(f"/roadmaps/settings.json?roster={roster.code}").content)
    kept["title"], kept["bonus"]["rate"] = "由文件而来", "0.25"
    file = SimpleUploadedFile("s.json", json.dumps(kept).encode(), "application/json")
    answer = client.post(address, fields(stated, load="1", file=file))
    assert answer.status_code == 200 and "由文件而来" in answer.content.decode()
    assert "&quot;rate&quot;: &quot;0.25&quot;" in answer.content.decode()
    for name, content, why in (
        ("s.json", b"[1]", "应为一个对象"),
        ("s.json", b"\xff\xfe", "不是有效的 UTF-8 文本或 JSON"),
        ("s.toml", b"periods = 3", "没有这一项"),
    ):
        answer = client.post(address, fields(stated, load="1", file=SimpleUploadedFile(name, content)))
        assert answer.status_code == 422 and why in text_of(answer), name
    assert Roadmap.objects.count() == 0


def test_the_roadmaps_of_every_roster_are_found_from_the_menu(roadmap: Roadmap) -> None:
    create_roster(
        actor=MACHINE,
        at=NOON,
        code="other",
        title="另一份名单",
        issuer="演示",
        place=roadmap.place,
        window=Window(TODAY, TODAY),
        definition_text="演示口径",
    )
    page = signed_in("demo-jiashan").get("/roadmaps?roster=other")
    assert "这份名单还没有路线图" in text_of(page) and "其他名单的路线图" in text_of(page)
    assert f'href="/roadmaps/{roadmap.pk}?roster={roadmap.roster.code}"' in page.content.decode()
