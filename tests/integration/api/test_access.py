"""Who may call the API, who may do what, and what is not theirs is not there."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tenglong.actions.access.people import revoke_token
from tenglong.api.site import api
from tenglong.queries.access.people import tokens_of
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Entry, Import
from tests.factories import PASSWORD
from tests.integration.api.test_doors import MADE
from tests.integration.api.world import DAY, Campaign

OPERATIONS = [
    (method, path)
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method in methods
]
ASKED = {
    "/figures": "roster=hcle",
    "/figures/{id}/cases": "roster=hcle",
    "/figures/{id}/cases/{case_id}": "roster=hcle",
    "/figures/{id}/compare": "roster=hcle&from_as_of=2021-11-02",
    "/race": "roster=hcle",
    "/cases": "roster=hcle",
    "/cases.xlsx": "roster=hcle",
    "/signing": "roster=hcle",
    "/search": "q=演示",
    "/bulletins": "roster=hcle",
    "/bulletins/preview": "roster=hcle&as_of=2021-11-09",
    "/evaluations/{id}/review": "points=5&percent=5",
    "/evaluations/{id}/prices": "year=2025&rates_of=330481",
    "/roadmaps/settings": "roster=hcle",
    "/organisation/load": "roster=hcle",
    "/screening": "year=2020",
    "/screening/suspects": "year=2020",
    "/screening/untested": "year=2020",
}
PDF = b"%PDF-1.4 demonstration"

# What each person gets at each operation that does something, on a case, an entry, an import of Jiashan.
# 404: it is not there for them. 403: it is, but this is not theirs to do.
DEEDS = {
    "record a note": {"city": 201, "jiashan": 201, "xitang": 201, "pinghu": 404, "audit": 403, "nobody": 404},
    "record a check": {
        "city": 409,
        "jiashan": 409,
        "xitang": 403,
        "pinghu": 404,
        "audit": 403,
        "nobody": 404,
    },
    "void": {"city": 201, "jiashan": 201, "xitang": 403, "pinghu": 404, "audit": 403, "nobody": 404},
    "hand in": {"city": 201, "jiashan": 201, "xitang": 404, "pinghu": 404, "audit": 403, "nobody": 404},
    "hand in for Xitang": {
        "city": 201,
        "jiashan": 201,
        "xitang": 201,
        "pinghu": 404,
        "audit": 403,
        "nobody": 404,
    },
    # the file makes a new target of the city's roster: that is not the county's to do
    "accept": {"city": 202, "jiashan": 403, "xitang": 404, "pinghu": 404, "audit": 403, "nobody": 404},
    "withdraw": {"city": 200, "jiashan": 200, "xitang": 404, "pinghu": 404, "audit": 403, "nobody": 404},
    "document": {"city": 200, "jiashan": 200, "xitang": 404, "pinghu": 404, "audit": 200, "nobody": 404},
    "returned workbook": {
        "city": 200,
        "jiashan": 200,
        "xitang": 404,
        "pinghu": 404,
        "audit": 200,
        "nobody": 404,
    },
}


def address(path: str, world: Campaign, **more: Any) -> str:
    """An operation's address, about records of Jiashan."""
    short = path.removeprefix("/api/v1")
    topic = short.split("/")[1]
    if topic in MADE:
        id: Any = MADE[topic]()
    else:
        id = "land_vacated" if topic == "figures" else world.ids.get(topic, 1)
    about = {
        "code": "hcle",
        "other": "own",
        "id": id,
        "case_id": world.case_in(topic),
        "firm_id": world.ids["firms"],
        "earlier": world.rated.earlier.pk,
        "name": "demo-jiaxing-2020",
        "number": 1,
        "rule": "cards",
        "piece": "E01",
    }
    return path.format(**about, **more) + "?" + ASKED.get(short, "")


