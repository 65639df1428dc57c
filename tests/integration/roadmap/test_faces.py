"""A campaign that is planned anew in its middle: every face says the same money, and it is that of the ledger."""

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from tenglong.actions import roadmap as roadmaps
from tenglong.cli.__main__ import main
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadFile, Conflict
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.kernel.rulebook import shipped
from tenglong.domain.reporting.bulletins.roadmap import WORDING
from tenglong.domain.roadmap.promises import Fate
from tenglong.domain.roadmap.replanning import going_on
from tenglong.jobs.worker import run_pending
from tenglong.queries.campaign.figures import question
from tenglong.queries.roadmap.accounts import account_of
from tenglong.queries.roadmap.adoption import adoption_preview
from tenglong.queries.roadmap.bulletin import roadmap_course
from tenglong.queries.roadmap.course import planned_and_actual
from tenglong.queries.roadmap.documents import content_of, workbook_of
from tenglong.queries.roadmap.promises import promise_rows, promises_made
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.roadmap.totals import compare, totals_by, totals_of
from tenglong.queries.roadmap.views import cash_by_month
from tenglong.store.models import Case, Entry, Roadmap, RoadmapLine, Roster
from tenglong.web.roadmap.tags import amount
from tests.factories import build_people
from tests.integration.campaign.world import MACHINE, NOON, accepted, csv_file
from tests.integration.roadmap.world import HEADER, build_world, planned, row
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)

ALL = Scope(everywhere=True)
FUND = {
    "total": "9000",
    "financing": "1000",
    "cash": {"2021-11": "3000", "2021-12": "3000", "2022-01": "4000"},
}
MORE = ("评估价(万元)", "合同总价(万元)", "累计已付款(万元)", "最近付款日期")
DAYS = (date(2021, 12, 15), date(2022, 1, 20))
"""Facts of these days, as known at the end."""
END = datetime.combine(date(2022, 1, 25), time(12), ZoneInfo("Asia/Shanghai"))


def told(day: str, *rows: tuple[str, dict[str, str], tuple[str, str, str, str]], roster: Roster) -> None:
    """A ledger that comes in on a day."""
    at = datetime.combine(date.fromisoformat(day), time(12), ZoneInfo("Asia/Shanghai"))
    cells = [[*row(name, **known), *money] for name, known, money in rows]
    accepted(csv_file([*HEADER, *MORE], *cells), roster=roster, at=at, day=at.date())


@pytest.fixture
def campaign() -> Roadmap:
    """A roadmap in force since day one; then one workshop is emptied and partly paid, one signed, one paid too much."""
    build_people()
    roster = build_world()
    adopted = roadmaps.adopt(
        actor=MACHINE,
        at=NOON,
        roadmap=planned(roster, MACHINE, fund=FUND, stability={"per_period": "1", "other": "9"}),
    )
    signed = {"签约日期": "2021-11-20"}
    told(
        "2021-12-10",
        ("嘉善自有1纽扣厂", signed | {"腾空日期": "2021-12-08"}, ("195.5", "200.25", "60.07", "2021-11-22")),
        ("嘉善自有2纽扣厂", signed, ("290", "300", "310.5", "2021-12-01")),
        ("嘉善自有3纽扣厂", {"区块": "西区", "签约日期": "2021-12-03"}, ("250", "260.4", "", "")),
        roster=roster,
    )
    told(
        "2022-01-18",
        ("嘉善自有1纽扣厂", signed | {"腾空日期": "2021-12-08"}, ("195.5", "200.25", "160.07", "2022-01-10")),
        (
            "嘉善自有3纽扣厂",
            {"区块": "西区", "签约日期": "2021-12-03"},
            ("250", "260.4", "78.12", "2022-01-05"),
        ),
        roster=roster,
    )
    return adopted


def replanned(before: Roadmap, day: date, **stated: Any) -> Roadmap:
    """The campaign planned anew with the facts of a day."""
    found = going_on(settings_of(before), day).model_copy(update=stated)
    asked = roadmaps.start_replanning(
        actor=MACHINE, at=END, roadmap=before, settings=found.model_dump(mode="json"), facts_on=day
    )
    run_pending(clock=lambda: END)
    return Roadmap.objects.select_related("roster", "place", "replans").get(pk=asked.pk)


