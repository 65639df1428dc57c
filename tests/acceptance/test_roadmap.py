"""The button cluster's roadmap, planned on the campaign's first day, beside what happened in the hundred days after."""

import shutil
from datetime import date, datetime
from decimal import Decimal

import pytest

from tenglong.cli.__main__ import main
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.wording import limit_words
from tenglong.queries.roadmaps_course import at_day, planned_and_actual
from tenglong.queries.roadmaps_facts import facts_of
from tenglong.queries.roadmaps_files import plan_file, problem_file, solution_of
from tenglong.queries.roadmaps_names import names_of
from tenglong.queries.roadmaps_slips import slips_of
from tenglong.store.models import Case, Entry, Roadmap

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("article")]

EVERYWHERE = Scope(everywhere=True)
FIRST, HUNDREDTH, LAST = date(2021, 4, 27), date(2021, 8, 5), date(2021, 11, 9)
EVENING = datetime(2021, 11, 9, 20, tzinfo=CHINA)


@pytest.fixture
def roadmap(replayed) -> Roadmap:
    return Roadmap.objects.select_related("roster__place", "place").get(roster__code="xitang-buttons-2021")


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