def do(client: Client, deed: str, world: Campaign) -> HttpResponse:
    """Try one of DEEDS."""
    ids = world.ids
    case, batch = f"/api/v1/cases/{ids['cases']}", f"/api/v1/imports/{ids['imports']}"
    if deed == "record a note":
        return client.post(f"{case}/entries", {"kind": "note", "effective_on": "2021-11-09"})
    if deed == "record a check":
        file = SimpleUploadedFile("核查.pdf", PDF)
        return client.post(
            f"{case}/entries", {"kind": "checked", "effective_on": "2021-09-02", "files": file}
        )
    if deed == "void":
        return client.post(f"/api/v1/entries/{ids['entries']}/void", {"reason": "误录"}, "application/json")
    if deed.startswith("hand in"):
        code = "330421103" if deed.endswith("Xitang") else "330421"
        file = SimpleUploadedFile("企业.csv", "企业名称\n演示厂\n".encode())
        about = {"kind": "firms", "territory": code, "business_day": "2021-11-09", "file": file}
        return client.post("/api/v1/imports", about)
    if deed == "accept":
        return client.post(f"{batch}/accept")
    if deed == "withdraw":
        return client.post(f"{batch}/withdraw", {"reason": "重复"}, "application/json")
    if deed == "document":
        return client.get(f"/api/v1/bulletins/{ids['bulletins']}/document")
    return client.get(f"{batch}/returned")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nobody_gets_anything_without_a_token(world: Campaign, method: str, path: str) -> None:
    answer = Client().generic(method, address(path, world))
    assert answer.status_code == 401
    assert answer.json()["kind"] == "NotSignedIn"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("deed", DEEDS)
def test_every_role_may_do_what_is_its_own(world: Campaign, clients: dict[str, Client], deed: str) -> None:
    found = {}
    for name in DEEDS[deed]:
        with transaction.atomic():
            found[name] = do(clients[f"demo-{name}"], deed, world).status_code
            transaction.set_rollback(True)
    assert found == DEEDS[deed]


QUIET = {
    "/api/v1/territory/steps",  # nothing happened to any place
    "/api/v1/organisation",  # the small campaign has none: tests/integration/registry/test_organisation.py
    "/api/v1/organisation/people",
    "/api/v1/organisation/steps",
    "/api/v1/organisation/handovers",
    "/api/v1/bulletins/{id}/today",  # nothing has moved since
    "/api/v1/roadmaps/{id}/promises",  # none was made before: read of a replan in tests/integration/api/roadmap
    "/api/v1/roadmaps/{id}/dates",
}
READS = [path for method, path in OPERATIONS if method == "get"]


@pytest.mark.parametrize("path", READS)
def test_the_own_county_reads_everything(world: Campaign, clients: dict[str, Client], path: str) -> None:
    answer = clients["demo-jiashan"].get(address(path, world))
    assert answer.status_code == 200, answer.content
    if answer.streaming:
        assert b"".join(answer)
    if answer.headers["Content-Type"].startswith("application/json"):
        body = answer.json()
        assert body.get("count", 1) > 0 or path in QUIET


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("name", ["demo-pinghu", "demo-nobody"])
def test_another_county_gets_nothing_of_it(
    world: Campaign, clients: dict[str, Client], path: str, name: str
) -> None:
    """Lists may hold what is their own; nothing that is Jiashan's is in any answer, nor can it be asked for."""
    client = clients[name]
    answer = client.get(address(path, world))
    names = [case.firm.name for case in world.world.cases["330421"]]
    text = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code in (200, 404)
    assert [firm for firm in names if firm.encode() in text] == []
    if "{id}" in path and "/figures" not in path:
        assert answer.status_code == 404
        assert answer.json()["kind"] == "NotFound"


@pytest.mark.parametrize(
    "path",
    [
        "/figures",
        "/figures/land_vacated/cases",
        "/race",
        "/cases",
        "/rosters/hcle/members",
        "/rosters/hcle/difference",
        "/rosters/hcle/overlap/own",
    ],
)
def test_another_county_cannot_be_asked_about(world: Campaign, clients: dict[str, Client], path: str) -> None:
    params = {"territory": "330421"} | ({} if path.startswith("/rosters") else {"roster": "hcle"})
    assert clients["demo-jiashan"].get(f"/api/v1{path}", params).status_code == 200
    for name in ("demo-pinghu", "demo-nobody", "demo-xitang"):
        answer = clients[name].get(f"/api/v1{path}", params)
        assert (answer.status_code, answer.json()["kind"]) == (404, "NotFound")


