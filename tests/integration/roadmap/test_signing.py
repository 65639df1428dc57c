"""The board of contracts is the figures and the roadmap's money by team, zone, day and month: one definition."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tenglong.domain.access.policy import Scope
from tenglong.domain.roadmap.accounts import committed_of, paid_of
from tenglong.domain.roadmap.signing import Board
from tenglong.queries.campaign.figures import Question, ask, question
from tenglong.queries.roadmap.facts import facts_of
from tenglong.queries.roadmap.signing import signing_board
from tenglong.store.models import Roster
from tests.factories import build_world as small_campaign
from tests.integration.campaign.world import NOON, accepted, csv_file
from tests.integration.roadmap.world import COUNTY, HEADER, LATER, WEITANG, build_world, row
from tests.integration.web import cells_of, signed_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = Scope(everywhere=True)
LAST = date(2021, 12, 19)


@pytest.fixture
def roster() -> Roster:
    """Four of thirteen have signed: a landlord, a tenant and two owners, in two towns; two were paid."""
    found = build_world()
    more = ("合同总价(万元)", "累计已付款(万元)", "最近付款日期")
    rows = [
        [*row("嘉善房东纽扣厂", **{"签约日期": "2021-11-15"}), "200.01", "60", "2021-11-20"],
        [*row("嘉善承租1纽扣厂", **{"签约日期": "2021-11-15", "攻坚小组": "二组"}), "20", "20", "2021-12-02"],
        [*row("嘉善自有3纽扣厂", **{"签约日期": "2021-11-20", "区块": "西区"}), "300", "", ""],
        [*row("魏塘1纽扣厂", "魏塘街道", **{"签约日期": "2021-12-05", "攻坚小组": ""}), "", "", ""],
    ]
    accepted(csv_file([*HEADER, *more], *rows), roster=found, at=LATER, day=LAST)
    return found


def asked(roster: Roster, day: date = LAST, *, code: str = COUNTY, known_at: datetime = LATER) -> Question:
    """A question about everything under `code`."""
    return question(roster=roster, code=code, as_of=day, known_at=known_at, scope=EVERYWHERE)


def board(roster: Roster, day: date = LAST, **more: object) -> Board:
    """The board that answers it."""
    return signing_board(asked(roster, day, **more))


@pytest.mark.parametrize("day", [date(2021, 11, 14), date(2021, 11, 15), date(2021, 12, 1), LAST])
@pytest.mark.parametrize("code", [COUNTY, WEITANG])
def test_parts_add_up_to_the_figures_of_the_same_question(roster: Roster, day: date, code: str) -> None:
    found = board(roster, day, code=code)
    ids = ("firms_target", "firms_signed", "firms_signed_landlord", "firms_signed_tenant")
    figures = tuple(int(one.exact or 0) for one in ask(asked(roster, day, code=code), ids))
    for lines in (found.teams, found.zones, [found.whole]):
        sums = [(line.targets, line.signed, line.landlords, line.tenants) for line in lines]
        assert tuple(map(sum, zip(*sums, strict=True))) == figures
    assert sum(one.signed for one in found.days) == figures[1]


def test_counts_by_team_zone_and_day(roster: Roster) -> None:
    found = board(roster)
    teams = {line.name: (line.targets, line.signed) for line in found.teams}
    zones = {line.name: (line.targets, line.signed) for line in found.zones}
    assert sum(signed for _, signed in teams.values()) == 4 and teams["二组"][1] == 1
    assert zones["西区"][1] == 1 and zones["魏塘片"] == (3, 1)
    assert [(one.day, one.signed, one.total, one.left) for one in found.days] == [
        (date(2021, 11, 15), 2, 2, 11), (date(2021, 11, 20), 1, 3, 10), (date(2021, 12, 5), 1, 4, 9),
    ]  # fmt: skip


@pytest.mark.parametrize("day", [date(2021, 11, 16), date(2021, 11, 25), LAST])
def test_money_is_that_of_the_roadmap(roster: Roster, day: date) -> None:
    found = board(roster, day)
    facts = facts_of(roster, COUNTY, day, LATER, EVERYWHERE)
    assert found.whole.paid == sum(one.paid for one in found.months) == paid_of(facts)
    assert found.whole.owed == sum(map(committed_of, facts))


def test_months_say_what_was_paid_to_the_cent(roster: Roster) -> None:
    assert [(one.month, one.paid) for one in board(roster).months] == [("2021-11", 60), ("2021-12", 20)]
    assert (board(roster).whole.price, board(roster).whole.owed) == (Decimal("520.01"), Decimal("440.01"))


def test_what_was_not_known_yet_is_not_on_it(roster: Roster) -> None:
    then = board(roster, known_at=NOON)
    assert (then.whole.targets, then.whole.signed, then.whole.paid, then.days) == (13, 0, 0, ())


def test_page_workbook_and_api_give_the_same_board() -> None:
    small_campaign(per_unit=3)
    client = signed_in("demo-city")
    page = text_of(client.get("/signing?roster=hcle"))
    assert "签约榜" in page and "按专班" in page and "按片区" in page
    answer = client.get("/api/v1/signing?roster=hcle").json()
    whole = answer["whole"]
    assert f"整治对象 {whole['targets']} 家，已签约 {whole['signed']} 家" in page
    rows = cells_of(client.get("/signing.xlsx?roster=hcle"))
    total = next(cells for cells in rows if cells[0] == "合计")
    assert total[1:6] == [whole[name] for name in ("targets", "signed", "landlords", "tenants", "left")]
    assert "签约榜" in text_of(client.get("/cases?roster=hcle"))
