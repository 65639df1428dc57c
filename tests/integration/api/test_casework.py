"""What offices do over the API besides recording: reviewing a roster, matches, bulletins, staging a file anew."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tenglong.actions import evaluation
from tenglong.actions.reporting.bulletins import prepare
from tenglong.domain.access.policy import Scope
from tenglong.jobs.worker import run_pending
from tenglong.queries.evaluation.suspects import suspects_of_run
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Case, Entry, Firm, Import, MatchPair
from tests.factories import MACHINE, XITANG
from tests.integration.api.world import DAY, NOON, Campaign

AS_OF = "2021-11-16"
PEOPLE = ("demo-city", "demo-jiashan", "demo-xitang", "demo-pinghu", "demo-audit", "demo-nobody")
# What each of PEOPLE gets at each deed about Jiashan; the roster is the city's.
DEEDS = {
    "review": (201, 201, 403, 404, 403, 404),
    "freeze": (201, 403, 403, 403, 403, 404),
    "match": (200, 200, 404, 404, 404, 404),
    "reopen": (200, 200, 404, 404, 404, 404),
    "issue": (202, 202, 404, 404, 403, 404),
    "preview": (200, 200, 404, 404, 200, 404),
    "restage": (202, 202, 404, 404, 403, 404),
}


def post(client: Client, path: str, given: Any = None) -> HttpResponse:
    return client.post(f"/api/v1/{path}", {} if given is None else given, "application/json")


def do(client: Client, deed: str, world: Campaign) -> HttpResponse:
    """Try one of DEEDS."""
    match, about = (
        f"matches/{world.rated.match.pk}",
        {"roster": "hcle", "territory": "330421", "as_of": AS_OF},
    )
    given: dict[str, Callable[[], HttpResponse]] = {
        "review": lambda: post(client, "rosters/hcle/review", removal(world)),
        "freeze": lambda: post(client, "rosters/own/versions", {"as_of": "2021-11-09", "note": "年中"}),
        "match": lambda: post(client, f"{match}/decide", {"same": True, "reason": "同一地址"}),
        "reopen": lambda: reopened(client, world.rated.match),
        "issue": lambda: post(client, "bulletins", about),
        "preview": lambda: client.get("/api/v1/bulletins/preview", about),
        "restage": lambda: post(client, f"imports/{world.import_id}/restage"),
    }
    return given[deed]()


def removal(world: Campaign) -> dict[str, Any]:
    """The suspect of Xitang is none."""
    cases = [case.pk for case in pushed(world) if case.place.code == XITANG]
    return {"kind": "removed", "cases": cases, "effective_on": "2021-11-20", "reason": "已注销"}


def pushed(world: Campaign) -> list[Case]:
    """The firms in D become suspects of the city's roster, once."""
    run = world.rated.run
    suspects = suspects_of_run(run, Scope(everywhere=True))
    evaluation.push_suspects(actor=MACHINE, at=NOON, roster=world.hcle, suspects=suspects)
    firms = [one.firm_id for one in suspects]
    return list(Case.objects.filter(roster=world.hcle, firm__in=firms).order_by("id"))


def reopened(client: Client, match: MatchPair) -> HttpResponse:
    """Take back an answer that merged nothing."""
    match.state, match.decided_by, match.decided_at = MatchPair.State.DIFFERENT, "某人", NOON
    match.save()
    return post(client, f"matches/{match.pk}/undo", {"reason": "看错了"})


@pytest.mark.parametrize("deed", DEEDS)
def test_every_role_may_do_what_is_its_own(world: Campaign, clients: dict[str, Client], deed: str) -> None:
    found = []
    for name in PEOPLE:
        with transaction.atomic():
            found.append(do(clients[name], deed, world).status_code)
            transaction.set_rollback(True)
    world.rated.match.refresh_from_db()
    assert tuple(found) == DEEDS[deed]


