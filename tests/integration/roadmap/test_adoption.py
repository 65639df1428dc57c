"""A roadmap in force: what its cases get, what it never moves, a second person's approval; changes and replanning."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenglong.actions import roadmap as roadmaps
from tenglong.actions.campaign.cases import record_entry, set_plan
from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed
from tenglong.domain.roadmap.checking import check
from tenglong.jobs.worker import run_pending
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.ledger.states import differing_states
from tenglong.queries.roadmap.adjusting import options_of, preview_adjustment
from tenglong.queries.roadmap.adoption import adoption_preview, planned_of_case
from tenglong.queries.roadmap.files import solution_of
from tenglong.queries.roadmap.overview import adopted_roadmap
from tenglong.queries.roadmap.promises import promises_made
from tenglong.queries.roadmap.results import stability_of
from tenglong.queries.roadmap.steps import needs_second_person
from tenglong.store.models import CaseState, Entry, Roadmap, RoadmapLine, Roster, TrailEvent
from tests.integration.campaign.world import MACHINE, NOON, TODAY, make_actor
from tests.integration.roadmap.world import COUNTY, XITANG, build_world, case_of, planned, settings

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = Scope(everywhere=True)
TIGHT = {"fund": {"total": "1500"}, "measures": ["vacate_recover"]}


@pytest.fixture
def roster() -> Roster:
    return build_world()


@pytest.fixture
def county(roster: Roster) -> Actor:
    return make_actor("jiashan", "county_office", COUNTY)


def starts(roadmap: Roadmap) -> dict[int, tuple]:
    """What starts, by case."""
    rows = RoadmapLine.objects.filter(roadmap=roadmap).exclude(measure="")
    return {case: rest for case, *rest in rows.values_list("case_id", "measure", "start_on", "done_on")}


def states() -> dict[int, str]:
    """The state of each case."""
    return dict(CaseState.objects.values_list("case_id", "state"))


def printed(roster: Roster) -> list[str]:
    """Every figure of the roster as it is printed."""
    asked = question(
        roster=roster, code=COUNTY, as_of=TODAY, known_at=NOON + timedelta(days=1), scope=EVERYWHERE
    )
    return [f"{one.id} {one.printed}" for one in ask(asked)]


def test_cases_get_what_is_planned_and_figures_stay(roster: Roster, county: Actor) -> None:
    before = printed(roster)
    roadmap = planned(roster, county, **TIGHT)
    seen = adoption_preview(roadmap, county)
    assert (seen.cases, seen.changed, seen.second_person) == (len(starts(roadmap)),) * 2 + (True,)
    adopted = roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap, note="县政府常务会议通过")
    assert (adopted.state, adopted.adopted_on, adopted.approved_by) == ("adopted", TODAY, "")
    for line in RoadmapLine.objects.filter(roadmap=roadmap).select_related("case"):
        got = (line.case.batch, line.case.measure, line.case.due_on, line.case.team)
        if line.measure:
            assert got == (line.batch, line.measure, line.done_on, line.team)
        else:
            assert got[:3] == ("", "", None)
        assert states()[line.case_id] == ("planned" if line.measure else "target")
    assert printed(roster) == before and differing_states(roster.pk) == []
    (deed,) = TrailEvent.objects.filter(deed="adopt_roadmap")
    assert deed.details["plan"] == roadmap.plan_digest
    described = Entry.objects.filter(kind="described", details__roadmap=roadmap.pk)
    assert described.count() == seen.changed and set(described.values_list("recorded_by", flat=True)) == {
        county.name
    }
    assert adopted_roadmap(roster, EVERYWHERE, XITANG).pk == roadmap.pk
    assert adopted_roadmap(roster, EVERYWHERE, COUNTY, as_of=TODAY - timedelta(days=1)) is None
    assert adopted_roadmap(roster, EVERYWHERE) is None  # the city has none


def test_the_plans_of_cases_are_approved_by_a_second_person(roster: Roster, county: Actor) -> None:
    roadmap = planned(roster, county, **TIGHT)
    roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap)
    with pytest.raises(NotAllowed, match="他人"):
        roadmaps.approve(actor=county, at=NOON, roadmap=roadmap)
    other = make_actor("jiashan2", "county_office", COUNTY)
    assert roadmaps.approve(actor=other, at=NOON, roadmap=roadmap).approved_by == "jiashan2"
    assert {states()[case] for case in starts(roadmap)} == {"approved"}
    with pytest.raises(Conflict, match="目前是“已采纳并批准”"):
        roadmaps.approve(actor=other, at=NOON, roadmap=roadmap)
    by = dict(Entry.objects.filter(kind__in=("planned", "approved")).values_list("kind", "recorded_by"))
    assert by == {"planned": "jiashan", "approved": "jiashan2"}


def test_who_adopts_the_plan_of_another_approves_it_at_once(roster: Roster, county: Actor) -> None:
    roadmap = planned(roster, make_actor("jingxin", "department", COUNTY), **TIGHT)
    assert adoption_preview(roadmap, county).entries == {
        kind: len(starts(roadmap)) for kind in ("planned", "approved")
    }
    adopted = roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap)
    assert adopted.approved_by == "jiashan" and {states()[case] for case in starts(roadmap)} == {"approved"}


def test_a_case_that_is_further_never_goes_back(roster: Roster, county: Actor) -> None:
    roadmap = planned(roster, county)
    signed, owner = case_of("嘉善自有1纽扣厂"), case_of("嘉善自有2纽扣厂")
    for case, kind in ((signed, "appraised"), (owner, "planned")):
        record_entry(actor=MACHINE, at=NOON, case=case, kind=kind, effective_on=TODAY)
    assert adoption_preview(roadmap, county).further == 1
    roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap)
    assert (states()[signed.pk], states()[owner.pk]) == ("appraised", "planned")
    assert Entry.objects.filter(case_id=owner.pk, kind="planned").count() == 1


def test_only_one_roadmap_of_a_place_is_in_force(roster: Roster, county: Actor) -> None:
    first, second = planned(roster, county, **TIGHT), planned(roster, county)
    roadmaps.adopt(actor=county, at=NOON, roadmap=first)
    with pytest.raises(Conflict, match="已采纳"):
        roadmaps.adopt(actor=county, at=NOON, roadmap=first)
    preview = adoption_preview(second, county)
    assert preview.replaces is not None and preview.replaces.pk == first.pk and preview.dates
    roadmaps.adopt(actor=county, at=NOON + timedelta(days=1), roadmap=second, dates_seen=len(preview.dates))
    first.refresh_from_db()
    assert first.state == "replaced"
    assert adopted_roadmap(roster, EVERYWHERE, COUNTY).pk == second.pk
    assert adopted_roadmap(roster, EVERYWHERE, COUNTY, as_of=TODAY).pk == first.pk
    assert adopted_roadmap(roster, EVERYWHERE, COUNTY, as_of=date.max, known_at=NOON).pk == first.pk
    with pytest.raises(Conflict):
        roadmaps.withdraw(actor=county, at=NOON, roadmap=second, reason="不要了")
    in_town = planned(roster, county, code=XITANG)
    roadmaps.adopt(actor=county, at=NOON + timedelta(days=2), roadmap=in_town)
    assert adopted_roadmap(roster, EVERYWHERE, XITANG).pk == in_town.pk
    assert adopted_roadmap(roster, EVERYWHERE, COUNTY).pk == second.pk


def test_a_change_by_hand_is_judged_and_kept_as_a_roadmap_of_its_own(roster: Roster, county: Actor) -> None:
    roadmap = planned(roster, county)
    case = case_of("嘉善自有1纽扣厂")
    offered = options_of(roadmap, case.pk, EVERYWHERE)
    (chosen,) = (option for option in offered if option.chosen)
    later = [one for one in offered if one.measure == chosen.measure][-1]
    wanted = {case.pk: (later.measure, later.start_on)}
    seen = preview_adjustment(roadmap, wanted, EVERYWHERE)
    assert seen.allowed and seen.value < Decimal(roadmap.value) and seen.gap > 0
    assert [(one.case_id, one.after[:2]) for one in seen.lines] == [
        (case.pk, (later.measure, later.start_on))
    ]
    assert Roadmap.objects.count() == 1
    changed = roadmaps.adjust(actor=county, at=NOON, roadmap=roadmap, choices=wanted, note="企业要求")
    assert (changed.state, changed.adjusts_id, changed.number) == ("planned", roadmap.pk, 2)
    assert (changed.bound, Decimal(changed.value)) == (roadmap.bound, seen.value)
    lines = changed.lines.filter(adjusted=True)
    assert [(line.case_id, line.start_on) for line in lines] == [(case.pk, later.start_on)]
    problem, plan, certificate = solution_of(changed)
    assert check(problem, plan, certificate) == ()
    again = roadmaps.adjust(
        actor=county, at=NOON, roadmap=changed, choices={case_of("嘉善自有2纽扣厂").pk: None}
    )
    assert again.lines.filter(adjusted=True).count() == 2
    by_other = roadmaps.adjust(
        actor=MACHINE, at=NOON, roadmap=changed, choices={case_of("嘉善自有2纽扣厂").pk: None}
    )
    assert needs_second_person(by_other, county)  # who asked for what was adjusted
    roadmaps.adopt(actor=county, at=NOON, roadmap=again)
    with pytest.raises(BadValue, match="没有改动"):
        roadmaps.adjust(actor=county, at=NOON, roadmap=changed, choices=wanted)
    with pytest.raises(BadValue, match="不能采用"):
        roadmaps.adjust(actor=county, at=NOON, roadmap=changed, choices={case.pk: ("merge", TODAY)})


def test_a_change_by_hand_that_breaks_something_is_refused_with_all_of_it(
    roster: Roster, county: Actor
) -> None:
    roadmap = planned(roster, county, **TIGHT)
    waiting = RoadmapLine.objects.filter(roadmap=roadmap, measure="", case__party__in=("landlord", "owner"))
    wanted = {line.case_id: ("vacate_recover", TODAY) for line in waiting}
    seen = preview_adjustment(roadmap, wanted, EVERYWHERE)
    assert not seen.allowed and any("资金" in str(one) and "超出" in str(one) for one in seen.broken)
    with pytest.raises(Conflict, match="不可行.*超出"):
        roadmaps.adjust(actor=county, at=NOON, roadmap=roadmap, choices=wanted)
    assert Roadmap.objects.count() == 1


def test_replanning_keeps_promises_and_says_what_that_costs(roster: Roster, county: Actor) -> None:
    roadmap = planned(roster, county, **TIGHT)
    with pytest.raises(Conflict):
        roadmaps.start_replanning(
            actor=county, at=NOON, roadmap=withdrawn(roster, county), settings=settings(**TIGHT)
        )
    adopted = roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap)
    stable = {"stability": {"per_period": "5", "other": "50"}}
    asked = roadmaps.start_replanning(
        actor=county, at=NOON, roadmap=adopted, settings=settings(**TIGHT, **stable)
    )
    cheap = {"fund": {"total": "900"}, "measures": ["vacate_recover"]}
    poorer = roadmaps.start_replanning(
        actor=county, at=NOON, roadmap=adopted, settings=settings(**cheap, **stable)
    )
    run_pending(clock=lambda: NOON)
    asked.refresh_from_db()
    poorer.refresh_from_db()
    kept = stability_of(asked, EVERYWHERE)
    assert asked.replans_id == adopted.pk and starts(asked) == starts(adopted)
    made = promises_made(asked, EVERYWHERE)
    assert (made.counts, made.over, kept.price) == (
        (("kept", len(starts(adopted))), ("moved", 0), ("broken", 0), ("missed", 0)), 0, 0,
    )  # fmt: skip
    less = stability_of(poorer, EVERYWHERE)
    fewer = promises_made(poorer, EVERYWHERE)
    assert fewer.all == len(starts(adopted)) and fewer.broken > 0
    assert 0 <= less.price <= less.most and less.kept_value <= less.free_value
    changed = roadmaps.adjust(actor=county, at=NOON, roadmap=poorer, choices={[*starts(poorer)][-1]: None})
    assert changed.replans_id == adopted.pk and changed.stability == poorer.stability


def test_a_case_shows_what_is_planned_for_it_and_what_was_reached(roster: Roster, county: Actor) -> None:
    roadmap = planned(roster, county)
    case = case_of("嘉善自有1纽扣厂")
    assert planned_of_case(case, EVERYWHERE, TODAY) is None
    roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap)
    record_entry(actor=MACHINE, at=NOON, case=case, kind="offered", effective_on=TODAY)
    found = planned_of_case(case, EVERYWHERE, date(2022, 3, 1))
    assert found.roadmap.pk == roadmap.pk and found.line.case_id == case.pk
    reached = {one.kind: one.done_on for one in found.milestones}
    assert reached["appraised"] == reached["offered"] == TODAY  # skipped, and passed
    assert reached["signed"] is None
    assert all((one.days > 0) == (one.done_on is None) for one in found.milestones)


def test_planning_anew_sees_what_was_planned_by_hand_only_when_it_was_known(
    roster: Roster, county: Actor
) -> None:
    case = case_of("嘉善自有1纽扣厂")
    later = NOON + timedelta(hours=2)
    set_plan(actor=county, at=later, case=case, batch="upgrade", measure="upgrade", due_on=None, team="九组")
    before = roadmaps.start_planning(
        actor=county, at=later, roster=roster, code=COUNTY, settings=settings(), known_at=NOON
    )
    now = roadmaps.start_planning(actor=county, at=later, roster=roster, code=COUNTY, settings=settings())
    run_pending(clock=lambda: later)
    lines = {one.roadmap_id: one for one in RoadmapLine.objects.filter(case=case)}
    assert (lines[before.pk].measure, lines[before.pk].team) == ("vacate_recover", "一组")
    assert (lines[now.pk].measure, lines[now.pk].team) == ("upgrade", "九组")


def withdrawn(roster: Roster, county: Actor) -> Roadmap:
    """A roadmap that nobody wants."""
    roadmap = planned(roster, county)
    return roadmaps.withdraw(actor=county, at=NOON, roadmap=roadmap, reason="不要了")
