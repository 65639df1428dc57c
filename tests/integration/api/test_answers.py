"""What the API answers: the figures of every other face, problems in words, pages in a fixed order."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from ninja import Schema

from tenglong.actions.campaign.cases import set_plan
from tenglong.cli.__main__ import main
from tenglong.domain.access.policy import scope_of
from tenglong.queries.campaign.cases import case_by_id
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.registry.territory import actor_of
from tests.integration.api.world import AS_OF, DAY, NOON, Campaign

POINTS = [
    {"territory": "330400", "as_of": "2021-11-09", "known_at": "2021-11-20T12:00:00+08:00"},
    {"territory": "330421", "as_of": "2021-10-20", "known_at": "2021-11-20T12:00:00+08:00"},
    {"territory": "330421", "as_of": "2021-11-09", "known_at": "2021-11-12T03:04:05.678901+00:00"},
]
CASES = ("hcle", "own")


def printed(capsys: pytest.CaptureFixture[str], command: str, roster: str, point: dict[str, str]) -> Any:
    """What `tenglong COMMAND … --format json` prints."""
    options = [part for name, value in point.items() for part in (f"--{name.replace('_', '-')}", value)]
    assert main([command, "--roster", roster, *options, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("roster", CASES)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("command", ["figures", "race"])
def test_api_and_command_line_say_the_same(
    clients: dict[str, Client],
    capsys: pytest.CaptureFixture[str],
    command: str,
    roster: str,
    point: dict[str, str],
) -> None:
    answer = clients["demo-city"].get(f"/api/v1/{command}", {"roster": roster, **point, "limit": 200}).json()
    assert answer["items"] == printed(capsys, command, roster, point)
    assert answer["count"] == len(answer["items"]) > 0


def test_api_and_page_say_the_same(world: Campaign, clients: dict[str, Client]) -> None:
    user = world.person("demo-jiashan")
    asked = question(
        roster=world.hcle, code="330421", as_of=AS_OF, known_at=NOON, scope=scope_of(actor_of(user, DAY))
    )
    params = {"roster": "hcle", "as_of": AS_OF.isoformat(), "known_at": NOON.isoformat(), "limit": 200}
    answer = clients["demo-jiashan"].get("/api/v1/figures", params).json()
    shown = [(figure.id, figure.exact_text, figure.printed, figure.unit) for figure in ask(asked)]
    assert [(row["id"], row["value"], row["printed"], row["unit"]) for row in answer["items"]] == shown
    assert {row["known_at"] for row in answer["items"]} == {NOON.isoformat()}
    assert any(row["value"] not in (None, "0") for row in answer["items"])


def test_a_figure_opens_to_the_cells_it_comes_from(world: Campaign, clients: dict[str, Client]) -> None:
    client, params = clients["demo-jiashan"], {"roster": "hcle", "as_of": "2021-11-09"}
    figure = client.get("/api/v1/figures", {**params, "figure": "land_vacated"}).json()["items"][0]
    opened = client.get("/api/v1/figures/land_vacated/cases", params).json()
    assert opened["total"] == figure["value"] == "17.25"
    assert [row["amount"] for row in opened["items"]] == ["17.25"]
    case = opened["items"][0]["case"]
    traced = client.get(f"/api/v1/figures/land_vacated/cases/{case}", params).json()["items"]
    assert [row["quantity"] for row in traced] == ["17.25"]
    assert traced[0]["source"]["cell"].startswith("H")


def test_two_points_compared_add_up(clients: dict[str, Client]) -> None:
    params = {"roster": "hcle", "as_of": "2021-11-09", "from_as_of": "2021-09-15", "territory": "330400"}
    found = clients["demo-city"].get("/api/v1/figures/firms_written_off/compare", params).json()
    opening, corrected, new, closing = (
        int(found[part]) for part in ("opening", "corrected", "new", "closing")
    )
    assert opening + corrected + new == closing > opening
    assert sum(int(row["closing"]) for row in found["items"]) == closing


def test_the_difference_of_a_roster_adds_up(clients: dict[str, Client]) -> None:
    found = clients["demo-city"].get("/api/v1/rosters/hcle/difference", {"limit": 200}).json()
    kept = found["pushed"] - found["pushed_removed"] - found["pushed_open"] + found["added_final"]
    assert kept == found["final"] > 0
    assert found["count"] == len(found["items"])


def test_a_reissued_bulletin_is_the_same_to_the_byte(world: Campaign, clients: dict[str, Client]) -> None:
    path = f"/api/v1/bulletins/{world.bulletins['330421']}"
    one, again = (
        clients["demo-jiashan"].get(path).json(),
        clients["demo-jiashan"].get(f"{path}/reissue").json(),
    )
    assert again == {"digest": one["digest"], "identical": True}


def test_todays_knowledge_shows_what_moved_and_why(world: Campaign, clients: dict[str, Client]) -> None:
    client, path = clients["demo-jiashan"], f"/api/v1/bulletins/{world.bulletins['330421']}"
    assert client.get(f"{path}/today").json()["count"] == 0
    lines = client.get(f"/api/v1/cases/{world.case()}/entries").json()["items"]
    wrong = next(line["id"] for line in lines if line["kind"] == "written_off")
    assert (
        client.post(f"/api/v1/entries/{wrong}/void", {"reason": "误录"}, "application/json").status_code
        == 201
    )
    found = client.get(f"{path}/today", {"limit": 200}).json()
    moved = {(cell["unit"], cell["cell"]): (cell["printed"], cell["now"]) for cell in found["items"]}
    assert moved["", "firms_written_off"] == ("1", "0")
    assert [row["reason"] for row in found["corrections"] if row["figure"].startswith("销号企业数")] == [
        "误录"
    ]
    assert client.get(f"{path}/reissue").json()["identical"]


def test_what_an_entry_says_of_its_case_is_told(world: Campaign, clients: dict[str, Client]) -> None:
    client, case = clients["demo-jiashan"], world.case()
    office = actor_of(get_user_model().objects.get(username="demo-jiashan"), DAY)
    set_plan(
        actor=office,
        at=NOON,
        case=case_by_id(case, scope_of(office)),
        batch="第二批",
        measure="",
        due_on=DAY,
        team="三组",
    )
    lines = client.get(f"/api/v1/cases/{case}/entries", {"limit": 200}).json()["items"]
    said = [line["said"] for line in lines if line["kind"] == "described"]
    assert said == [{"batch": "第二批", "due_on": DAY.isoformat(), "team": "三组"}]
    assert all(line["said"] == {} for line in lines if line["kind"] == "written_off")


def test_pages_are_parts_of_one_order(clients: dict[str, Client]) -> None:
    def ids(**params: Any) -> list[int]:
        answer = clients["demo-city"].get("/api/v1/cases", {"roster": "hcle", "sort": "-land", **params})
        return [row["id"] for row in answer.json()["items"]]

    whole = ids(limit=200)
    parts = [ids(limit=10, offset=start) for start in range(0, len(whole) + 10, 10)]
    assert [id for part in parts for id in part] == whole
    assert len(set(whole)) == len(whole) == 27


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh-hans", "没有名单“none”，请从名单页面选择。"), ("zh-hant", "沒有名單“none”，請從名單頁面選擇。")],
)
def test_a_problem_is_a_sentence_in_the_callers_language(
    clients: dict[str, Client], language: str, sentence: str
) -> None:
    answer = clients["demo-city"].get("/api/v1/rosters/none", headers={"accept-language": language})
    assert (answer.status_code, answer.json()) == (404, {"error": sentence, "kind": "NotFound"})


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/figures?roster=hcle&as_off=2021-11-09", "as_off"),
        ("/figures?roster=hcle&as_of=9.11.2021", "9.11.2021"),
        ("/figures?roster=hcle&as_of=2021-02-30", "2021-02-30"),
        ("/figures?roster=hcle&as_of=9999-12-31", "9999-12-31"),
        ("/figures?roster=hcle&as_of=2199-12-31", "2199-12-31"),
        ("/figures?roster=hcle&known_at=0001-01-01T00:00:00%2B14:00", "0001-01-01"),
        ("/figures?roster=hcle&figure=nothing", "figure"),
        ("/figures?roster=hc%00le", "roster"),
        ("/figures", "roster"),
        ("/figures/write_off_rate/cases?roster=hcle", "比率"),
        ("/cases?roster=hcle&text=%00", "text"),
        ("/cases?roster=hcle&limit=201", "limit"),
        ("/cases?roster=hcle&offset=-1", "offset"),
        ("/cases?roster=hcle&sort=place", "sort"),
        ("/cases?roster=hcle&state=gone", "state"),
        ("/cases/9223372036854775808", "id"),
        ("/firms/abc", "id"),
        ("/me?x=1", "x"),
    ],
)
def test_bad_input_is_named(clients: dict[str, Client], path: str, name: str) -> None:
    answer = clients["demo-city"].get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["kind"]) == (400, "BadValue")
    assert name in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[1]",
        b'"x"',
        b'{"reason": "\\ud800"}',
        b'{"reason": 1}',
        b'{"reason": "a", "more": 1}',
        b'{"reason": "\\u0000"}',
        b"\xff",
        b"[" * 5000,
    ],
)
def test_a_body_that_is_not_as_described_is_refused(
    world: Campaign, clients: dict[str, Client], body: bytes
) -> None:
    path = f"/api/v1/entries/{world.entry_id}/void"
    answer = clients["demo-city"].post(path, body, "application/json")
    assert (answer.status_code, answer.json()["kind"]) == (400, "BadValue")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "void"},
        {"kind": "nonsense"},
        {"effective_on": "2199-01-01"},
        {"quantity": "NaN"},
        {"quantity": "1e99"},
        {"quantity": "1.2345678"},
        {"quantity": "-1"},
        {"quantity": "5"},
        {"parcel_id": "999999"},
        {"parcel": "1"},
        {"reason": "\x00"},
        {"told": "{"},
        {"told": '["x"]'},
        {"told": '{"met": 1}'},
        {"told": '{"met": "x"}'},
    ],
)
def test_an_entry_that_is_not_good_is_refused(
    world: Campaign, clients: dict[str, Client], wrong: dict[str, str]
) -> None:
    entry = {"kind": "note", "effective_on": "2021-11-09", **wrong}
    answer = clients["demo-city"].post(f"/api/v1/cases/{world.case()}/entries", entry)
    assert (answer.status_code, answer.json()["kind"]) == (400, "BadValue")


def test_what_is_told_of_an_entry_goes_in_and_comes_out(world: Campaign, clients: dict[str, Client]) -> None:
    path, told = f"/api/v1/cases/{world.case()}/entries", {"met": "户主", "offer": "88.8"}
    entry = {"kind": "consulted", "effective_on": "2021-11-09", "told": json.dumps(told)}
    made = clients["demo-city"].post(path, entry)
    assert made.status_code == 201
    lines = clients["demo-city"].get(path, {"limit": 200}).json()["items"]
    assert [line["told"] for line in lines if line["id"] == made.json()["id"]] == [told]


def test_a_broken_form_is_refused_in_words(world: Campaign, clients: dict[str, Client]) -> None:
    path = f"/api/v1/cases/{world.case()}/entries"
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x", "text/plain"):
        answer = clients["demo-city"].post(path, b"--x\r\nbroken", content_type)
        assert (answer.status_code, answer.json()["kind"]) == (400, "BadValue")


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/me", "/api/v1/cases/1/2/3"]
)
def test_an_unknown_address_is_a_problem_like_any_other(db: None, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.json()["kind"]) == (404, "NotFound")


def test_the_document_needs_nothing_from_elsewhere(db: None) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "http" not in json.dumps(document).replace('"type": "http"', "")
    assert Client().get("/api/v1/docs").status_code == 404


def test_no_two_schemas_share_a_name() -> None:
    """The document knows a schema by its name alone: of two, one would be described as the other."""
    found = [schema for schema in _below(Schema) if schema.__module__.startswith("tenglong.api.")]
    names = Counter(
        schema.__name__ for schema in found if schema.__pydantic_generic_metadata__["origin"] is None
    )
    assert [name for name, count in names.items() if count > 1] == []


def _below(schema: type[Schema]) -> Iterator[type[Schema]]:
    for below in schema.__subclasses__():
        yield below
        yield from _below(below)
