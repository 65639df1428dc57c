"""What others do while a file is accepted: it goes on or is kept apart, and nothing that is known is rewritten."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection, connections

from tenglong.actions import intake
from tenglong.actions.campaign.cases import record_entry
from tenglong.actions.checkpoints import take_checkpoint
from tenglong.actions.intake import accepting
from tenglong.actions.ledger import projection
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.ledger.checker import check
from tenglong.queries.checkpoints import proof_of
from tenglong.queries.ledger.fold import joints_of, last_id_at
from tenglong.queries.registry.book import observations
from tenglong.queries.verification import verify
from tenglong.queries.verification_records import verify_records
from tenglong.store.models import Case, Entry, Import, Recording, Roster
from tests.guards import guards_down
from tests.integration.campaign.world import (
    MACHINE,
    NOON,
    TODAY,
    accepted,
    build_places,
    csv_file,
    make_roster,
    staged,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.in_earnest]

HEADER = [
    "县(市、区)",
    "镇(街道)",
    "企业名称",
    "批次",
    "签约日期",
    "腾空日期",
    "实际用地(亩)",
    "实际腾出用地(亩)",
    "宗地编号",
]
ALPHA = ["嘉善县", "西塘镇", "嘉善甲甲纽扣厂", "腾退", "2021-05-01", "2021-06-01", "30", "12.5", "Z1"]
BETA = ["南湖区", "凤桥镇", "嘉兴乙乙染整有限公司", "执法", "2021-05-03", "", "20", "", "Z2"]
GAMMA = ["嘉善县", "西塘镇", "嘉善丙丙五金厂", "腾退", "2021-05-07", "2021-06-03", "8", "5", "Z3"]
YEARLY = ["县(市、区)", "镇(街道)", "企业名称", "年度", "税收(万元)"]
DELTA = ["嘉善县", "西塘镇", "嘉善丁丁家具厂", "腾退", "2021-05-08", "", "9", "", "Z4"]
BEFORE, LATER = NOON + timedelta(minutes=1), NOON + timedelta(minutes=9)
PATIENCE = 20.0
"""Seconds within which a hand must be through while the acceptance stands still."""

ACCEPT = """
import os, sys, signal
import django
django.setup()
from django.conf import settings
from django.db import connection
from pathlib import Path
connection.settings_dict["NAME"] = sys.argv[1]
settings.FILE_STORE = Path(sys.argv[2])
from tenglong.actions import intake
from tenglong.actions.intake import accepting
from tests.integration.campaign.world import MACHINE, NOON
accepting.CHUNK = 1
def die(done, total, message=None):
    if done == 1:
        os.kill(os.getpid(), signal.SIGKILL)
