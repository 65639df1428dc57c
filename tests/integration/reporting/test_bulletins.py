"""Issuing, issuing again, correcting, and asking what an issue would say today."""

import hashlib
from datetime import date, timedelta

import pytest

from tenglong.actions.ledger.appending import void
from tenglong.actions.reporting.bulletins import issue, prepare, reissue, with_todays_knowledge
from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed
from tenglong.domain.reporting.bulletins import BulletinContent
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.ledger.fold import chain_of
from tenglong.queries.race.board import board
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Bulletin, TrailEvent
from tests.factories import CITY, MACHINE, at_day, build_world

pytestmark = pytest.mark.django_db

FRIDAY, NEXT = date(2021, 11, 5), date(2021, 11, 9)


@pytest.fixture
def world():
    """The small campaign, its last entry recorded on day 73 (12 November 2021)."""
    return build_world()


def issued(world, as_of: date, day: int) -> Bulletin:
    return issue(actor=MACHINE, at=at_day(day), roster=world.hcle, code=CITY, as_of=as_of)


def take_back_a_write_off(world, day: int) -> str:
    """Void the last write-off of the roster; the name of its firm."""
    facts = [fact for fact, _ in chain_of(world.hcle.pk) if fact.kind == "written_off"]
    last = min(facts, key=lambda fact: (fact.effective_on, fact.id))
    void(world.hcle, last, reason="回头看发现复产", by="demo-city", at=at_day(day))
    return next(case.firm.name for cases in world.cases.values() for case in cases if case.pk == last.case_id)


def test_a_bulletin_prints_what_the_one_question_answers(world):
    bulletin = issued(world, FRIDAY, 74)
    content = BulletinContent.from_json(bulletin.content)
    asked = question(
        roster=world.hcle, code=CITY, as_of=FRIDAY, known_at=at_day(74), scope=Scope(everywhere=True)
    )
    printed = {figure.id: (figure.printed, figure.exact) for figure in content.main.figures}
    for figure in ask(asked, [id for id in printed if not id.startswith("pace")]):
        assert printed[figure.id] == (figure.printed, figure.exact_text)
    rows = [(row.unit, row.rank, row.done, row.new) for row in content.ranking]
    expected = [(row.entrant.name, row.rank, row.entrant.done, row.entrant.new) for row in board(asked)]
    assert rows == expected
    assert content.total is not None
    assert content.total.done == sum(row.done for row in content.ranking)


def test_the_day_of_an_older_reference_value_is_printed(world):
    content = BulletinContent.from_json(issued(world, FRIDAY, 74).content)
    assert content.main.reference == "全省平均（10月26日）"


def test_issuing_again_gives_the_same_bytes(world):
    bulletin = issued(world, FRIDAY, 74)
    take_back_a_write_off(world, 75)
    again = reissue(Bulletin.objects.get(pk=bulletin.pk))
    assert again.identical
    assert again.document == bytes(Bulletin.objects.get(pk=bulletin.pk).document)
    assert hashlib.sha256(again.document).hexdigest() == bulletin.digest


def test_a_changed_snapshot_is_noticed(world):
    bulletin = issued(world, FRIDAY, 74)
    bulletin.content["main"]["figures"][1]["exact"] = "1"
    bulletin.content["main"]["figures"][1]["printed"] = "1"
    assert not reissue(bulletin).identical


def test_an_issue_asked_for_once_and_done_again_after_a_crash_is_the_same(world):
    first = issued(world, FRIDAY, 74)
    asked = {"actor": MACHINE, "at": at_day(75), "roster": world.hcle, "code": CITY, "as_of": FRIDAY}
    assert issue(**asked, asked_at=at_day(74)) == first
    with pytest.raises(Conflict, match="已签发（第 1 期）"):
        issue(**asked, asked_at=at_day(75))


def test_numbers_follow_and_a_day_is_issued_once(world):
    first, second = issued(world, FRIDAY, 74), issued(world, NEXT, 75)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(Conflict, match="已签发（第 2 期）"):
        issued(world, NEXT, 76)
    assert TrailEvent.objects.filter(deed="issue_bulletin").count() == 2


def test_a_day_that_lies_ahead_is_refused(world):
    with pytest.raises(BadValue, match="数据截止日 2021-11-20 晚于今天"):
        issued(world, date(2021, 11, 20), 74)


def test_a_town_team_may_not_issue_for_the_city(world):
    actor = actor_of(world.people["demo-xitang"], NEXT)
    with pytest.raises(NotAllowed, match="签发通报"):
        issue(actor=actor, at=at_day(74), roster=world.hcle, code=CITY, as_of=FRIDAY)
    with pytest.raises(NotAllowed):
        prepare(actor=Actor("无单位"), at=at_day(74), roster=world.hcle, code=CITY, as_of=FRIDAY)


def test_what_was_corrected_since_stands_in_the_next_issue(world):
    first = issued(world, FRIDAY, 74)
    firm = take_back_a_write_off(world, 75)
    second = BulletinContent.from_json(issued(world, NEXT, 76).content)
    done = next(c for c in second.corrections if c.figure.startswith("销号企业数"))
    before = {f.id: f.printed for f in BulletinContent.from_json(first.content).main.figures}
    assert (done.issue, done.printed, int(done.now)) == (
        1,
        before["firms_written_off"],
        int(before["firms_written_off"]) - 1,
    )
    assert (done.reason, done.cases) == ("回头看发现复产", (firm,))


def test_hindsight_names_the_cells_that_moved_and_leaves_the_issue_alone(world):
    bulletin = issued(world, FRIDAY, 74)
    assert with_todays_knowledge(bulletin, at=at_day(74)).moved == ()
    firm = take_back_a_write_off(world, 75)
    hindsight = with_todays_knowledge(bulletin, at=at_day(75) + timedelta(hours=1))
    cells = {(cell.unit, cell.cell) for cell in hindsight.moved}
    assert ("", "firms_written_off") in cells
    assert ("合计", "done") in cells
    assert any(firm in correction.cases for correction in hindsight.corrections)
    assert reissue(bulletin).identical
