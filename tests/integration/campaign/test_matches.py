"""Doubtful rows: asked once, decided, and taken back months later without touching what was printed."""

from datetime import date, datetime, timedelta

import pytest

from tenglong.actions.campaign import matches
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadValue, Conflict, NotFound
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.campaign.matches import count_open, decided_pairs, open_pairs
from tenglong.queries.campaign.review import difference
from tenglong.queries.ledger.states import differing_states
from tenglong.store.models import Case, CaseState, Firm, FirmMerge, MatchPair, Roster
from tests.integration.campaign.world import (
    MACHINE,
    NOON,
    TODAY,
    accepted,
    build_places,
    counts,
    csv_file,
    make_actor,
    make_roster,
    sentences,
    staged,
)

pytestmark = pytest.mark.django_db

HEADER = [
    "县(市、区)",
    "镇(街道)",
    "企业名称",
    "统一社会信用代码",
    "签约日期",
    "关停日期",
    "核查日期",
    "销号日期",
]
KNOWN = ["嘉善县", "西塘镇", "嘉善甲乙丙纽扣有限公司", "91330421MA28A0AAXL", "2021-05-01", "", "", ""]
DOUBTFUL = [
    "嘉善县",
    "西塘镇",
    "嘉善甲乙丙钮扣有限公司",
    "91330421MA28A0BBXB",
    "",
    "2021-05-01",
    "2021-06-01",
    "2021-07-01",
]
EVERYWHERE = Scope(everywhere=True)


@pytest.fixture
def roster() -> Roster:
    build_places()
    roster = make_roster()
    accepted(csv_file(HEADER, KNOWN), roster=roster)
    return roster


def written_off(roster: Roster, at=NOON) -> object:
    asked = question(roster=roster, code="330400", as_of=date(2021, 11, 9), known_at=at, scope=EVERYWHERE)
    return ask(asked, ["firms_written_off"])[0].exact


def test_a_doubtful_row_becomes_a_firm_of_its_own_and_a_question(roster: Roster) -> None:
    batch = accepted(csv_file(HEADER, DOUBTFUL), roster=roster)
    assert counts(batch) == (1, 0, 0, 0) and "待比对" in sentences(batch, 2)
    [pair] = open_pairs(EVERYWHERE)
    assert pair.left.name == DOUBTFUL[2] and pair.right.name == KNOWN[2]
    assert Firm.objects.get(pk=pair.left.firm_id).temporary_id.startswith("TMP-330421-") and pair.reasons
    assert counts(accepted(csv_file(HEADER, DOUBTFUL), roster=roster)) == (0, 0, 1, 0)
    assert MatchPair.objects.count() == 1 and Firm.objects.count() == 2


def test_merging_removes_the_doubled_case_and_undoing_brings_it_back(roster: Roster) -> None:
    accepted(csv_file(HEADER, DOUBTFUL), roster=roster)
    [pair] = open_pairs(EVERYWHERE)
    case = Case.objects.get(firm_id=pair.left.firm_id)
    assert written_off(roster) == 1
    with pytest.raises(BadValue):
        matches.decide(pair.id, True, actor=MACHINE, at=NOON)
    later, much_later = NOON + timedelta(days=1), NOON + timedelta(days=100)
    matches.decide(pair.id, True, actor=MACHINE, at=later, reason="实地核对为同一家")
    assert CaseState.objects.get(case=case).state == "removed"
    assert written_off(roster, NOON) == 1
    merge = FirmMerge.objects.get()
    batch = staged(csv_file(HEADER, KNOWN), roster=roster, at=later)
    assert counts(batch) == (0, 0, 1, 0)
    matches.undo(merge.pk, actor=MACHINE, at=much_later, reason="看错了")
    assert CaseState.objects.get(case=case).state == "written_off"
    assert Firm.objects.get(pk=pair.left.firm_id).absorbed_by is None
    assert count_open(EVERYWHERE) == 1 and differing_states(roster.pk) == []
    with pytest.raises(Conflict):
        matches.undo(merge.pk, actor=MACHINE, at=much_later, reason="再撤销")


def called(roster: Roster, known_at: datetime) -> list[str]:
    """The firms of a roster's difference, as known then."""
    asked = question(roster=roster, code="330400", as_of=TODAY, known_at=known_at, scope=EVERYWHERE)
    return [row.firm for row in difference(asked).rows]


def test_a_case_of_another_roster_moves_and_comes_back(roster: Roster) -> None:
    other = make_roster("county-2021")
    accepted(csv_file(HEADER, DOUBTFUL), roster=other)
    [pair] = open_pairs(EVERYWHERE)
    later = NOON + timedelta(hours=1)
    decided = matches.decide(pair.id, True, actor=MACHINE, at=later, reason="同一家")
    assert called(other, NOON) == [pair.left.name]  # a list as known before says what it said before
    assert called(other, later) == [pair.right.name]
    case = Case.objects.get(roster=other)
    assert case.firm_id == pair.right.firm_id
    assert counts(staged(csv_file(HEADER, DOUBTFUL), roster=other)) == (0, 0, 1, 0)
    matches.undo(decided.merge_id, actor=MACHINE, at=later + timedelta(hours=1), reason="不是")
    case.refresh_from_db()
    assert case.firm_id == pair.left.firm_id


def test_different_is_an_answer_too(roster: Roster) -> None:
    accepted(csv_file(HEADER, DOUBTFUL), roster=roster)
    [pair] = open_pairs(EVERYWHERE)
    matches.decide(pair.id, False, actor=MACHINE, at=NOON)
    assert count_open(EVERYWHERE) == 0 and decided_pairs(EVERYWHERE)[0].state == "different"
    with pytest.raises(Conflict):
        matches.decide(pair.id, True, actor=MACHINE, at=NOON, reason="改主意")
    accepted(csv_file(HEADER, DOUBTFUL), roster=roster)
    assert count_open(EVERYWHERE) == 0


def test_nobody_sees_questions_of_other_places(roster: Roster) -> None:
    accepted(csv_file(HEADER, DOUBTFUL), roster=roster)
    [pair] = open_pairs(EVERYWHERE)
    assert open_pairs(Scope()) == [] and count_open(Scope()) == 0
    stranger = make_actor("pinghu", "county_office", "330482")
    with pytest.raises(NotFound):
        matches.decide(pair.id, False, actor=stranger, at=NOON)
