"""Evaluations over the API: what the pages say, the way from draft to final, a town sees its own firms only."""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tenglong.domain.evaluation.explanation.wording import printed
from tenglong.jobs.worker import run_pending
from tenglong.store.models import Entry, Roster
from tests.factories import PASSWORD
from tests.integration.api.evaluation.evaluated import LAST, NOON, THIS, text_of
from tests.integration.api.world import Campaign

AFTER = datetime(2021, 12, 1, 4, tzinfo=UTC)
PDF = b"%PDF-1.4 demonstration"
ROSTER = {
    "code": "suspects-2020", "title": "疑似低效企业名单", "issuer": "嘉善县整治办（演示）",
    "definition": "筛查命中的企业，待核实（演示数据）。", "start": "2021-11-20", "deadline": "2021-12-31",
}  # fmt: skip

# What each person gets at each deed of an evaluation of Jiashan that the county office asked for and the town of
# Xitang objected to. 404: it is not there for them; 403: not theirs to do, or their own work; 409: not now.
DEEDS = {
    "check a scheme": (200, 200, 403, 200, 403, 403),
    "bring in a scheme": (201, 201, 404, 404, 403, 404),
    "put it in force": (200, 403, 404, 404, 403, 404),
    "start": (201, 201, 403, 404, 403, 404),
    "publicise": (409, 403, 404, 404, 403, 404),
    "withdraw": (200, 200, 404, 404, 403, 404),
    "recall": (200, 200, 403, 404, 403, 404),
    "object": (201, 201, 201, 404, 403, 404),
    "decide": (200, 200, 403, 404, 403, 404),
    "revise": (409, 409, 403, 404, 403, 404),
    "finalise": (409, 403, 403, 404, 403, 404),
    "retry": (409, 409, 403, 404, 403, 404),
    "letter": (200, 200, 200, 404, 200, 404),
    "roster by rules": (201, 201, 404, 404, 403, 404),
    "roster by grade": (201, 201, 403, 404, 403, 404),
}
PEOPLE = ("demo-city", "demo-jiashan", "demo-xitang", "demo-pinghu", "demo-audit", "demo-nobody")


