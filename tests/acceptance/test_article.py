"""The demonstration, replayed through the public intake, comes out at the figures of the article."""

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from tenglong.actions.reporting.bulletins import reissue, with_todays_knowledge
from tenglong.cli.__main__ import main
from tenglong.demo.load import load
from tenglong.demo.people import PEOPLE
from tenglong.demo.script import expected_dirt
from tenglong.domain.access.policy import Scope, scope_of
from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.reporting.bulletins import BulletinContent
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.wording import limit_words
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.campaign.rosters import visible_rosters
from tenglong.queries.registry.territory import actor_of, forget_territory
from tenglong.queries.roadmap.course import at_day, planned_and_actual
from tenglong.queries.roadmap.facts import facts_of
from tenglong.queries.roadmap.files import plan_file, problem_file, solution_of
from tenglong.queries.roadmap.names import names_of
from tenglong.queries.roadmap.slips import slips_of
from tenglong.queries.verification import verify
from tenglong.store.models import (
    Bulletin,
    Case,
    Entry,
    Import,
    ImportRow,
    MatchPair,
    Observation,
    Roadmap,
    Roster,
    User,
)
from tests.demonstration import Demonstration

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("article")]

EVERYWHERE = Scope(everywhere=True)
FIRST, HUNDREDTH, LAST = date(2021, 4, 27), date(2021, 8, 5), date(2021, 11, 9)
EVENING = datetime(2021, 11, 9, 20, tzinfo=CHINA)
HCLE, CITY, BUTTONS = "hcle-2021", "city-2021", "xitang-buttons-2021"
ARTICLE = [
    (HCLE, "2021-11-09", "firms_target", "730", "730"),
    (HCLE, "2021-11-09", "firms_written_off", "520", "520"),
    (HCLE, "2021-11-09", "write_off_rate", None, "71.2"),
    (HCLE, "2021-11-09", "lead_pp", None, "11.8"),
    (HCLE, "2021-11-09", "land_vacated", "8940", "8940"),
    (HCLE, "2021-11-09", "energy_freed", "313000", "313000"),
    (CITY, "2021-11-07", "firms_closed", "283", "283"),
    (CITY, "2021-11-07", "land_vacated", "19700", "19700"),
    (CITY, "2021-11-07", "energy_freed", "398000", "398000"),
    (BUTTONS, "2021-08-05", "firms_signed", "977", "977"),
    (BUTTONS, "2021-08-05", "firms_signed_landlord", "209", "209"),
    (BUTTONS, "2021-08-05", "firms_signed_tenant", "768", "768"),
    (BUTTONS, "2021-11-09", "firms_vacated", "997", "997"),
    (BUTTONS, "2021-11-09", "land_vacated", "831.8", "831.8"),
    (BUTTONS, "2021-11-09", "energy_before", "51000", "51000"),
    (BUTTONS, "2021-11-09", "energy_after", "28000", "28000"),
    (BUTTONS, "2021-11-09", "dischargers_before", "205", "205"),
    (BUTTONS, "2021-11-09", "dischargers_after", "65", "65"),
    (BUTTONS, "2021-11-09", "wastewater_before", "600000", "600000"),
    (BUTTONS, "2021-11-09", "wastewater_after", "390000", "390000"),
    (BUTTONS, "2021-11-09", "cod_before", "240", "240"),
    (BUTTONS, "2021-11-09", "cod_after", "156", "156"),
]


