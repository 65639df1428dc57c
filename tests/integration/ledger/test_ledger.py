"""The door into the ledger, and the SQL fold held against the plain one, for random histories with corrections."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong.actions.campaign.cases import open_case
from tenglong.actions.ledger.appending import append, void
from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign.figures import (
    Figure,
    amounts_of,
    definitions,
    every_measure,
    measures_of,
    reference,
)
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.entries import AsOf, Draft, attributes, fold
from tenglong.domain.ledger.kinds import VOID, vocabulary
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.campaign.lineage import compare, contributions
from tenglong.queries.campaign.rosters import RosterView
from tenglong.queries.ledger.fold import chain_of, fold_rows, folded_totals, last_id_at, said_of_cases
from tenglong.queries.verification import verify
from tenglong.store.models import Case, CaseState, Entry, Firm, Parcel, Place, PlaceTotal, Roster
from tests.integration.campaign.world import build_places

pytestmark = pytest.mark.django_db

EVERYWHERE = Scope(everywhere=True)
BEGAN = datetime(2021, 9, 1, 1, tzinfo=UTC)
FIRST = date(2021, 9, 1)
PARTIES = ("landlord", "tenant", "owner", "")
FACTS = (
    "targeted",
    "signed",
    "emptied",
    "checked",
    "written_off",
    "note",
    "removed",
    "reopened",
    "suspended",
)
AMOUNTS = ("area_signed", "area_vacated", "energy_freed", "wastewater_baseline", "wastewater_freed")
SLOTS = sorted(set(vocabulary().slots) - {VOID})


@pytest.fixture
def roster():
    """A roster with four cases in two towns and two parcels."""
    build_places()
    towns = list(Place.objects.filter(level="town").order_by("code")[:2])
    city = Place.objects.get(code="330400")
    made = Roster.objects.create(
        code="r", title="演示名单", issuer="演示", definition="演示", place=city, start=FIRST,
        deadline=date(2021, 12, 31), done_figure="firms_written_off", created_at=BEGAN, created_by="演示",
    )  # fmt: skip
    for n in range(4):
        firm = Firm.objects.create(
            name=f"演示{n}厂", core_name=str(n), code_status="none", place=towns[n % 2], created_at=BEGAN
        )
        party = "tenant" if n else "landlord"
        open_case(made, firm, towns[n % 2], at=BEGAN, by="演示", source={}, party=party)
    for n in range(2):
        Parcel.objects.create(number=f"P{n}", place=towns[0])
    return made


def cases(roster: Roster) -> list[Case]:
    return list(roster.cases.order_by("number"))


def days(n: int) -> date:
    return FIRST + timedelta(days=n)


def test_an_entry_gets_number_hash_and_state(roster):
    first, *_ = cases(roster)
    drafts = [Draft(first.pk, "targeted", days(0)), Draft(first.pk, "signed", days(2))]
    facts = append(roster, drafts, by="甲", at=BEGAN + timedelta(days=3))
    assert facts[1].id == facts[0].id + 1
    state = CaseState.objects.get(case=first)
    assert (state.state, state.state_on, state.target_on) == ("signed", days(2), days(0))
    assert ["contract", True, day_number(days(2)), None, facts[1].id] in state.lines
    assert [report.holds for report in verify()] == [True]


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        ({"kind": "targeted", "effective_on": date(2021, 9, 9)}, "晚于今天 2021-09-01"),
        ({"kind": "area_vacated", "effective_on": FIRST}, "须填写数量（mu）"),
        ({"kind": "targeted", "effective_on": FIRST, "quantity": 1}, "不带数量"),
        ({"kind": "energy_freed", "effective_on": FIRST, "quantity": -1}, "不能为负数"),
        ({"kind": "exploded", "effective_on": FIRST}, "没有“exploded”这种台账事项"),
    ],
)
def test_a_bad_draft_is_refused_and_nothing_is_written(roster, draft, sentence):
    with pytest.raises(BadValue, match=sentence):
        append(roster, [Draft(case_id=cases(roster)[0].pk, **draft)], by="甲", at=BEGAN)
    assert not Entry.objects.exclude(kind="opened").exists()


def test_time_does_not_run_backwards_and_nobody_is_refused_for_it(roster):
    one, other, *_ = cases(roster)
    append(roster, [Draft(one.pk, "targeted", FIRST)], by="甲", at=BEGAN)
    (late,) = append(roster, [Draft(other.pk, "targeted", FIRST)], by="乙", at=BEGAN - timedelta(seconds=1))
    assert late.recorded_at == BEGAN
    assert last_id_at(roster.pk, BEGAN) == late.id


def test_one_impossible_step_refuses_the_whole_batch(roster):
    one, other, *_ = cases(roster)
    with pytest.raises(Conflict, match="不能登记“销号”"):
        drafts = [Draft(one.pk, "targeted", FIRST), Draft(other.pk, "written_off", FIRST)]
        append(roster, drafts, by="甲", at=BEGAN)
    assert not Entry.objects.exclude(kind="opened").exists()
    assert not PlaceTotal.objects.exists()


def test_what_later_entries_rest_on_cannot_be_voided(roster):
    one = cases(roster)[0]
    drafts = [Draft(one.pk, kind, FIRST) for kind in ("targeted", "closed", "checked", "written_off")]
    facts = append(roster, drafts, by="甲", at=BEGAN)
    with pytest.raises(Conflict, match="不能登记“销号”"):
        void(roster, facts[2], reason="错", by="乙", at=BEGAN)
    with pytest.raises(BadValue, match="更正须写明理由"):
        void(roster, facts[3], reason=" ", by="乙", at=BEGAN)
    void(roster, facts[3], reason="回头看复产", by="乙", at=BEGAN)
    assert CaseState.objects.get(case=one).state == "checked"


steps = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from((*FACTS, *AMOUNTS, "void", "described")),
        st.integers(0, 9),
        st.integers(0, 5),
        st.sampled_from((None, 0, 1)),
    ),
    min_size=3,
    max_size=16,
)


def play(roster: Roster, story) -> None:
    """Record what the story says where the rules allow it; each step a day later than the one before."""
    people, parcels = cases(roster), list(Parcel.objects.order_by("number"))
    for minute, (who, kind, day, amount, parcel) in enumerate(story):
        case, at = people[who], BEGAN + timedelta(days=10, minutes=minute)
        try:
            if kind == "void":
                facts = [
                    fact for fact, _ in chain_of(roster.pk) if fact.case_id == case.pk and not fact.corrects
                ]
                void(roster, facts[amount], reason="演示更正", by="甲", at=at)
                continue
            if kind == "described":
                said = {"party": PARTIES[amount % 4]}
                append(roster, [Draft(case.pk, kind, days(day), details={"said": said})], by="甲", at=at)
                continue
            quantity = amount if kind in AMOUNTS else None
            on = parcels[parcel].pk if kind.startswith("area") and parcel is not None else None
            draft = Draft(case.pk, kind, days(day), on, quantity, details={"reason": "演示"})
            append(roster, [draft], by="甲", at=at)
        except (Conflict, BadValue, IndexError):
            continue


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(story=steps, day=st.integers(0, 10), known=st.integers(0, 30))
def test_the_sql_fold_is_the_plain_fold(roster, story, day, known):
    with transaction.atomic():
        play(roster, [(0, "targeted", 0, 0, None), (1, "targeted", 0, 0, None), *story])
        check_folds(roster, AsOf(days(day), known))
        check_figures(roster, AsOf(days(day), known))
        assert [str(report.sentence) for report in verify() if not report.holds] == []
        transaction.set_rollback(True)


def check_folds(roster: Roster, at: AsOf) -> None:
    facts = [fact for fact, _ in chain_of(roster.pk)]
    for known in {BEGAN, *(fact.recorded_at for fact in facts)}:
        for moment in (known, known - timedelta(seconds=1), known + timedelta(days=1)):
            told = (fact.id for fact in facts if fact.recorded_at <= moment)
            assert last_id_at(roster.pk, moment) == max(told, default=0)
    said = attributes(facts, at, vocabulary())
    assert said_of_cases(roster.pk, at, ["party"]) == {
        case_id: {"party": one.text} for ((_, case_id), _), one in said.items()
    }
    expected = {key: fact.id for key, fact in fold(facts, at, vocabulary()).items()}
    found = {
        ((row.subject_type, row.subject), row.slot): row.entry_id for row in fold_rows(roster.pk, SLOTS, at)
    }
    assert found == expected


def is_unsaid(figure: Figure) -> bool:
    """Nothing is known of an amount that nobody stated, nor of certificates; a count of cases is always known."""
    one = definitions()[figure.id]
    return figure.exact is None and (bool(one.certificate) or any(amounts_of(one)))


def check_figures(roster: Roster, at: AsOf) -> None:
    """As of any moment: figures equal what their cases add up to; and now equals the fold of everything."""
    asked = Question(RosterView.of(roster), "330400", at.day, BEGAN, at, EVERYWHERE)
    check_totals(roster, at)
    for figure in ask(asked):
        one = definitions()[figure.id]
        if not (one.part or one.lead_of):
            parts = contributions(asked, figure.id)
            together = sum((part.amount for part in parts), Fraction(0))
            assert figure.exact == together or is_unsaid(figure), figure.id
    latest = last_id_at(roster.pk, None)
    stored = Question(RosterView.of(roster), "330400", days(99), BEGAN, AsOf(days(99), latest), EVERYWHERE)
    folded = {id: sum((c.amount for c in contributions(stored, id)), Fraction(0)) for id in summable()}
    for figure in ask(stored, summable()):
        assert figure.exact == folded[figure.id] or is_unsaid(figure), figure.id
    bridge = compare(asked, stored, "land_vacated")
    assert bridge.opening + bridge.corrected + bridge.new == bridge.closing


def check_totals(roster: Roster, at: AsOf) -> None:
    """The SQL over entries gives what the plain reference gives, place by place and party by party."""
    places = dict(Case.objects.filter(roster=roster).values_list("pk", "place_id"))
    facts, measures = [fact for fact, _ in chain_of(roster.pk)], tuple(measures_of(definitions().values()))
    expected = reference(facts, at, places, every_measure(), vocabulary())
    found = folded_totals(roster.pk, at, measures, sorted(set(places.values())))
    assert set(found) == set(expected)
    for place, totals in expected.items():
        assert {key: n for key, n in found[place].counts.items() if n} == totals.counts
        assert {key: n for key, n in found[place].sums.items() if n} == {
            key: n for key, n in totals.sums.items() if n
        }


def summable() -> list[str]:
    return [id for id, one in definitions().items() if not (one.part or one.lead_of)]


def test_a_relapse_takes_back_what_was_freed_and_voiding_it_gives_it_back(roster):
    one = cases(roster)[0]
    parcel = Parcel.objects.order_by("number")[0]
    drafts = [Draft(one.pk, kind, FIRST) for kind in ("targeted", "closed", "checked", "written_off")]
    drafts += [
        Draft(one.pk, "energy_freed", FIRST, quantity=9),
        Draft(one.pk, "area_vacated", FIRST, parcel.pk, 7),
    ]
    append(roster, drafts, by="甲", at=BEGAN)
    later = BEGAN + timedelta(days=3)
    reopened, *followers = append(
        roster, [Draft(one.pk, "reopened", days(2), details={"reason": "复产"})], by="乙", at=later
    )
    assert {(fact.kind, fact.quantity) for fact in followers} == {("energy_freed", 0), ("area_vacated", 0)}
    state = CaseState.objects.get(case=one)
    assert (state.state, state.energy, state.land) == ("reopened", 0, 0)
    void(roster, reopened, reason="查无此事", by="丙", at=later)
    state = CaseState.objects.get(case=one)
    assert (state.state, state.energy, state.land) == ("written_off", 9, 7)
    assert [report.holds for report in verify()] == [True]


def test_a_relapse_does_not_take_back_land_that_another_case_freed_since(roster):
    one, other, *_ = cases(roster)
    parcel = Parcel.objects.order_by("number")[0]
    for case in (one, other):
        drafts = [Draft(case.pk, kind, FIRST) for kind in ("targeted", "closed", "checked", "written_off")]
        append(roster, [*drafts, Draft(case.pk, "area_vacated", FIRST, parcel.pk, 7)], by="甲", at=BEGAN)
    append(roster, [Draft(one.pk, "reopened", FIRST, details={"reason": "复产"})], by="乙", at=BEGAN)
    assert CaseState.objects.get(case=other).land == 7


def test_no_more_is_freed_than_there_was(roster):
    one = cases(roster)[0]
    drafts = [Draft(one.pk, "targeted", FIRST), Draft(one.pk, "energy_baseline", FIRST, quantity=5_000_000)]
    append(roster, drafts, by="甲", at=BEGAN)
    with pytest.raises(Conflict, match="“腾出用能”6tce超过“基期综合能耗”5tce"):
        append(roster, [Draft(one.pk, "energy_freed", FIRST, quantity=6_000_000)], by="甲", at=BEGAN)
