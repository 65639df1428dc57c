"""待我办理: every task can be taken by the very button to which it leads, and who may not take it does not see it."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from tenglong.queries.matters import open_steps
from tenglong.queries.registry.territory import actor_of
from tenglong.queries.tasks import case_tasks, tasks_of
from tenglong.store.models import Case, User
from tests.factories import World, build_world
from tests.integration.campaign.world import csv_file, staged
from tests.integration.web import signed_in, text_of

TODAY = date(2026, 11, 30)
PEOPLE = ("demo-city", "demo-jiashan", "demo-xitang", "demo-pinghu")
WAITING = re.compile(r'<a class="list-group-item list-group-item-action waiting" href="([^"]+)"')


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=6)


def actor(name: str) -> Any:
    return actor_of(User.objects.get(username=name), TODAY)


def leads(name: str) -> list[str]:
    """Where the tasks of a person's first page lead."""
    return [unescape(link) for link in WAITING.findall(signed_in(name).get("/").content.decode())]


@pytest.mark.parametrize("name", PEOPLE)
def test_every_case_task_opens_the_form_that_records_it(world: World, name: str) -> None:
    client = signed_in(name)
    found = [link for link in leads(name) if "/record" in link]
    assert len(found) == len(case_tasks(actor(name), timezone.localdate()))
    for link in found:
        kind = re.search(r"kind=(\w+)", link)
        answer = client.get(link)
        assert answer.status_code == 200 and kind and f'value="{kind[1]}"' in answer.content.decode(), link


def test_a_town_is_told_what_to_record_of_which_firm_since_when_and_by_when(world: World) -> None:
    tasks = case_tasks(actor("demo-xitang"), TODAY)
    assert tasks and {task.by for task in tasks} <= {world.hcle.deadline, None}
    assert {task.late for task in tasks} <= {0, (TODAY - world.hcle.deadline).days}
    said = text_of(signed_in("demo-xitang").get("/"))
    assert tasks[0].firm in said and f"自 {tasks[0].since}" in said and f"{tasks[0].by} 前" in said


def test_what_is_due_first_stands_first(world: World) -> None:
    last = [task for task in case_tasks(actor("demo-xitang"), TODAY) if task.by][-1]
    Case.objects.filter(pk=last.case_id).update(due_on=date(2021, 10, 1))
    assert case_tasks(actor("demo-xitang"), date(2026, 12, 1))[0].case_id == last.case_id


def test_an_upload_waits_for_who_may_accept_it_and_for_nobody_else(world: World) -> None:
    row = {"县(市、区)": "嘉善县", "镇(街道)": "西塘镇", "企业名称": "演示新来厂", "列入日期": "2021-05-01"}
    batch = staged(csv_file(list(row), list(row.values())), roster=world.hcle, code="330421")
    assert batch.state == "staged"
    doers = {name for name in PEOPLE if any(task.id == batch.pk for task in tasks_of(actor(name), TODAY))}
    offered = {name: open_steps(batch, actor(name), TODAY) for name in PEOPLE}
    may = {
        name for name, found in offered.items() for one in found if one.step.id == "accept" and not one.barred
    }
    assert doers == may == {"demo-city"}  # the county may not list firms, so that the button waits there too
    assert "demo-jiashan" in {
        name for name, found in offered.items() for one in found if one.step.id == "accept"
    }
    link = next(link for link in leads("demo-city") if link.startswith("/imports/"))
    page = signed_in("demo-city").get(link.partition("#")[0]).content.decode()
    assert f'id="{link.partition("#")[2]}"' in page
