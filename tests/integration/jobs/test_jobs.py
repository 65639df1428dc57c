"""Long work: in its lane, seen while it runs, done again when its worker is killed, told when it fails."""

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from tenglong.actions import intake
from tenglong.actions.intake import accepting
from tenglong.actions.jobs import claim, enqueue, enqueue_due, finish, release_interrupted, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.jobs.lanes import lanes
from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import CHINA
from tenglong.jobs import handlers
from tenglong.jobs.worker import run_pending
from tenglong.queries.jobs.overview import job_for, job_of_import, jobs_of
from tenglong.store.models import Import, Job, ScheduledWork, TrailEvent
from tests.integration.campaign.world import (
    MACHINE,
    NOON,
    TODAY,
    build_places,
    counts,
    csv_file,
    make_actor,
    make_roster,
)
from tests.integration.jobs.job_workers import wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.in_earnest]

SHORT, IMPORT, LONG = (lanes().lanes[id] for id in ("short", "import", "long"))
IN_LANE = {"short": "verify_ledger", "import": "accept_import", "long": "evaluate"}


def upload() -> Import:
    build_places()
    row = ["嘉善县", "西塘镇", "嘉善甲厂纽扣", "2021-05-01"]
    return intake.upload(
        actor=MACHINE, at=NOON, kind="case_ledger", roster=make_roster(), code="330400",
        stream=[csv_file(["县(市、区)", "镇(街道)", "企业名称", "签约日期"], row)], filename="台账.csv",
        business_day=TODAY,
    )  # fmt: skip


def ask(kind: str, **params: Any) -> Job:
    return enqueue(kind, params, actor=MACHINE, at=NOON)


