"""My jobs: what each was about, its lane, its place in the queue; what is done by itself, for who runs a place."""

from datetime import datetime

import pytest
from django.test import Client

from tenglong.actions import intake
from tenglong.actions.jobs import enqueue, enqueue_due
from tenglong.domain.jobs.lanes import lanes
from tenglong.domain.kernel.periods import CHINA
from tenglong.jobs.worker import run_pending
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Import, Job, User
from tests.integration.campaign.world import NOON, TODAY, build_places, csv_file, make_actor, make_roster
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db

SHORT = lanes().lanes["short"]


def person(name: str, role: str, code: str) -> Client:
    make_actor(name, role, code)
    User.objects.filter(username=name).update(must_change_password=False)
    return signed_in(name)


def upload(name: str) -> Import:
    row = ["嘉善县", "西塘镇", "嘉善甲厂纽扣", "2021-05-01"]
    return intake.upload(
        actor=actor_of(User.objects.get(username=name), TODAY), at=NOON, kind="case_ledger", roster=make_roster(),
        code="330421", stream=[csv_file(["县(市、区)", "镇(街道)", "企业名称", "签约日期"], row)],
        filename="台账.csv", business_day=TODAY,
    )  # fmt: skip


def test_a_job_says_what_it_is_about_and_where_it_waits() -> None:
    build_places()
    office, other = person("office", "county_office", "330421"), person("other", "county_office", "330482")
    before = enqueue("issue_bulletin", {}, actor=make_actor("third", "county_office", "330424"), at=NOON)
    batch = upload("office")
    page = office.get("/jobs")
    said = text_of(page)
    assert "读取上传的表格 · 台账.csv · 测试名单" in said and "office · 2021-11-09 12:00 · 短任务" in said
    assert "前面还有 1 个任务" in said and f'href="/imports/{batch.pk}"' in page.content.decode()
    assert "台账.csv" not in text_of(other.get("/jobs"))
    Job.objects.filter(pk=before.pk).delete()
    assert "前面还有" not in text_of(office.get("/jobs"))


def test_managers_see_what_is_done_by_itself_and_what_it_found() -> None:
    build_places()
    city, town = person("city", "city_office", "330400"), person("town", "town_team", "330421103")
    make_roster()
    enqueue_due(SHORT, at=datetime(2021, 11, 9, 12, tzinfo=CHINA))
    assert "上次 — · 下次" in text_of(city.get("/jobs"))
    enqueue_due(SHORT, at=datetime(2021, 11, 10, 3, tzinfo=CHINA))
    assert run_pending(clock=lambda: NOON) == 2, "a checkpoint, then the check"
    said = text_of(city.get("/jobs"))
    assert "夜间查验台账 上次 2021-11-10 03:00" in said and "测试名单：0 笔记录哈希链完整" in said
    assert "测试名单：0 笔记录哈希链完整" in text_of(city.get("/ledger"))
    assert "夜间查验台账" not in text_of(town.get("/jobs"))
    job = Job.objects.get(kind="verify_ledger")
    job.result["reports"][0]["roster"] += 1  # a roster that this person may not see
    job.save()
    assert "测试名单：" not in text_of(city.get("/jobs"))