def last(case: Case, slot: str, day: date) -> Decimal | None:
    """What the last entry of a slot says by a day: the slowest way to read the ledger."""
    rows = Entry.objects.filter(case_id=case.pk, slot=slot, effective_day__lte=day_number(day))
    found = rows.order_by("effective_day", "id").last()
    return (
        None
        if found is None or not found.is_on or found.quantity is None
        else Decimal(found.quantity) / 10**6
    )


def ledger_says(roster: Roster, day: date) -> tuple[Decimal, Decimal]:
    """Paid, and what contracts in force still take, entry by entry."""
    paid = committed = Decimal(0)
    for case in Case.objects.filter(roster=roster):
        spent = last(case, "paid_amount", day) or Decimal(0)
        paid += spent
        contract = Entry.objects.filter(case_id=case.pk, slot="contract", effective_day__lte=day_number(day))
        if contract.exists():
            committed += max((last(case, "contract_price", day) or Decimal(0)) - spent, Decimal(0))
    return paid, committed


@pytest.mark.parametrize("day", DAYS)
def test_every_face_says_the_money_of_the_ledger(
    campaign: Roadmap, day: date, capsys: pytest.CaptureFixture[str]
) -> None:
    roadmap = replanned(campaign, day)
    paid, committed = ledger_says(roadmap.roster, day)
    assert paid > 0 and committed > 0
    account = account_of(roadmap, ALL)
    assert (account.paid, account.committed) == (paid, committed)
    assert account.free == 10_000 - paid - committed and account.left == account.free - account.planned
    lines = RoadmapLine.objects.filter(roadmap=roadmap)
    of_lines = sum((Decimal(one.amounts.get("money", "0")) for one in lines), Decimal(0))
    owed = account.to_pay - of_lines
    gone = Case.objects.get(firm__name="嘉善自有1纽扣厂")
    assert owed == (last(gone, "contract_price", day) or 0) - (last(gone, "paid_amount", day) or 0) > 0
    totals = totals_of(roadmap, ALL).amounts
    assert (totals["money"], totals["paid"], totals["committed"]) == (account.to_pay, paid, committed)
    for by in ("zone", "town", "team", "measure"):
        groups = totals_by(roadmap, ALL, by)
        for name in ("money", "paid", "committed"):
            assert sum(one.totals.amounts.get(name, Decimal(0)) for one in groups) == totals[name]
    months = cash_by_month(roadmap, ALL)
    assert sum(one.paid for one in months) == paid and sum(one.due for one in months) == account.to_pay
    assert months[-1].cumulative == paid + account.to_pay
    assert all(one.due == 0 for one in months if one.month < day.replace(day=1))
    course = planned_and_actual(roadmap, ALL, END.date(), END)
    money = next(one for one in course.series if one.id == "money")
    assert money.planned[-1][1] == account.to_pay
    assert money.actual_at == ledger_says(roadmap.roster, END.date())[0] - paid
    (column,) = compare([roadmap], ALL).columns
    assert column.curves["money"][-1][1] == paid + account.to_pay
    first, second = (str(one) for one in account.sentences)
    checks = {one["id"]: one for one in roadmap.checks}
    assert Decimal(checks["fund"]["value"]) == account.planned
    _documents(roadmap, first, second, account)
    assert main(["roadmap", "show", str(roadmap.pk)]) == 0
    assert first in capsys.readouterr().out
    page = text_of(signed_in("demo-jiashan").get(f"/roadmaps/{roadmap.pk}"))
    assert first in page and second in page
    assert f"已付 {amount(paid)}" in page and f"合同待付 {amount(committed)}" in page
    listed = text_of(signed_in("demo-jiashan").get(f"/roadmaps/{roadmap.pk}/promises"))
    assert all(row.name in listed for row in promise_rows(roadmap, ALL))


def _documents(roadmap: Roadmap, first: str, second: str, account: Any) -> None:
    content = content_of(roadmap, ALL)
    assert content.account == (first, second)
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(roadmap, ALL)))
    overview = {one[0]: one for one in book["总览"].iter_rows(min_row=4, values_only=True)}
    assert Decimal(str(overview["已付"][2])) == account.paid
    assert Decimal(str(overview["合同待付"][2])) == account.committed
    assert Decimal(str(overview["完成后余"][2])) == account.left
    assert Decimal(str(overview["资金"][2])) == account.to_pay
    money = [cell.value for cell in book["分区汇总"][3]].index("资金（万元）")
    rows = {one[0]: one[money] for one in book["分区汇总"].iter_rows(min_row=4, values_only=True)}
    zones = [rows[name] for name in ("东区", "西区", "魏塘片")]
    assert Decimal(str(rows["合计"])) == sum(Decimal(str(one)) for one in zones) == account.to_pay
    listed = list(book["承诺兑现"].iter_rows(min_row=4, values_only=True))
    assert len([one for one in listed if one[1]]) == len(promise_rows(roadmap, ALL))