def until(true: Callable[[], Any], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_every_kind_has_a_lane_that_the_database_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers.check_handlers()
    assert set(lanes().lanes) == set(Job.Lane.values)
    monkeypatch.setitem(handlers.HANDLERS, "dance", handlers.evaluate)
    with pytest.raises(BadRules, match="“dance”没有队列"):
        handlers.check_handlers()
    with pytest.raises(BadRules, match="“dance”没有队列"):
        ask("dance")
    for wrong in ({"lane": "fast"}, {"state": "lost"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.create(**{"kind": "evaluate", "requested_at": NOON, **wrong})


def test_short_work_overtakes_long() -> None:
    job = ask("plan_roadmap", roadmap=1)
    with worker("long", seconds=60) as long:
        wait_for(long)
        short = ask("verify_ledger")
        with worker("short", once=True) as other:
            wait_for(other, b"done 1\n")
        assert Job.objects.get(pk=short.pk).state == "done"
        assert Job.objects.get(pk=job.pk).state == "running"


@pytest.mark.parametrize("lane", IN_LANE)
def test_a_killed_worker_is_noticed_and_its_job_done_again(lane: str) -> None:
    job = ask(IN_LANE[lane])
    with worker(lane, seconds=60) as first:
        wait_for(first)
        until(lambda: job_for(job.pk, MACHINE).total)
        seen = job_for(job.pk, MACHINE)
        assert (seen.state, seen.done, seen.total) == ("running", 3, 10) and "核对" in str(seen.stage)
        assert release_interrupted(lanes().lanes[lane]) == [] and take(lanes().lanes[lane], at=NOON) is None
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with worker(lane, seconds=0.01) as second:
        wait_for(second)
        until(lambda: job_for(job.pk, MACHINE).ended)
        assert job_for(job.pk, MACHINE).result == {"by": second.pid}
    assert TrailEvent.objects.filter(by="late").count() == 1


def test_a_worker_that_is_told_to_stop_gives_its_job_back() -> None:
    job = ask("evaluate", evaluation=1)
    with worker("long", seconds=60) as first:
        wait_for(first)
        first.terminate()
        assert first.wait(20) == 0
    job.refresh_from_db()
    assert (job.state, job.holder) == ("waiting", "")


def test_an_import_is_staged_again_after_its_worker_died() -> None:
    batch = upload()
    assert claim(Job.objects.get().pk, at=NOON)  # a worker that took it and died
    assert run_pending() == 1
    batch.refresh_from_db()
    assert batch.state == Import.State.STAGED and counts(batch) == (1, 0, 0, 0)
    assert job_of_import(batch.pk).state == "done"


def test_two_workers_never_do_one_job_twice_at_once() -> None:
    for _ in range(12):
        ask("verify_ledger")
    with worker("short", seconds=0.01) as first, worker("short", seconds=0.01) as second:
        until(lambda: not Job.objects.exclude(state="done").exists(), 120)
    done = [job.result["by"] for job in Job.objects.all()]
    assert TrailEvent.objects.filter(by="late").count() == 12 and set(done) <= {first.pid, second.pid}


def test_only_one_takes_a_job_and_only_one_import_is_accepted_at_a_time() -> None:
    job = ask("stage_import", **{"import": 0})
    assert claim(job.pk, at=NOON) is not None and claim(job.pk, at=NOON) is None
    ask("accept_import", **{"import": 1}), ask("accept_import", **{"import": 2})
    hold = take(IMPORT, at=NOON)
    assert hold and take(IMPORT, at=NOON) is None
    with hold:
        assert finish(hold.job, {}, at=NOON)
    following = take(IMPORT, at=NOON)
    assert following and following.job.params["import"] == 2
    with following:
        pass


def test_two_servers_that_take_at_once_accept_one_import(database_vendor: str) -> None:
    if database_vendor == "sqlite":
        pytest.skip("SQLite has one server")
    for number in range(8):
        ask("accept_import", **{"import": number})
    barrier, taken = Barrier(6), list[Any]()

    def server() -> None:
        barrier.wait()
        taken.append(take(IMPORT, at=NOON))
        connection.close()

    threads = [Thread(target=server) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in taken if one]) == 1


def test_a_lost_leases_late_result_is_not_written(database_vendor: str) -> None:
    if database_vendor == "sqlite":
        pytest.skip("a lease is for PostgreSQL: on SQLite a stopped process keeps its lock")
    job = ask("evaluate", evaluation=1)
    with worker("long", seconds=1.5) as first:
        wait_for(first)
        os.kill(first.pid, signal.SIGSTOP)  # a server that hangs, and wakes up too late
        with worker("long", seconds=0.01) as second:
            wait_for(second)
            until(lambda: job_for(job.pk, MACHINE).ended)
            os.kill(first.pid, signal.SIGCONT)
            time.sleep(4)
            assert job_for(job.pk, MACHINE).result == {"by": second.pid}
    assert TrailEvent.objects.filter(by="late").values_list("about", flat=True).get() == str(second.pid)


def test_who_lost_a_job_ends_nothing() -> None:
    job = ask("evaluate", evaluation=1)
    lost = claim(job.pk, at=NOON)
    assert release_interrupted(LONG) == [job.pk]
    held = claim(job.pk, at=NOON)
    assert not finish(lost, {"by": "lost"}, at=NOON)
    assert finish(held, {"by": "held"}, at=NOON)
    assert job_for(job.pk, MACHINE).result == {"by": "held"}


def test_a_lease_is_extended_while_the_work_goes_on(database_vendor: str) -> None:
    if database_vendor == "sqlite":
        pytest.skip("a lease is for PostgreSQL")
    job = ask("evaluate", evaluation=1)
    with worker("long", seconds=60) as first:
        wait_for(first)
        time.sleep(4)  # two leases long
        assert release_interrupted(LONG) == []
        assert Job.objects.filter(pk=job.pk, lease_until__gt=Now(), state="running").exists()


def test_progress_is_seen_while_a_transaction_is_open() -> None:
    job = ask("stage_import", **{"import": 0})
    hold = take(SHORT, at=NOON)
    assert hold
    with hold, transaction.atomic():
        hold.say(1, 2, msg("正在写入台账"))
        until(lambda: job_for(job.pk, MACHINE).done == 1)
        finish(hold.job, {}, at=NOON)
    assert job_for(job.pk, MACHINE).ended


def test_acceptance_cut_short_leaves_nothing_and_can_be_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = upload()
    run_pending(clock=lambda: NOON)
    intake.request_acceptance(batch.pk, actor=MACHINE, at=NOON)
    monkeypatch.setattr(accepting.Applier, "finish", lambda self: 1 / 0)
    run_pending(clock=lambda: NOON)
    batch.refresh_from_db()
    failed = jobs_of(MACHINE)[0]
    assert failed.state == "failed" and "没有改动任何数据" in str(failed.problem)
    assert batch.state == Import.State.STAGED
    monkeypatch.undo()
    intake.request_acceptance(batch.pk, actor=MACHINE, at=NOON)
    run_pending(clock=lambda: NOON)
    batch.refresh_from_db()
    assert batch.state == Import.State.ACCEPTED


def test_a_users_job_runs_with_the_rights_they_have_then(monkeypatch: pytest.MonkeyPatch) -> None:
    build_places()
    office = make_actor("office", "county_office", "330421")
    seen: list[Actor] = []
    look: handlers.Handler = lambda params, actor, clock, progress: seen.append(actor) or {}  # noqa: E731
    monkeypatch.setitem(handlers.HANDLERS, "evaluate", look)
    job = enqueue("evaluate", {}, actor=office, at=NOON)
    assert run_pending(clock=lambda: NOON) == 1
    assert seen[0].name == "office" and not seen[0].everywhere and seen[0].codes == ("330421",)
    assert job_for(job.pk, office).state == "done"
    with pytest.raises(NotFound):
        job_for(job.pk, make_actor("other", "county_office", "330482"))


def test_a_job_says_what_it_is_about_and_how_many_wait_before_it() -> None:
    batch = upload()
    other = ask("verify_ledger")
    ask("evaluate")
    first, second = job_for(Job.objects.earliest("id").pk, MACHINE), job_for(other.pk, MACHINE)
    assert first.about and first.about.text == "台账.csv · 测试名单"
    assert (first.about.topic, first.about.id) == ("imports", batch.pk)
    assert (first.lane, first.ahead) == ("short", 0) and second.ahead == 1 and second.about is None
    assert jobs_of(MACHINE)[0].ahead == 0  # the only one of its lane


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)


def test_what_is_due_becomes_one_job_for_each_moment() -> None:
    assert enqueue_due(SHORT, at=china(2026, 12, 31, 23)) == []  # first seen: due from the next moment on
    assert [job.kind for job in enqueue_due(SHORT, at=china(2027, 1, 1, 2, 29))] == ["checkpoint"]
    (night,) = enqueue_due(SHORT, at=china(2027, 1, 1, 2, 31))
    assert night.kind == "verify_ledger" and night.requested_by == "定时任务"
    assert enqueue_due(SHORT, at=china(2027, 1, 1, 9)) == []
    assert {job.kind for job in enqueue_due(SHORT, at=china(2027, 1, 9, 9))} == {
        "checkpoint",
        "verify_ledger",
        "tidy_up",
    }
    assert enqueue_due(SHORT, at=china(2027, 1, 9, 9) + timedelta(minutes=1)) == []
    assert enqueue_due(LONG, at=china(2027, 2, 1, 9)) == []
    assert run_pending() == 5
    kept = ScheduledWork.objects.select_related("job").get(work="nightly_check")
    assert kept.last_at == china(2027, 1, 9, 2, 30) and kept.job.state == "done"


def test_several_servers_that_look_at_once_ask_once() -> None:
    enqueue_due(SHORT, at=china(2027, 1, 1, 2))
    barrier, problems = Barrier(4), list[BaseException]()

    def server() -> None:
        try:
            barrier.wait()
            enqueue_due(SHORT, at=china(2027, 1, 1, 3))
        except BaseException as error:  # a thread's error would be lost
            problems.append(error)
        finally:
            connection.close()

    threads = [Thread(target=server) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [] and Job.objects.count() == 1
