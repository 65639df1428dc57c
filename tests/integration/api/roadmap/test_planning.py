"""Roadmaps over the API: what the pages say, the way from asking to adopting, a town sees its own cases only."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tenglong.domain.access.policy import Scope
from tenglong.jobs.worker import run_pending
from tenglong.queries.roadmap.course import planned_and_actual
from tenglong.queries.roadmap.explanations import limits_of
from tenglong.queries.roadmap.results import certificate_of
from tenglong.queries.roadmap.slips import slips_of
from tenglong.queries.roadmap.totals import totals_of
from tests.factories import MACHINE
from tests.integration.api.roadmap.planned import DEADLINE, NOON, STATED
from tests.integration.api.world import Campaign

pytestmark = pytest.mark.slow

ALL = Scope(everywhere=True)
LATER = datetime(2022, 2, 1, 4, tzinfo=UTC)
PEOPLE = ("demo-city", "demo-jiashan", "demo-xitang", "demo-pinghu", "demo-audit", "demo-nobody")

# What each person gets at each deed on roadmaps of Jiashan that the county office asked for. 404: it is not there for
# them (a draft of the county for its town); 403: not theirs to do, or their own work; 409: not now.
DEEDS = {
    "plan": (201, 201, 403, 404, 403, 404),
    "retry": (409, 409, 404, 404, 403, 404),
    "stop": (409, 409, 404, 404, 403, 404),
    "preview": (200, 200, 404, 404, 200, 404),
    "adjust": (201, 201, 404, 404, 403, 404),
    "adopt": (200, 200, 404, 404, 403, 404),
    "approve": (409, 409, 403, 404, 403, 404),
    "withdraw": (200, 200, 404, 404, 403, 404),
    "replan": (201, 201, 403, 404, 403, 404),
    "what if": (202, 202, 403, 404, 403, 404),
    "front": (202, 202, 403, 404, 403, 404),
    "chart": (200, 200, 200, 404, 200, 404),
    "workbook": (200, 200, 200, 404, 200, 404),
    "problem": (200, 200, 404, 404, 200, 404),
}


class Clock:
    """The moment at which programs call."""

    now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Noon of the day on which the roadmaps were planned, until a test moves it."""
    moment = Clock()
    monkeypatch.setattr("tenglong.api.callers.timezone.now", lambda: moment.now)
    yield moment


def post(client: Client, path: str, given: Any = None) -> HttpResponse:
    return client.post(f"/api/v1/{path}", {} if given is None else given, "application/json")


def get(client: Client, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params)
    assert answer.status_code == 200, answer.content
    return answer.json()


def waiting(world: Campaign) -> dict[str, Any]:
    """The first case is to wait."""
    return {"choices": [{"case_id": world.planned.cases[0].pk}]}


def do(client: Client, deed: str, world: Campaign) -> HttpResponse:
    """Try one of DEEDS."""
    adopted, draft = (f"roadmaps/{one.pk}" for one in (world.planned.adopted, world.planned.draft))
    limit = {"changes": [{"limit": limits_of(world.planned.adopted, ALL)[0].id, "share": "-0.1"}]}
    given: dict[str, Callable[[], HttpResponse]] = {
        "plan": lambda: post(client, "roadmaps", {"roster": "buttons", "settings": STATED}),
        "retry": lambda: post(client, f"{draft}/retry"),
        "stop": lambda: post(client, f"{draft}/stop"),
        "preview": lambda: post(client, f"{draft}/adjust/preview", waiting(world)),
        "adjust": lambda: post(client, f"{draft}/adjust", waiting(world)),
        "adopt": lambda: post(client, f"{draft}/adopt"),
        "approve": lambda: post(client, f"{adopted}/approve"),
        "withdraw": lambda: post(client, f"{draft}/withdraw", {"reason": "重复编制"}),
        "replan": lambda: post(client, f"{adopted}/replan"),
        "what if": lambda: post(client, f"{adopted}/what-if", limit),
        "front": lambda: post(client, f"{adopted}/front"),
    }
    return given[deed]() if deed in given else client.get(f"/api/v1/{adopted}/{deed}")


@pytest.mark.parametrize("deed", DEEDS)
def test_every_role_may_do_what_is_its_own(
    world: Campaign, clients: dict[str, Client], clock: Clock, deed: str
) -> None:
    found = []
    for name in PEOPLE:
        with transaction.atomic():
            answer = do(clients[name], deed, world)
            found.append(answer.status_code)
            transaction.set_rollback(True)
    assert tuple(found) == DEEDS[deed]