class Clock:
    """The moment at which programs call."""

    now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Noon of the day on which the results were shown, until a test moves it."""
    moment = Clock()
    monkeypatch.setattr("tenglong.api.callers.timezone.now", lambda: moment.now)
    yield moment


def post(client: Client, path: str, given: Any = None) -> HttpResponse:
    return client.post(f"/api/v1/{path}", {} if given is None else given, "application/json")


def papers(firm_id: int) -> dict[str, Any]:
    return {"firm_id": firm_id, "claim": "税收少计", "files": SimpleUploadedFile("异议书.pdf", PDF)}


def do(client: Client, deed: str, world: Campaign) -> HttpResponse:
    """Try one of DEEDS."""
    rated, ours = world.rated, {"territory": "330421"}
    run, draft = f"evaluations/{rated.run.pk}", f"evaluations/{rated.draft.pk}"
    given: dict[str, Callable[[], HttpResponse]] = {
        "check a scheme": lambda: post(client, "schemes/check", {"text": text_of(THIS)}),
        "bring in a scheme": lambda: post(client, "schemes", ours | {"text": text_of(THIS, 2)}),
        "put it in force": lambda: post(client, f"schemes/{rated.fresh.pk}/put-in-force"),
        "start": lambda: client.post("/api/v1/evaluations", {"scheme": rated.scheme.pk}),
        "publicise": lambda: post(client, f"{draft}/publicise"),
        "withdraw": lambda: post(client, f"{draft}/withdraw", {"reason": "重复试算"}),
        "recall": lambda: post(client, f"{run}/withdraw", {"reason": "数据有误"}),
        "object": lambda: client.post(f"/api/v1/{run}/objections", papers(rated.firms[0].pk)),
        "decide": lambda: post(
            client, f"objections/{rated.objection.pk}/decide", {"uphold": False, "reason": "数据无误"}
        ),
        "revise": lambda: post(client, f"{run}/revise"),
        "finalise": lambda: post(client, f"{run}/finalise"),
        "retry": lambda: post(client, f"{run}/retry"),
        "letter": lambda: client.get(f"/api/v1/{run}/firms/{rated.firms[0].pk}/letter"),
        "roster by rules": lambda: post(client, "screening/roster", ROSTER | ours | {"year": THIS}),
        "roster by grade": lambda: post(client, f"{run}/roster", ROSTER),
    }
    return given[deed]()


@pytest.mark.parametrize("deed", DEEDS)
def test_every_role_may_do_what_is_its_own(
    world: Campaign, clients: dict[str, Client], clock: Clock, deed: str
) -> None:
    found = []
    for name in PEOPLE:
        with transaction.atomic():
            found.append(do(clients[name], deed, world).status_code)
            transaction.set_rollback(True)
    assert tuple(found) == DEEDS[deed]


def test_a_town_sees_only_its_own_firms(world: Campaign, clients: dict[str, Client]) -> None:
    rated, town = world.rated, clients["demo-xitang"]
    path = f"/api/v1/evaluations/{rated.run.pk}"
    own = {firm.pk for firm in rated.firms if firm.place.code == "330421103"}
    strangers = [firm for firm in rated.firms if firm.pk not in own]
    assert {row["firm_id"] for row in town.get(f"{path}/firms").json()["items"]} == own
    for more in ("", "/cheapest", "/letter"):
        assert town.get(f"{path}/firms/{strangers[0].pk}{more}").status_code == 404
    for part in (
        "firms",
        "review?points=5",
        "movements",
        "prices?year=2025&rates_of=330481",
        "cuts",
        "deciding",
    ):
        answer = town.get(f"{path}/{part}")
        assert answer.status_code == 200
        assert [firm for firm in strangers if firm.name in answer.content.decode("unicode-escape")] == []
    bars = town.get(f"{path}/distribution", {"by": "town"}).json()["items"]
    assert [(bar["key"], sum(bar["firms"].values())) for bar in bars] == [("330421103", len(own))]
    answer = town.get(path).json()
    assert sum(answer["own_grades"].values()) == len(own) < sum(answer["grades"].values()) == len(rated.firms)
    assert town.get(f"/api/v1/evaluations/{rated.draft.pk}").status_code == 404
    assert town.get(f"/api/v1/firms/{strangers[0].pk}/grades").status_code == 404


def test_who_sees_a_part_is_not_shown_the_values_of_single_firms(
    world: Campaign, clients: dict[str, Client]
) -> None:
    path = f"/api/v1/evaluations/{world.rated.run.pk}/measures"
    county, town = (clients[name].get(path).json()["items"] for name in ("demo-jiashan", "demo-xitang"))
    assert [row["lowest"] for row in county if row["measure"] == "range"] == ["0.451612903"]
    assert [row for row in county if row["measure"] != "range"] == town


def test_the_firms_that_move_to_make_room_are_named_only_where_they_may_be_seen(
    world: Campaign, clients: dict[str, Client]
) -> None:
    rated = world.rated
    path = f"/api/v1/evaluations/{rated.run.pk}/firms/{rated.firms[7].pk}/cheapest"
    county, town = (clients[name].get(path).json() for name in ("demo-jiashan", "demo-xitang"))
    seen, unseen = ([one for way in answer["single"] for one in way["moved"]] for answer in (county, town))
    assert seen and {one["firm"] for one in seen} == {rated.firms[8].name}
    assert len(unseen) == len(seen) and {(one["firm_id"], one["firm"]) for one in unseen} == {(None, "")}
    assert rated.firms[8].name not in json.dumps(town, ensure_ascii=False)


def page_of(world: Campaign, path: str) -> str:
    """What the page at an address says to the county office."""
    client = Client()
    assert client.login(username="demo-jiashan", password=PASSWORD)
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_list_is_the_pages_list(world: Campaign, clients: dict[str, Client]) -> None:
    path = f"evaluations/{world.rated.run.pk}/firms"
    page = page_of(world, f"/{path}?sort=-total")
    rows = clients["demo-jiashan"].get(f"/api/v1/{path}", {"sort": "-total"}).json()["items"]
    assert len(rows) == len(world.rated.firms)
    places = [re.search(f'/{path}/{row["firm_id"]}["?]', page).start() for row in rows]
    assert places == sorted(places)
    for row, start, end in zip(rows, places, [*places[1:], len(page)], strict=True):
        line = page[start:end]
        assert row["firm"] in line and row["grade"] in line
        assert row["total"] is None or f"{Decimal(row['total']):.2f}" in line


def test_the_sheet_of_a_firm_is_the_pages_sheet(world: Campaign, clients: dict[str, Client]) -> None:
    path = f"evaluations/{world.rated.run.pk}/firms/{world.rated.firms[8].pk}"
    page = page_of(world, f"/{path}")
    sheet = clients["demo-jiashan"].get(f"/api/v1/{path}").json()
    for mark in sheet["marks"]:
        for points in (mark["score"], mark["full"], mark["lost"]):
            assert printed(Decimal(points)) in page
    assert sheet["sentences"][0] in page and sheet["up"] and sheet["sentences"][-1] in page
    found = clients["demo-jiashan"].get(f"/api/v1/{path}/cheapest").json()
    part = page_of(world, f"/{path}/cheapest")
    assert found["sentences"] and all(sentence in part for sentence in found["sentences"])


def test_lists_are_narrowed_and_have_parts(world: Campaign, clients: dict[str, Client]) -> None:
    def ids(**params: Any) -> list[int]:
        answer = clients["demo-jiashan"].get(f"/api/v1/evaluations/{world.rated.run.pk}/firms", params)
        return [row["firm_id"] for row in answer.json()["items"]]

    whole, firms = ids(), world.rated.firms
    assert [id for start in (0, 5, 10) for id in ids(limit=5, offset=start)] == whole
    assert ids(status="not_rated", reason="utility") == [firms[4].pk]
    assert ids(grade="D", territory="330421103") == [firms[11].pk]
    assert set(ids(near="5")) == {firms[7].pk, firms[8].pk}
    assert ids(text=firms[5].name) == [firms[5].pk]


def test_grades_prices_and_movements_agree_with_the_list(world: Campaign, clients: dict[str, Client]) -> None:
    county, rated = clients["demo-jiashan"], world.rated
    path = f"/api/v1/evaluations/{rated.run.pk}"
    grades = {row["firm_id"]: row["grade"] for row in county.get(f"{path}/firms").json()["items"]}
    before = county.get(f"/api/v1/evaluations/{rated.final.pk}/firms").json()["items"]
    [last] = county.get(f"/api/v1/firms/{rated.firms[8].pk}/grades").json()["items"]
    assert (last["year"], last["grade"]) == (LAST, "C") and grades[rated.firms[8].pk] == "B"
    moved = county.get(f"{path}/movements").json()
    assert moved["earlier"] == rated.final.pk
    assert {one["firm_id"]: (one["before"], one["after"]) for one in moved["items"]} == {
        row["firm_id"]: (row["grade"], grades[row["firm_id"]])
        for row in before
        if row["grade"] != grades[row["firm_id"]]
    }
    prices = county.get(f"{path}/prices", {"year": 2025, "rates_of": "330481"}).json()
    assert {row["firm_id"] for row in prices["items"]} == {id for id, grade in grades.items() if grade == "D"}
    assert {(row["years"], row["charge"]["rate"]["value"]) for row in prices["items"]} == {(2, "0.3")}
    assert not county.get(f"{path}/prices").json()["known"]


def test_everything_wrong_with_a_scheme_is_said_at_once(clients: dict[str, Client]) -> None:
    bad = text_of(THIS).replace("weight = 60", 'weight = "60"').replace("year = 2020", "yaer = 2020")
    found = post(clients["demo-jiashan"], "schemes/check", {"text": bad, "filename": "草案.toml"}).json()
    assert len(found["problems"]) == 3 and all("草案.toml" in one for one in found["problems"])
    assert any("indicator[tax_per_mu].weight" in one for one in found["problems"])
    refused = post(clients["demo-jiashan"], "schemes", {"text": bad, "territory": "330421"})
    assert (refused.status_code, refused.json()["kind"]) == (400, "BadRules")


def test_an_evaluation_goes_its_whole_way(world: Campaign, clients: dict[str, Client], clock: Clock) -> None:
    city, county, town = (clients[f"demo-{name}"] for name in ("city", "jiashan", "xitang"))
    rated, firm = world.rated, world.rated.firms[0].pk
    assert post(city, f"evaluations/{rated.run.pk}/withdraw", {"reason": "重新开始"}).status_code == 200
    made = county.post("/api/v1/evaluations", {"scheme": rated.scheme.pk, "note": "正式"}).json()
    path = f"evaluations/{made['id']}"
    assert (made["state"], made["job"]["state"], made["standing"]) == ("computing", "waiting", None)
    run_pending(clock=lambda: clock.now)
    assert county.get(f"/api/v1/{path}").json()["state"] == "draft"
    assert town.get(f"/api/v1/{path}").status_code == 404
    shown = post(city, f"{path}/publicise", {"days": 3}).json()
    assert (shown["state"], shown["publicity_end"]) == ("publicised", "2021-11-24")
    may = town.get(f"/api/v1/{path}/firms/{firm}").json()["steps"]
    assert [(one["process"], one["step"], one["files"]) for one in may] == [("objection", "object", 1)]
    objection = town.post(f"/api/v1/{path}/objections", papers(firm)).json()
    assert objection["values"]["tax"] == "110" and objection["files"][0]["name"] == "异议书.pdf"
    file = county.get(f"/api/v1/objections/{objection['id']}/files/1")
    assert b"".join(file) == PDF
    assert town.get(f"/api/v1/objections/{objection['id']}/files/2").status_code == 404
    decision = {"uphold": True, "reason": "税务部门核实", "corrections": {"tax": "115"}}
    decided = post(county, f"objections/{objection['id']}/decide", decision).json()
    assert (decided["state"], decided["corrections"]) == ("upheld", {"tax": "115"})
    clock.now = AFTER
    waiting = city.get(f"/api/v1/{path}").json()["standing"]
    (barred,) = (one for one in waiting["steps"] if one["barred"])
    assert barred["step"] == "finalise" and "修订" in barred["barred"]
    revision = post(county, f"{path}/revise", {"way": "freeze"}).json()
    run_pending(clock=lambda: clock.now)
    final = post(city, f"evaluations/{revision['id']}/finalise").json()
    assert (final["state"], final["revises"]) == ("final", made["id"])
    assert town.get(f"/api/v1/{path}").json()["state"] == "replaced"
    years = town.get(f"/api/v1/firms/{firm}/grades").json()["items"]
    assert [one["year"] for one in years] == [THIS, LAST]


def test_a_table_that_is_handed_in_is_rated_as_it_is(world: Campaign, clients: dict[str, Client]) -> None:
    county, firms = clients["demo-jiashan"], world.rated.firms[:5]
    rows = [f"{firm.temporary_id},2020,规上,{90 - n},10,100,50,否,," for n, firm in enumerate(firms)]
    head = "id,year,scale,tax,land,value_added,energy,utility,years_in_d,shared_parcel"
    table = SimpleUploadedFile("firms.csv", "\n".join([head, *rows]).encode())
    made = county.post("/api/v1/evaluations", {"scheme": world.rated.scheme.pk, "table": table}).json()
    assert made["upload_name"] == "firms.csv"
    run_pending(clock=lambda: AFTER)
    run = county.get(f"/api/v1/evaluations/{made['id']}").json()
    assert run["state"] == "draft", run["job"]
    rated = county.get(f"/api/v1/evaluations/{made['id']}/firms").json()["items"]
    assert [row["firm_id"] for row in rated] == [firm.pk for firm in firms]


def test_suspects_become_a_roster_with_their_reasons(world: Campaign, clients: dict[str, Client]) -> None:
    county = clients["demo-jiashan"]
    about = {"year": THIS, "rule": "R02A"}
    hit = county.get("/api/v1/screening/suspects", about).json()
    line = next(
        one
        for one in county.get("/api/v1/screening", {"year": THIS}).json()["items"]
        if one["rule"] == "R02A"
    )
    assert line["hits"] == hit["count"] > 0
    made = post(county, "screening/roster", ROSTER | {"year": THIS, "rules": ["R02A"]})
    assert (made.status_code, made.json()["code"]) == (201, ROSTER["code"])
    listed = county.get(f"/api/v1/rosters/{ROSTER['code']}/members", {"step": "suspected"}).json()
    assert {one["firm"] for one in listed["items"]} == {one["firm"] for one in hit["items"]}
    entry = Entry.objects.filter(roster_id=Roster.objects.get(code=ROSTER["code"]).pk, kind="pushed").first()
    assert entry and entry.kind == "pushed" and entry.details["hits"][0]["rule"] == "R02A"


def test_a_run_that_failed_says_so_and_can_be_withdrawn(world: Campaign, clients: dict[str, Client]) -> None:
    county = clients["demo-jiashan"]
    made = county.post("/api/v1/evaluations", {"scheme": world.rated.scheme.pk, "year": 2010}).json()
    run_pending(clock=lambda: AFTER)
    run = county.get(f"/api/v1/evaluations/{made['id']}").json()
    assert (run["state"], run["job"]["state"]) == ("failed", "failed")
    assert [one["step"] for one in run["standing"]["steps"]] == ["retry", "withdraw"]
    assert county.get("/api/v1/evaluations").json()["items"][0]["state"] == "failed"
    gone = post(county, f"evaluations/{made['id']}/withdraw", {"reason": "没有数据"}).json()
    assert gone["state"] == "withdrawn"