def test_a_review_records_one_step_for_all_or_for_none(world: Campaign, clients: dict[str, Client]) -> None:
    county, cases = clients["demo-jiashan"], [case.pk for case in pushed(world)]
    step = {"kind": "screened", "effective_on": "2021-11-20"}
    before = {one["step"]: one["cases"] for one in county.get("/api/v1/rosters/hcle/steps").json()["items"]}
    assert before["suspected"] == len(cases) == 2
    mixed = post(county, "rosters/hcle/review", {**step, "cases": [*cases, world.case("330482")]})
    assert (mixed.status_code, mixed.json()["kind"]) == (404, "NotFound")
    assert not Entry.objects.filter(case_id__in=cases, kind="screened").exists()
    done = post(county, "rosters/hcle/review", {**step, "cases": cases})
    assert done.json() == {"recorded": 2}
    after = {one["step"]: one["cases"] for one in county.get("/api/v1/rosters/hcle/steps").json()["items"]}
    assert (after["suspected"], after["screened"]) == (0, 2)
    assert {entry.recorded_by for entry in Entry.objects.filter(kind="screened", case_id__in=cases)} == {
        "demo-jiashan"
    }


def test_a_match_is_decided_and_taken_back(world: Campaign, clients: dict[str, Client]) -> None:
    county, match = clients["demo-jiashan"], world.rated.match
    path = f"matches/{match.pk}"
    [asked] = county.get("/api/v1/matches").json()["items"]
    assert (asked["id"], asked["probability"], asked["new"]["firm_id"]) == (match.pk, "0.73", match.firm_id)
    refused = post(county, f"{path}/decide", {"same": True})
    assert (refused.status_code, refused.json()["kind"]) == (400, "BadValue")
    merged = post(county, f"{path}/decide", {"same": True, "reason": "同一地址"}).json()
    assert merged["state"] == "same" and merged["merge"]
    assert [step["step"] for step in merged.pop("steps")] == ["undo"]
    assert Firm.objects.get(pk=match.firm_id).absorbed_by_id == match.candidate_id
    assert county.get("/api/v1/matches", {"decided": True}).json()["items"] == [merged]
    assert county.get("/api/v1/matches").json()["count"] == 0
    undone = post(county, f"{path}/undo", {"reason": "两家企业"}).json()
    assert (undone["state"], undone["merge"]) == ("open", None)
    assert Firm.objects.get(pk=match.firm_id).absorbed_by_id is None


def test_a_bulletin_is_looked_at_issued_and_fetched(world: Campaign, clients: dict[str, Client]) -> None:
    county, about = clients["demo-jiashan"], {"roster": "hcle", "territory": "330421", "as_of": AS_OF}
    content = county.get("/api/v1/bulletins/preview", about).json()["content"]
    actor = actor_of(world.person("demo-jiashan"), DAY)
    printed = prepare(actor=actor, at=NOON, roster=world.hcle, code="330421", as_of=date(2021, 11, 16))
    assert content["main"] == printed.to_json()["main"] and content["ranking"] == printed.to_json()["ranking"]
    job = post(county, "bulletins", about).json()
    assert (job["kind"], job["state"]) == ("issue_bulletin", "waiting")
    run_pending(clock=lambda: NOON)
    done = county.get(f"/api/v1/jobs/{job['id']}").json()
    assert done["state"] == "done", done
    issued = county.get("/api/v1/bulletins", {"roster": "hcle"}).json()["items"][0]
    assert (issued["as_of"], issued["territory"], issued["issued_by"]) == (AS_OF, "330421", "demo-jiashan")
    document = b"".join(county.get(f"/api/v1/bulletins/{issued['id']}/document"))
    assert hashlib.sha256(document).hexdigest() == issued["digest"]
    assert post(county, "bulletins", {**about, "as_of": "2199-01-01"}).status_code == 400
    assert post(county, "bulletins", {**about, "as_of": 0}).status_code == 400


def test_a_file_is_staged_anew(world: Campaign, clients: dict[str, Client]) -> None:
    county = clients["demo-jiashan"]
    again = post(county, f"imports/{world.import_id}/restage").json()
    assert (again["state"], again["job"]["state"]) == ("queued", "waiting")
    refused = post(county, f"imports/{world.import_id}/restage")
    assert (refused.status_code, refused.json()["kind"]) == (409, "Conflict")
    run_pending(clock=lambda: NOON)
    assert Import.objects.get(pk=world.import_id).state == Import.State.STAGED