def test_counts_add_up_over_counties_and_to_nothing_for_nobody(
    world: Campaign, clients: dict[str, Client]
) -> None:
    def count(name: str, **params: str) -> int:
        return int(clients[name].get("/api/v1/cases", {"roster": "hcle", **params}).json().get("count", 0))

    assert count("demo-city") == sum(len(cases) for cases in world.world.cases.values())
    assert count("demo-pinghu") == len(world.world.cases["330482"])
    assert count("demo-nobody") == 0


def test_a_revoked_token_or_a_deactivated_owner_opens_nothing(
    world: Campaign, clients: dict[str, Client]
) -> None:
    user = world.person("demo-jiashan")
    assert clients["demo-jiashan"].get("/api/v1/me").status_code == 200
    user.is_active = False
    user.save()
    assert clients["demo-jiashan"].get("/api/v1/me").status_code == 401
    user.is_active = True
    user.save()
    now = datetime.now(UTC)
    revoke_token(actor=actor_of(user, DAY), at=now, token_id=tokens_of(user.pk, now)[0].id)
    assert clients["demo-jiashan"].get("/api/v1/me").status_code == 401


@pytest.fixture
def page(world: Campaign) -> Iterator[Client]:
    """A browser signed in as the county office, which must show its CSRF token to write."""
    client = Client(enforce_csrf_checks=True)
    assert client.login(username="demo-jiashan", password=PASSWORD)
    yield client


def test_the_pages_call_with_their_session_and_csrf_token(world: Campaign, page: Client) -> None:
    path, entry = f"/api/v1/cases/{world.case()}/entries", {"kind": "note", "effective_on": "2021-11-09"}
    assert page.get(path).status_code == 200
    refused = page.post(path, entry)
    assert (refused.status_code, refused.json()["kind"]) == (403, "NotAllowed")
    page.get("/sign-in")
    token = "a" * 32
    page.cookies["csrftoken"] = token
    assert page.post(path, entry, headers={"x-csrftoken": token}).status_code == 201


def test_a_wrong_token_is_not_made_good_by_a_session(page: Client) -> None:
    assert page.get("/api/v1/me", headers={"authorization": "Bearer tl_wrong"}).status_code == 401
    assert page.get("/api/v1/me", headers={"authorization": "Basic eDp5"}).status_code == 401


def test_recording_is_the_same_deed_as_on_the_page(world: Campaign, clients: dict[str, Client]) -> None:
    file = SimpleUploadedFile("现场.pdf", PDF, "application/pdf")
    about = {"kind": "note", "effective_on": "2021-11-09", "reason": "已断电", "files": [file]}
    made = clients["demo-xitang"].post(f"/api/v1/cases/{world.case()}/entries", about)
    assert made.status_code == 201, made.content
    entry = Entry.objects.get(pk=made.json()["id"])
    assert (entry.kind, entry.recorded_by) == ("note", "demo-xitang")
    digest = hashlib.sha256(PDF).hexdigest()
    kept = {"digest": digest, "name": "现场.pdf", "size": len(PDF), "content_type": "application/pdf"}
    assert entry.details == {"note": "已断电", "files": [kept]}
    evidence = clients["demo-xitang"].get(f"/api/v1/evidence/{made.json()['evidence'][0]}")
    assert b"".join(evidence) == PDF
    lines = clients["demo-xitang"].get(f"/api/v1/cases/{world.case()}/entries").json()["items"]
    assert [line["evidence"][0]["name"] for line in lines if line["id"] == entry.pk] == ["现场.pdf"]


def test_a_file_handed_in_by_the_api_is_staged_like_any_other(
    world: Campaign, clients: dict[str, Client]
) -> None:
    answer = clients["demo-jiashan"].get(f"/api/v1/imports/{world.import_id}").json()
    parts = [answer[name] for name in ("inserted", "updated", "unchanged", "rejected")]
    assert answer["state"] == Import.State.STAGED
    assert answer["read"] == sum(parts) == 2
    rows = (
        clients["demo-jiashan"].get(f"/api/v1/imports/{world.import_id}/rows", {"verdict": "rejected"}).json()
    )
    assert rows["count"] == answer["rejected"] == 1
    assert rows["items"][0]["remarks"][0]["sentence"]