def test_one_roadmap_says_what_its_page_says(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    roadmap = world.planned.adopted
    said = get(clients["demo-jiashan"], f"roadmaps/{roadmap.pk}")
    totals = totals_of(roadmap, ALL)
    assert (said["state"], said["value"], said["gap"]) == ("adopted", roadmap.value, roadmap.gap)
    assert said["certificate"] == str(certificate_of(roadmap))
    assert said["totals"]["starts"] == totals.starts > 0
    assert {id: float(text) for id, text in said["totals"]["amounts"].items()} == pytest.approx(
        {id: float(value) for id, value in totals.amounts.items()}
    )
    assert {one["able"] for one in said["checks"]} == {"acceptable", "affordable", "feasible"}
    assert said["settings"]["fund"]["total"] == "3000"
    steps = [one["step"] for one in said["steps"]]
    assert "replan" in steps and "adopt" not in steps


def test_a_program_plans_adjusts_and_adopts(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    client = clients["demo-jiashan"]
    usual = get(client, "roadmaps/settings", roster="buttons")["settings"]
    asked = post(client, "roadmaps", {"roster": "buttons", "settings": usual | STATED, "note": "试排"}).json()
    assert (asked["state"], asked["job"]["kind"]) == ("computing", "plan_roadmap")
    run_pending(clock=lambda: NOON)
    path = f"roadmaps/{asked['id']}"
    planned = get(client, path)
    assert (planned["state"], planned["job"], planned["note"]) == ("planned", None, "试排")
    preview = post(client, f"{path}/adjust/preview", waiting(world)).json()
    assert preview["allowed"]
    assert preview["lines"][0]["after"] == {
        "case_id": world.planned.cases[0].pk, "measure": "", "start_on": None,
    }  # fmt: skip
    adjusted = post(client, f"{path}/adjust", waiting(world) | {"note": "先放一放"}).json()
    assert adjusted["adjusts"] == asked["id"]
    assert Decimal(adjusted["value"]) == Decimal(preview["value"]) < Decimal(planned["value"])
    path = f"roadmaps/{adjusted['id']}"
    (moved,) = get(client, f"{path}/dates")["items"]
    assert (moved["case_id"], moved["fate"]) == (world.planned.cases[0].pk, "broken")
    refused = post(client, f"{path}/adopt")
    assert refused.status_code == 409 and "1 户已公布的安排" in refused.json()["error"]
    assert post(client, f"{path}/adopt", {"dates_seen": 1}).json()["state"] == "adopted"
    assert get(client, f"roadmaps/{world.planned.adopted.pk}")["state"] == "replaced"


@pytest.mark.parametrize("day", [NOON, LATER])
def test_a_replan_is_told_in_full(
    world: Campaign, clients: dict[str, Client], clock: Clock, day: datetime
) -> None:
    clock.now, client = day, clients["demo-jiashan"]
    asked = post(client, f"roadmaps/{world.planned.adopted.pk}/replan").json()
    run_pending(clock=lambda: day)
    path = f"roadmaps/{asked['id']}"
    said = get(client, path)
    assert (said["state"], said["replans"]) == ("planned", world.planned.adopted.pk)
    assert said["settings"]["start"] == said["facts_on"] == f"{day:%Y-%m-%d}"
    account, promises = said["account"], said["promises"]
    assert Decimal(account["free"]) == 3000 - Decimal(account["paid"]) - Decimal(account["committed"])
    assert account["sentences"][0].startswith("资金 3000 ＋ 融资 0 − 已付 0 − 合同待付 0")
    listed = get(client, f"{path}/promises", limit=100)
    assert listed["count"] == sum(promises[fate] for fate in ("kept", "moved", "broken", "missed"))
    for fate in ("kept", "missed"):
        assert get(client, f"{path}/promises", fate=fate)["count"] == promises[fate]
    assert (promises["missed"] > 0) == (day == LATER)
    months = get(client, f"{path}/months", limit=100)["items"]
    assert sum(Decimal(one["due"]) for one in months) == Decimal(said["totals"]["amounts"]["money"])


def test_a_choice_is_a_measure_with_a_day(world: Campaign, clients: dict[str, Client], clock: Clock) -> None:
    choices = [{"case_id": world.planned.cases[0].pk, "measure": "close"}]
    path = f"roadmaps/{world.planned.draft.pk}/adjust"
    answer = post(clients["demo-jiashan"], path, {"choices": choices})
    assert answer.status_code == 400
    assert "措施和启动日期应同时填写" in answer.json()["error"]


def test_lines_can_be_narrowed_and_add_up(world: Campaign, clients: dict[str, Client], clock: Clock) -> None:
    client, path = clients["demo-jiashan"], f"roadmaps/{world.planned.adopted.pk}"
    every = get(client, f"{path}/lines")
    assert every["count"] == len(world.planned.cases)
    parts = [get(client, f"{path}/lines", zone=zone)["count"] for zone in ("东区", "西区")]
    assert sum(parts) == every["count"]
    assert get(client, f"{path}/lines", limit=2, offset=4)["items"] == every["items"][4:6]
    groups = get(client, f"{path}/totals", by="zone")["items"]
    assert [group["totals"]["lines"] for group in groups] == parts
    whole = get(client, path)["totals"]
    assert sum(group["totals"]["starts"] for group in groups) == whole["starts"]
    assert sum(float(one["due"]) for one in get(client, f"{path}/months")["items"]) == pytest.approx(
        float(whole["amounts"]["money"])
    )


def test_a_case_is_explained_with_every_option(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    client = clients["demo-jiashan"]
    path = f"roadmaps/{world.planned.adopted.pk}/lines/{world.planned.cases[0].pk}"
    line, said = get(client, path), get(client, f"{path}/explanation")
    assert (said["chosen"]["measure"], said["chosen"]["start_on"]) == (line["measure"], line["start_on"])
    assert said["alternatives"]
    assert said["sentences"]
    assert [one["kind"] for one in line["milestones"]]
    options = get(client, f"{path}/options")["items"]
    assert [one["measure"] for one in options if one["chosen"]] == [line["measure"]]


def test_slips_and_course_are_those_of_the_pages(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    clock.now = LATER
    client, roadmap = clients["demo-jiashan"], world.planned.adopted
    said = get(client, f"roadmaps/{roadmap.pk}/slips", limit=3, offset=2)
    page = slips_of(roadmap, ALL, LATER.date(), LATER)
    assert (said["due"], said["done"], said["late"], said["count"]) == (
        page.due,
        page.done,
        page.late,
        page.late,
    )
    assert page.late > 5
    assert [one["case_id"] for one in said["items"]] == [row.case_id for row in page.rows[2:5]]
    course = get(client, f"roadmaps/{roadmap.pk}/course", as_of="2022-01-31")
    expected = planned_and_actual(roadmap, ALL, date(2022, 1, 31), LATER)
    assert [one["id"] for one in course["series"]] == [one.id for one in expected.series]
    assert [float(one["planned_at"]) for one in course["series"]] == [
        float(one.planned_at) for one in expected.series
    ]


def test_a_day_that_lies_ahead_is_refused(world: Campaign, clients: dict[str, Client], clock: Clock) -> None:
    path = f"/api/v1/roadmaps/{world.planned.adopted.pk}/slips"
    assert clients["demo-jiashan"].get(path, {"as_of": str(DEADLINE)}).status_code == 400


def test_a_what_if_is_answered_once_the_worker_was_there(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    client, path = clients["demo-jiashan"], f"roadmaps/{world.planned.adopted.pk}"
    limit = get(client, f"{path}/limits")["items"][0]
    given = {"changes": [{"limit": limit["id"], "bound": "1500"}]}
    asked = post(client, f"{path}/what-if", given)
    assert (asked.status_code, asked.json()["answer"]) == (202, None)
    run_pending(clock=lambda: NOON)
    answered = post(client, f"{path}/what-if", given)
    assert answered.status_code == 200
    answer = answered.json()["answer"]
    assert answer["sentences"]
    assert float(answer["amounts"]["money"]) <= 1500 < float(answer["before"]["money"])


def test_the_front_is_there_after_it_was_asked_for(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    points = get(clients["demo-jiashan"], f"roadmaps/{world.planned.adopted.pk}/front")["items"]
    limits = [float(point["limit"]) for point in points]
    assert limits == sorted(limits)
    assert all(float(point["amounts"]["money"]) <= float(point["limit"]) for point in points)
    assert get(clients["demo-jiashan"], f"roadmaps/{world.planned.draft.pk}/front")["items"] == []


def test_a_town_sees_its_lines_but_nothing_of_the_whole(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    said = get(clients["demo-xitang"], f"roadmaps/{world.planned.adopted.pk}")
    assert (said["checks"], said["prices"], said["trajectory"], said["steps"]) == ([], [], [], [])
    assert said["totals"]["lines"] == len(world.planned.cases)
    ids = [one["id"] for one in get(clients["demo-xitang"], "roadmaps")["items"]]
    assert ids == [world.planned.adopted.pk]
    path = f"/api/v1/roadmaps/{world.planned.adopted.pk}/limits"
    assert clients["demo-xitang"].get(path).status_code == 404


def test_another_county_reads_no_name(world: Campaign, clients: dict[str, Client], clock: Clock) -> None:
    for path in ("roadmaps", "cases?roster=buttons"):
        text = clients["demo-pinghu"].get(f"/api/v1/{path}").content.decode()
        assert [one.firm.name for one in world.planned.cases if one.firm.name in text] == []


def test_the_workbook_and_the_files_are_those_of_the_page(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    client, path = clients["demo-jiashan"], f"/api/v1/roadmaps/{world.planned.adopted.pk}"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{path}/workbook"))))
    assert len(book.sheetnames) == 7
    problem = json.loads(b"".join(client.get(f"{path}/problem")))
    assert {one["id"] for one in problem["firms"]} >= {str(one.pk) for one in world.planned.cases}
    assert json.loads(b"".join(client.get(f"{path}/plan")))


def test_settings_that_contradict_are_a_sentence(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    wrong = {"roster": "buttons", "settings": {"period": "fortnight"}}
    answer = post(clients["demo-jiashan"], "roadmaps", wrong)
    assert (answer.status_code, answer.json()["kind"]) == (400, "BadFile")
    assert "period" in answer.json()["error"]


def test_the_machine_adopted_what_the_county_asked_for(
    world: Campaign, clients: dict[str, Client], clock: Clock
) -> None:
    said = get(clients["demo-city"], f"roadmaps/{world.planned.adopted.pk}")
    assert (said["requested_by"], said["adopted_by"]) == ("demo-jiashan", MACHINE.name)
    assert said["adopted_on"] == "2021-11-20"