@pytest.fixture(scope="module")
def replayed(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """The demonstration in a transaction that is taken back after these tests; gives its workbooks' folder."""
    loaded = Demonstration.of_this_run(os.environ.get("DATABASE_URL", ""))
    with django_db_blocker.unblock(), loaded.standing_in(tmp_path_factory.mktemp("article") / "data") as data:
        with transaction.atomic():
            yield data / "demo-workbooks"
            transaction.set_rollback(True)
    forget_territory()


def figure(roster: str, day: str, id: str, *, known_at: datetime | None = None):
    known = known_at or datetime.now(UTC)
    found = Roster.objects.select_related("place").get(code=roster)
    asked = question(
        roster=found,
        code=found.place.code,
        as_of=date.fromisoformat(day),
        known_at=known,
        scope=Scope(everywhere=True),
    )
    return ask(asked, [id])[0]


@pytest.mark.parametrize("printed", ARTICLE, ids=lambda case: "-".join(case[:3]))
def test_the_article_through_the_figures_function(replayed, printed):
    roster, day, id, exact, shown = printed
    found = figure(roster, day, id)
    assert found.printed == shown
    assert exact is None or found.exact_text == exact


@pytest.mark.parametrize("printed", ARTICLE, ids=lambda case: "-".join(case[:3]))
def test_the_article_as_it_was_known_that_evening(replayed, printed):
    """What the next Tuesday's bulletin could know: later corrections change nothing of what was printed."""
    roster, day, id, _, shown = printed
    tuesday = {"2021-08-05": "2021-08-10"}.get(day, "2021-11-09")
    evening = datetime.fromisoformat(f"{tuesday}T20:00:00").replace(tzinfo=CHINA)
    assert figure(roster, day, id, known_at=evening).printed == shown


@pytest.mark.parametrize(
    ("roster", "day"), [(HCLE, "2021-11-09"), (CITY, "2021-11-07"), (BUTTONS, "2021-11-09")]
)
def test_the_article_through_the_command(replayed, capsys, roster, day):
    assert main(["figures", "--roster", roster, "--as-of", day, "--format", "json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    for code, on, id, exact, shown in ARTICLE:
        if (code, on) == (roster, day):
            assert rows[id]["printed"] == shown
            assert exact is None or rows[id]["value"] == exact
            assert rows[id]["roster"] == roster


def test_vacated_never_exceeds_signed_and_enforced(replayed):
    day = date(2021, 5, 4)
    while day <= date(2021, 11, 9):
        counts = {
            id: figure(BUTTONS, day.isoformat(), id).exact
            for id in ("firms_vacated", "firms_signed", "firms_closed")
        }
        assert counts["firms_vacated"] <= counts["firms_signed"] + counts["firms_closed"]
        day += timedelta(days=28)


def test_every_week_has_its_bulletin(replayed):
    days = {
        code: set(Bulletin.objects.filter(roster__code=code).values_list("as_of", flat=True))
        for code in (HCLE, BUTTONS)
    }
    first = date(2021, 5, 4)
    assert days[BUTTONS] == {first + timedelta(days=7 * week) for week in range(28)}
    assert days[HCLE] == {date(2021, 9, 14) + timedelta(days=7 * week) for week in range(9)}
    assert max(days[HCLE]).isocalendar().week == 45


def test_the_bulletin_of_9_november_is_reissued_byte_for_byte(replayed):
    bulletin = Bulletin.objects.get(roster__code=HCLE, as_of=date(2021, 11, 9))
    again = reissue(bulletin)
    assert again.identical
    assert again.document == bytes(bulletin.document)


def test_a_bulletin_says_what_was_corrected(replayed):
    after = Bulletin.objects.get(roster__code=HCLE, as_of=date(2021, 10, 26))
    assert BulletinContent.from_json(after.content).corrections


def test_a_late_entry_moves_an_earlier_bulletin_in_hindsight_only(replayed):
    early = Bulletin.objects.get(roster__code=HCLE, as_of=date(2021, 10, 12))
    hindsight = with_todays_knowledge(early, at=datetime.now(UTC))
    assert hindsight.moved
    assert reissue(early).identical


def test_the_roster_came_from_two_lists(replayed):
    roster = Roster.objects.get(code=HCLE)
    version = roster.versions.get(number=1)
    assert len(version.case_ids) == 730
    assert figure(HCLE, "2021-11-09", "firms_removed").exact == 175
    reasons = Entry.objects.filter(roster_id=roster.pk, kind="removed").values_list("details", flat=True)
    assert all(details["reason"] for details in reasons)


def test_the_lists_overlap_in_part_and_some_of_it_is_not_known(replayed):
    here, there = (
        set(Case.objects.filter(roster__code=code).values_list("firm_id", flat=True)) for code in (HCLE, CITY)
    )
    assert 100 < len(here & there) < len(there)
    assert MatchPair.objects.filter(state=MatchPair.State.OPEN).exists()


def test_the_relapse_counts_no_more(replayed):
    entry = Entry.objects.get(kind="reopened")
    assert Case.objects.get(pk=entry.case_id).now.state == "reopened"
    assert Case.objects.get(pk=entry.case_id).now.land == 0


def test_every_dirty_row_gets_its_verdict(replayed):
    expected = expected_dirt()
    assert len(expected) >= 20
    for item in expected:
        rows = ImportRow.objects.filter(batch__kind=KINDS[item.file], name=item.name)
        severities = {message["severity"] for row in rows for message in row.messages}
        if item.verdict == "rejected":
            assert [row.verdict for row in rows] == ["rejected"], item.why
            assert "error" in severities, item.why
        else:
            assert "warning" in severities, item.why
            assert all(row.verdict != "rejected" for row in rows), item.why


KINDS = {
    "pushed": "pushed_roster",
    "review": "roster_review",
    "ledger": "case_ledger",
    "observed": "observations",
}


def test_no_import_lost_a_row(replayed):
    for batch in Import.objects.all():
        assert batch.read == batch.inserted + batch.updated + batch.unchanged + batch.rejected
        assert batch.state == Import.State.ACCEPTED


def test_the_old_systems_csv_was_read(replayed):
    assert Import.objects.filter(filename__endswith=".csv", inserted__gt=50).exists()
    assert Observation.objects.filter(year=2020).values("firm").distinct().count() > 300


def test_the_ledger_holds(replayed):
    for report in verify():
        assert report.holds, report


def test_people_see_their_own_territory_only(replayed):
    seen = {}
    for person in PEOPLE:
        actor = actor_of(User.objects.get(username=person.username), date(2021, 11, 9))
        scope = scope_of(actor)
        seen[person.username] = {roster.code for roster in visible_rosters(scope)}
        places = Case.objects.filter(place_id__in=scope.places).values_list("place__code", flat=True)
        assert all(code.startswith(person.code.removesuffix("00") or "none") for code in places)
    assert seen["demo-city"] == {HCLE, CITY, BUTTONS}
    assert seen["demo-xitang"] >= {BUTTONS}
    assert BUTTONS not in seen["demo-puyuan"]
    assert seen["demo-nobody"] == set()


def test_loading_again_does_nothing(replayed):
    entries = Entry.objects.count()
    assert load(replayed, "Tenglong-2021", lambda *_: None) is False
    assert Entry.objects.count() == entries


def test_the_workbooks_lie_ready_to_be_tried(replayed):
    assert {path.suffix for path in replayed.iterdir()} == {".xlsx", ".csv"}
    assert any("错误" in path.name for path in replayed.iterdir())


def test_every_freed_mu_and_tce_stands_behind_a_written_off_case(replayed):
    done = [
        case.now for case in Case.objects.filter(roster__code=HCLE).select_related("now") if case.now.done_on
    ]
    assert len(done) == 520
    assert sum(state.land for state in done) == Decimal(8940) * 10**6
    assert sum(state.energy for state in done) == Decimal(313000) * 10**6


def examples(readme: str) -> list[tuple[str, str]]:
    """The commands that a README shows, each with what it prints."""
    text = (Path(__file__).resolve().parents[2] / readme).read_text(encoding="utf-8")
    consoles = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    parts = [
        part.partition("\n")
        for console in consoles
        for part in re.split(r"^\$ ", console, flags=re.MULTILINE)
    ]
    return [(command, printed) for command, _, printed in parts if command]


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_examples_of_the_readmes(replayed, capsys, readme):
    assert len(examples(readme)) >= 3
    for command, printed in examples(readme):
        assert main(shlex.split(command)[1:]) == 0
        pattern = re.escape(printed).replace("…", ".+")  # what differs from site to site, and lines left out
        assert re.fullmatch(pattern, capsys.readouterr().out, re.DOTALL), command


@pytest.fixture
def roadmap(replayed) -> Roadmap:
    return Roadmap.objects.select_related("roster__place", "place").get(roster__code=BUTTONS)


def test_it_was_planned_from_what_was_known_on_the_first_day(roadmap):
    facts = facts_of(roadmap.roster, "330421", roadmap.facts_on, roadmap.known_at, EVERYWHERE)
    assert roadmap.facts_on == FIRST and len(facts) == 1075
    assert {fact.state for fact in facts} == {"target"}
    assert not any(fact.signed_on or fact.price or fact.appraised for fact in facts)


def test_every_case_has_its_measure_and_the_certificate_holds(roadmap):
    problem, plan, certificate = solution_of(roadmap)
    assert check(problem, plan, certificate) == ()
    assert 0 <= Decimal(roadmap.gap) <= Decimal("0.0005")
    assert roadmap.lines.exclude(measure="").count() == 1075
    facts = facts_of(roadmap.roster, "330421", roadmap.facts_on, roadmap.known_at, EVERYWHERE)
    freed = sum(Decimal(line.amounts.get("land", 0)) for line in roadmap.lines.all())
    assert freed == sum(fact.land for fact in facts if fact.land and fact.measure == "vacate_recover")


def test_limits_end_with_the_campaign(roadmap):
    problem, _, _ = solution_of(roadmap)
    names = names_of(roadmap, EVERYWHERE)
    said = [str(limit_words(problem, number, names)) for number in range(len(problem.limits))]
    assert any("2021-12-31" in one for one in said) and not any("2022-" in one for one in said)


def test_the_two_files_convince_the_command_line(roadmap, tmp_path, capsys):
    shutil.copy(problem_file(roadmap, EVERYWHERE), tmp_path / "problem.json")
    shutil.copy(plan_file(roadmap, EVERYWHERE), tmp_path / "plan.json")
    assert main(["plan", str(tmp_path / "problem.json"), str(tmp_path / "plan.json"), "--check"]) == 0
    assert "证书成立" in capsys.readouterr().out


def test_it_was_adopted_by_one_and_approved_by_another(roadmap):
    assert (roadmap.state, roadmap.adopted_on) == ("adopted", FIRST)
    assert roadmap.approved_by and roadmap.approved_by != roadmap.adopted_by
    for kind in ("planned", "approved"):
        assert (
            Entry.objects.filter(roster_id=roadmap.roster_id, kind=kind, effective_day__gt=0).count() == 1075
        )
    due = dict(Case.objects.filter(roster=roadmap.roster).values_list("pk", "due_on"))
    assert all(due[line.case_id] == line.done_on for line in roadmap.lines.all())


@pytest.mark.parametrize(
    ("series", "day", "happened"),
    [
        ("contracts", HUNDREDTH, "977"),
        ("land", LAST, "831.8"),
        ("energy", LAST, "23000"),
        ("wastewater", LAST, "210000"),
        ("cod", LAST, "84"),
    ],
)
def test_what_happened_stands_beside_the_plan(roadmap, series, day, happened):
    course = planned_and_actual(roadmap, EVERYWHERE, day, EVENING)
    found = {one.id: one for one in course.series}[series]
    assert found.actual_at == Decimal(happened)
    assert at_day(found.planned, date(2021, 12, 31)) > 0


def test_what_was_paid_never_exceeds_the_contracts(roadmap):
    course = planned_and_actual(roadmap, EVERYWHERE, LAST, EVENING)
    paid = {one.id: one for one in course.series}["money"].actual_at
    prices = Entry.objects.filter(roster_id=roadmap.roster_id, kind="contract_price")
    assert 0 < paid <= Decimal(sum(prices.values_list("quantity", flat=True))) / 1_000_000


def test_the_landlord_who_refused_is_late(roadmap):
    late = slips_of(roadmap, EVERYWHERE, LAST, EVENING, kind="signed")
    assert late.late == 3 and late.due == 994  # one landlord and two tenants who wait for him
    assert {row.days for row in late.rows if row.days > 90}