def test_nothing_is_planned_before_the_day_of_the_facts(campaign: Roadmap) -> None:
    roadmap = replanned(campaign, DAYS[0])
    fixed = {case for (case,) in roadmap.lines.filter(fixed=True).values_list("case_id")}
    starts = roadmap.lines.exclude(measure="").exclude(case_id__in=fixed)
    assert all(day >= DAYS[0] for day in starts.values_list("start_on", flat=True))
    assert all(day >= DAYS[0] for day in roadmap.milestones.values_list("due_on", flat=True))
    with pytest.raises(BadFile, match="早于依据情况的日期"):
        roadmaps.start_replanning(
            actor=MACHINE, at=END, roadmap=campaign, settings=settings_of(campaign), facts_on=DAYS[0]
        )


@pytest.mark.parametrize("day", DAYS)
def test_promises_are_counted_by_their_days_and_listed(campaign: Roadmap, day: date) -> None:
    roadmap = replanned(campaign, day)
    made, rows = promises_made(roadmap, ALL), promise_rows(roadmap, ALL)
    assert made is not None
    assert made.all == campaign.lines.exclude(measure="").count()
    assert dict(made.counts) == {fate: sum(one.promise.fate == fate for one in rows) for fate in Fate}
    before = {line.case_id: line for line in campaign.lines.exclude(measure="")}
    after = {line.case_id: line for line in roadmap.lines.all()}
    for one in rows:
        old, new = before[one.case_id], after[one.case_id]
        assert (one.promise.before.start_on, one.promise.now.start_on) == (old.start_on, new.start_on)
        if one.promise.fate == Fate.KEPT:
            assert new.measure == old.measure and new.done_on <= old.done_on and old.done_on >= day
            assert new.fixed or new.start_on == old.start_on >= day
    unsigned = [line for line in before.values() if line.case_id in after and not after[line.case_id].fixed]
    late = {line.case_id for line in unsigned if line.start_on and line.start_on < day}
    assert late and late <= {one.case_id for one in rows if one.promise.fate == Fate.MISSED}


def test_announced_dates_are_seen_before_they_move(campaign: Roadmap) -> None:
    roadmap = replanned(campaign, DAYS[0])
    dates = adoption_preview(roadmap, MACHINE).dates
    assert dates and all(one.promise.fate != Fate.KEPT for one in dates)
    for seen in (0, len(dates) - 1, len(dates) + 1):
        with pytest.raises(Conflict, match=f"{len(dates)} 户已公布的安排"):
            roadmaps.adopt(actor=MACHINE, at=END, roadmap=roadmap, dates_seen=seen)
    adopted = roadmaps.adopt(actor=MACHINE, at=END, roadmap=roadmap, dates_seen=len(dates))
    asked = question(
        roster=adopted.roster,
        code=adopted.place.code,
        as_of=END.date(),
        known_at=END + timedelta(1),
        scope=ALL,
    )
    course = roadmap_course(asked, shipped(WORDING).content)
    assert course is not None and course.money.startswith("按2021年12月15日台账编制路线图时：资金 9000")


def test_contracts_that_take_more_than_there_is_are_one_sentence(campaign: Roadmap) -> None:
    fund = settings_of(campaign).fund.model_copy(
        update={"total": Decimal(400), "financing": Decimal(0), "cash": {}}
    )
    found = replanned(campaign, DAYS[0], fund=fund)
    first, *rest = found.conflict["sentences"]
    said = str(Message.from_json(first))
    paid, committed = ledger_says(found.roster, DAYS[0])
    assert found.state == "infeasible" and said.startswith("资金（全程）：已付和已签合同到期应付共")
    assert f"只有 400万元，缺 {paid + committed - 400}万元" in said and len(rest) <= 3
    assert "-" not in said and "−" not in said