intake.accept(int(sys.argv[3]), actor=MACHINE, at=NOON, progress=die)
"""


@pytest.fixture
def roster() -> Roster:
    build_places()
    return make_roster()


@pytest.fixture
def others_write(database_vendor: str) -> None:
    if database_vendor == "sqlite":
        pytest.skip("on SQLite one transaction writes at a time: others wait")


def case_of(row: list[str]) -> Case:
    return Case.objects.select_related("roster").get(firm__name=row[2])


def note(row: list[str], at: datetime = BEFORE) -> int:
    told = record_entry(actor=MACHINE, at=at, case=case_of(row), kind="note", effective_on=TODAY)
    return told.entry.id


class Elsewhere:
    """Something that another person does, in a connection of their own."""

    def __init__(self, deed: Callable[[], object]):
        self.result: object = None
        self._thread = Thread(target=self._do, args=(deed,), daemon=True)
        self._thread.start()

    def is_through(self, within: float = PATIENCE) -> bool:
        self._thread.join(within)
        return not self._thread.is_alive()

    def _do(self, deed: Callable[[], object]) -> None:
        try:
            self.result = deed()
        except Exception as error:
            self.result = error
        finally:
            connections.close_all()


def accept_while(
    batch: Import, deed: Callable[[], object], clock: Callable[[], datetime] | None = None
) -> Import:
    """Accept a file; when its first row is written somebody else does something."""
    done: list[int] = []

    def between(*_: object) -> None:
        if not done:
            done.append(1)
            deed()

    return intake.accept(batch.pk, actor=MACHINE, at=NOON, clock=clock, progress=between)


def by_another(deed: Callable[[], object]) -> Callable[[], object]:
    def do() -> None:
        other = Elsewhere(deed)
        assert other.is_through(), "who recorded by hand waited for the acceptance"
        assert not isinstance(other.result, Exception), other.result

    return do


def assert_whole(roster: Roster) -> None:
    report = verify([roster])[0]
    assert report.holds, str(report.sentence)
    for record in verify_records():
        assert record.holds, str(record.sentence)


@pytest.mark.usefixtures("others_write")
def test_who_records_by_hand_does_not_wait(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "CHUNK", 1)
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = staged(csv_file(HEADER, BETA, GAMMA), roster=roster)
    told: list[int] = []
    accept_while(batch, by_another(lambda: told.append(note(ALPHA))))
    brought = Entry.objects.filter(import_id=batch.pk).order_by("id")
    assert told[0] < brought[0].pk, "what was known first has the lower number"
    assert len(joints_of(roster.pk)) == 1
    told.append(note(GAMMA, LATER))
    assert told[1] > brought.last().pk
    assert_whole(roster)


@pytest.mark.usefixtures("others_write")
def test_what_was_known_meanwhile_stays_known(roster: Roster) -> None:
    """Who asks while the file is written gets an answer without it, and the same one ever after."""
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = staged(csv_file(HEADER, GAMMA), roster=roster)
    answers: list[int] = []

    def ask() -> None:
        note(ALPHA)
        answers.append(last_id_at(roster.pk, BEFORE))

    accept_while(batch, by_another(ask), clock=lambda: LATER)
    assert last_id_at(roster.pk, BEFORE) == answers[0] < last_id_at(roster.pk, LATER)
    assert_whole(roster)


def test_what_was_written_before_is_known_from_its_end_on(roster: Roster) -> None:
    batch = staged(csv_file(HEADER, ALPHA), roster=roster)
    intake.accept(batch.pk, actor=MACHINE, at=NOON, clock=lambda: LATER)
    assert last_id_at(roster.pk, BEFORE) == 0 < last_id_at(roster.pk, LATER)
    assert_whole(roster)


def test_yearly_data_are_known_from_the_end_of_their_acceptance_on(roster: Roster) -> None:
    batch = staged(csv_file(YEARLY, [*ALPHA[:3], 2020, 10]), "observations")
    intake.accept(batch.pk, actor=MACHINE, at=NOON, clock=lambda: LATER)
    assert not observations(BEFORE).exists()
    assert observations(LATER).count() == observations().count() == 1
    assert_whole(roster)


@pytest.mark.parametrize("column", ["recorded_at", "behind", "written_at"])
def test_since_when_it_is_known_cannot_be_moved(roster: Roster, column: str) -> None:
    batch = staged(csv_file(HEADER, ALPHA), roster=roster)
    intake.accept(batch.pk, actor=MACHINE, at=NOON, clock=lambda: LATER)
    moved = {"recorded_at": BEFORE, "behind": None, "written_at": None}
    with guards_down():
        Recording.objects.filter(roster_id=roster.pk).update(**{column: moved[column]})
    assert not verify([roster])[0].holds


@pytest.mark.usefixtures("others_write")
def test_a_case_that_both_speak_of_is_judged_again(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA, BETA), roster=roster)
    batch = staged(csv_file(HEADER, [*ALPHA[:3], "执法", *ALPHA[4:]], GAMMA), roster=roster)
    count = Entry.objects.count()
    with pytest.raises(Conflict, match="重新预检"):
        accept_while(batch, by_another(lambda: note(ALPHA)))
    batch.refresh_from_db()
    assert batch.state == Import.State.STAGED and Entry.objects.count() == count + 1
    assert not Case.objects.filter(firm__name=GAMMA[2]).exists()
    assert_whole(roster)


@pytest.mark.usefixtures("others_write")
def test_land_of_one_parcel_told_by_two_is_judged_again(roster: Roster) -> None:
    """Another case's amount of the same parcel: which of both counts nobody saw."""
    accepted(csv_file(HEADER, ALPHA, [*BETA[:8], "Z1"]), roster=roster)
    beta = case_of(BETA)
    parcel = Entry.objects.exclude(parcel_id=None).latest("id").parcel_id

    def report() -> None:
        details = {"case": beta, "effective_on": TODAY, "parcel_id": parcel, "quantity": Decimal(3)}
        record_entry(actor=MACHINE, at=BEFORE, kind="area_vacated", **details)

    batch = staged(csv_file(HEADER, [*ALPHA[:7], "13", "Z1"]), roster=roster)
    with pytest.raises(Conflict, match="重新预检"):
        accept_while(batch, by_another(report))
    assert_whole(roster)


