"""Long work: seen while it runs, done again when its worker is killed, told when it fails."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection, transaction

from tenglong.actions import imports
from tenglong.actions.imports import accepting
from tenglong.actions.jobs import claim, enqueue
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.jobs import handlers
from tenglong.jobs.worker import run_pending
from tenglong.queries.jobs import interrupted_jobs, job_for, job_of_import, jobs_of
from tenglong.queries.progress import pulse_of
from tenglong.store.models import Import, Job
from tests.integration.campaign import (
    MACHINE,
    NOON,
    TODAY,
    build_places,
    counts,
    csv_file,
    make_actor,
    make_roster,
)

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = """
import sys, time, django
django.setup()
from tenglong.actions.jobs import claim
from tenglong.domain.kernel.messages import msg
from tenglong.queries.progress import Running
from datetime import datetime, UTC
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
with Running(int(sys.argv[1])) as running:
    assert claim(int(sys.argv[1]), at=datetime.now(UTC))
    running.say(3, 10, msg("正在逐行核对"))
    print("working", flush=True)
    time.sleep(60)
"""


def upload() -> Import:
    build_places()
    row = ["嘉善县", "西塘镇", "嘉善甲厂纽扣", "2021-05-01"]
    return imports.upload(
        actor=MACHINE, at=NOON, kind="case_ledger", roster=make_roster(), code="330400",
        stream=[csv_file(["县(市、区)", "镇(街道)", "企业名称", "签约日期"], row)], filename="台账.csv",
        business_day=TODAY,
    )  # fmt: skip


def test_a_killed_worker_is_noticed_and_its_job_done_again() -> None:
    batch = upload()
    job = Job.objects.get()
    database = connection.settings_dict["NAME"]
    worker = subprocess.Popen(
        [sys.executable, "-c", WAITS, str(job.pk), str(database)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert worker.stdout and worker.stderr
    try:
        assert worker.stdout.readline() == b"working\n", worker.stderr.read().decode()
        seen = job_for(job.pk, MACHINE)
        assert (seen.state, seen.done, seen.total) == ("running", 3, 10) and "核对" in str(seen.stage)
        assert interrupted_jobs() == [] and run_pending() == 0
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        worker.stderr.close()
    assert interrupted_jobs() == [job.pk]
    assert run_pending() == 1
    batch.refresh_from_db()
    assert batch.state == Import.State.STAGED and counts(batch) == (1, 0, 0, 0)
    assert job_of_import(batch.pk).state == "done"


def test_acceptance_cut_short_leaves_nothing_and_can_be_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = upload()
    run_pending(clock=lambda: NOON)
    imports.request_acceptance(batch.pk, actor=MACHINE, at=NOON)
    monkeypatch.setattr(accepting.Applier, "finish", lambda self: 1 / 0)
    run_pending(clock=lambda: NOON)
    batch.refresh_from_db()
    failed = jobs_of(MACHINE)[0]
    assert failed.state == "failed" and "没有改动任何数据" in str(failed.problem)
    assert batch.state == Import.State.STAGED
    monkeypatch.undo()
    imports.request_acceptance(batch.pk, actor=MACHINE, at=NOON)
    run_pending(clock=lambda: NOON)
    batch.refresh_from_db()
    assert batch.state == Import.State.ACCEPTED


def test_progress_is_seen_while_a_transaction_is_open() -> None:
    job = enqueue("stage_import", {"import": 0}, actor=MACHINE, at=NOON)
    with Running(job.pk) as running, transaction.atomic():
        claim(job.pk, at=NOON)
        running.say(1, 2, msg("正在写入台账"))
        assert pulse_of(job.pk).done == 1
    assert pulse_of(job.pk) is None


def test_a_users_job_runs_with_the_rights_they_have_then(monkeypatch: pytest.MonkeyPatch) -> None:
    build_places()
    office = make_actor("office", "county_office", "330421")
    seen: list[Actor] = []
    monkeypatch.setitem(
        handlers.HANDLERS, "look", lambda params, actor, at, progress: seen.append(actor) or {}
    )
    job = enqueue("look", {}, actor=office, at=NOON)
    assert run_pending(clock=lambda: NOON) == 1
    assert seen[0].name == "office" and not seen[0].everywhere and seen[0].codes == ("330421",)
    assert job_for(job.pk, office).state == "done"
    with pytest.raises(NotFound):
        job_for(job.pk, make_actor("other", "county_office", "330482"))


def test_only_one_worker_takes_a_job() -> None:
    job = enqueue("stage_import", {"import": 0}, actor=MACHINE, at=NOON)
    assert claim(job.pk, at=NOON) is not None and claim(job.pk, at=NOON) is None
