"""Working data goes when the rules say so, leaves a line in the trail, and takes nothing of the campaign along."""

from datetime import timedelta

import pytest

from tenglong.actions.tidying import tidy_up
from tenglong.domain.access.policy import Actor
from tenglong.domain.jobs.retention import retention
from tenglong.queries.files import is_whole
from tenglong.queries.verification import verify
from tenglong.queries.verification_records import verify_files, verify_records
from tenglong.store.models import Entry, Import, Job, TrailEvent
from tests.integration.campaign.world import NOON, accepted, build_places, csv_file, make_roster, staged

pytestmark = pytest.mark.django_db
NIGHT = Actor("定时任务", everywhere=True)
MOMENT = timedelta(seconds=1)


def test_what_was_kept_long_enough_goes_and_the_trail_says_so() -> None:
    build_places()
    make_roster()
    table = csv_file(["企业名称", "统一社会信用代码"], ["演示一厂", ""])
    waiting, done = staged(table, "firms"), accepted(table, "firms")
    Job.objects.update(finished_at=NOON)
    failed = Job.objects.create(kind="stage_import", state="failed", requested_at=NOON, finished_at=NOON)
    jobs, entries = Job.objects.filter(state="done").count(), Entry.objects.count()

    tidy_up(actor=NIGHT, at=NOON + min(retention().values()))
    waiting.refresh_from_db()
    assert waiting.state == Import.State.STAGED and Job.objects.filter(state="done").count() == jobs

    late = NOON + max(retention().values()) + MOMENT
    tidy_up(actor=NIGHT, at=late)
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.state, done.state) == (Import.State.WITHDRAWN, Import.State.ACCEPTED)
    assert not waiting.rows.exists() and is_whole(waiting.digest)
    assert list(Job.objects.values_list("pk", flat=True)) == [failed.pk]
    line = TrailEvent.objects.filter(deed="tidy_up").latest("pk")
    assert (line.by, line.at, line.details) == ("定时任务", late, {"jobs": jobs, "imports": 1})
    assert Entry.objects.count() == entries
    assert all(report.holds for report in (*verify(), *verify_records(), verify_files()))