@pytest.mark.usefixtures("others_write")
def test_more_than_was_spared_is_judged_again(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "SPARE", 1)
    monkeypatch.setattr(accepting, "CHUNK", 1)
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = staged(csv_file(HEADER, BETA, GAMMA), roster=roster)
    with pytest.raises(Conflict, match="重新确认"):
        accept_while(batch, by_another(lambda: [note(ALPHA), note(ALPHA)]))
    assert intake.accept(batch.pk, actor=MACHINE, at=LATER).state == Import.State.ACCEPTED
    assert_whole(roster)


@pytest.mark.usefixtures("others_write")
def test_of_two_acceptances_one_waits(roster: Roster) -> None:
    first = staged(csv_file(HEADER, ALPHA, BETA), roster=roster)
    second = staged(csv_file(HEADER, BETA, GAMMA), roster=roster)
    others: list[Elsewhere] = []

    def both() -> None:
        others.append(Elsewhere(lambda: intake.accept(second.pk, actor=MACHINE, at=BEFORE)))
        assert not others[0].is_through(within=1)

    accept_while(first, both)
    assert others[0].is_through()
    assert isinstance(others[0].result, Conflict), "the second would begin BETA once more"
    second.refresh_from_db()
    assert second.state == Import.State.STAGED and Case.objects.count() == 2
    assert_whole(roster)


def test_a_kill_between_two_parts_loses_nothing_and_doubles_nothing(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = staged(csv_file(HEADER, BETA, GAMMA, DELTA), roster=roster)
    intake.request_acceptance(batch.pk, actor=MACHINE, at=NOON)
    count = Entry.objects.count()
    given = [str(connection.settings_dict["NAME"]), str(settings.FILE_STORE), str(batch.pk)]
    killed = subprocess.run([sys.executable, "-c", ACCEPT, *given], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert Entry.objects.count() == count and Case.objects.count() == 1
    assert_whole(roster)
    note(ALPHA)
    assert intake.accept(batch.pk, actor=MACHINE, at=LATER).state == Import.State.ACCEPTED
    assert Case.objects.count() == 4
    assert Entry.objects.filter(import_id=batch.pk, kind="opened").count() == 3
    assert_whole(roster)


@pytest.mark.usefixtures("others_write")
def test_entries_about_a_joint_are_proven(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = staged(csv_file(HEADER, BETA, GAMMA), roster=roster)
    accept_while(batch, by_another(lambda: note(ALPHA)))
    note(ALPHA, LATER)
    take_checkpoint(at=LATER)
    for id in Entry.objects.values_list("id", flat=True):
        assert check(proof_of(id)) == []
