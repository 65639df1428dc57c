"""What people do to a small campaign in the rule machine of histories: the world, the rows they draw, their answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tenglong.actions.campaign.rosters import add_reference, amend_roster, set_target
from tenglong.actions.reporting.bulletins import prepare
from tenglong.domain.access.policy import Actor
from tenglong.domain.campaign.figures import amounts_of, definitions
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.campaign.lineage import contributions
from tenglong.queries.race.board import board, told
from tenglong.queries.reporting.bulletins import overdue_items
from tenglong.queries.roadmap.facts import facts_of
from tenglong.store.models import Roster
from tests.integration.campaign.world import MACHINE, NOON, TODAY, build_places, make_roster
from tests.integration.ledger.history_world import CITY, EVERYWHERE, Cells, brought, firm

PEOPLE = (Actor("甲", everywhere=True), Actor("乙", everywhere=True))
BEGAN = NOON - timedelta(days=20)
NEWEST = TODAY - timedelta(days=1)
UNITS = ("330421", "330482")
JIASHAN = {"县(市、区)": "嘉善县", "镇(街道)": "西塘镇"}
PINGHU = {"县(市、区)": "平湖市", "镇(街道)": "当湖街道"}
HOMES = {
    "嘉善红星纽扣厂": JIASHAN, "嘉善长虹电镀厂": JIASHAN, "嘉善运河丝绸厂": JIASHAN,
    "平湖东湖箱包厂": PINGHU, "平湖新埭铸造厂": PINGHU, "平湖广陈印染厂": PINGHU,
}  # fmt: skip
FIRMS = tuple(HOMES)
CODES = ("91330421MA28A0AAXL", "91330421MA28A0CCX2")
PARCELS = ("P1", "P2", "P3")
DAYS = tuple(date(2021, month, day) for month, day in ((5, 1), (6, 15), (8, 2), (9, 20), (10, 28), (11, 7)))
"""Days that people write down; all lie before the machine's first day."""


@dataclass(frozen=True)
class World:
    """What was there before the first step."""

    rosters: tuple[Roster, Roster]


def build_world() -> World:
    """Two rosters with six firms on three parcels and three of their own, targets and a reference."""
    build_places()
    rosters = make_roster("city-2021"), make_roster("county-2021")
    parties = ("自有", "自有", "房东", "承租", "自有", "")
    parcels = ("P1", "", "P2", "P2", "P3", "P3")
    rows = [
        firm(name, **HOMES[name], 列入日期="2021-05-01", 宗地编号=parcel, 攻坚小组="一组")
        | {
            "房东/承租关系": party,
            "实际用地(亩)": "10",
            "综合能耗(吨标煤)": "60",
            "计划完成时间": "2021-10-15",
        }
        for name, party, parcel in zip(FIRMS, parties, parcels, strict=True)
    ]
    brought(*rows, roster=rosters[0], at=BEGAN, day=NEWEST - timedelta(days=20))
    brought(*rows[:3], roster=rosters[1], at=BEGAN, day=NEWEST - timedelta(days=20))
    for unit in UNITS:
        set_target(
            actor=MACHINE, at=BEGAN, roster=rosters[0], code=unit, figure="firms_written_off",
            quantity=Decimal(2),
        )  # fmt: skip
    add_reference(
        actor=MACHINE, at=BEGAN, roster=rosters[0], figure="write_off_rate", day=date(2021, 10, 20),
        percent=Decimal(40), source="演示",
    )  # fmt: skip
    return World(rosters)


firms = st.sampled_from(FIRMS)
people = st.sampled_from(PEOPLE)
days = st.sampled_from(DAYS)
FREED = ("0", "2.5", "7", "41.06")
numbers = st.sampled_from(FREED)
WRITTEN = tuple(map(str, DAYS))
LEDGER_CELLS = {
    "房东/承租关系": ("房东", "承租", "自有"), "区块": ("东区", "西区"), "攻坚小组": ("一组", "二组"),
    "处置方式": ("腾退", "执法"), "主要工序": ("染色", "电镀"), "计划完成时间": ("2021-09-30", "2021-12-20"),
    "宗地编号": PARCELS, "实际用地(亩)": FREED, "签约日期": WRITTEN, "关停日期": WRITTEN, "销号日期": WRITTEN,
    "实际腾出用地(亩)": FREED, "实际腾出用能(吨标煤)": FREED,
}  # fmt: skip
FIRM_CELLS = {
    "统一社会信用代码": CODES, "地址": ("纽扣路1号", "电镀路2号"), "规模": ("规上", "规下"),
    "主要工序": ("染色", "电镀"), "宗地编号": PARCELS, "自有用地(亩)": FREED, "厂房面积(㎡)": ("500", "900"),
    "房东/承租关系": ("承租", "自有"), "房东名称": FIRMS[:2], "曾用名": ("嘉善旧厂",),
}  # fmt: skip
OBSERVED = {"年度": ("2019", "2020"), "税收(万元)": FREED, "从业人员": ("8", "30")}
FINISHED = {
    "关停日期": "2021-06-15",
    "核查日期": "2021-08-02",
    "销号日期": "2021-09-20",
    "实际腾出用地(亩)": "7",
}


def rows_of(cells: dict[str, tuple[str, ...]], **given: str) -> st.SearchStrategy[Cells]:
    """A row about one of the firms that says up to three things."""
    pairs = [(header, value) for header, values in cells.items() for value in values]
    said = st.lists(st.sampled_from(pairs), min_size=1, max_size=3).map(dict)
    return st.tuples(firms, said).map(lambda row: firm(row[0], **HOMES[row[0]]) | given | row[1])


ledger_rows = rows_of(LEDGER_CELLS) | rows_of(LEDGER_CELLS, **FINISHED)
registers = st.tuples(st.just("firms"), rows_of(FIRM_CELLS)) | st.tuples(
    st.just("observations"), rows_of(OBSERVED, 年度="2020")
)
tables = st.tuples(st.just("case_ledger"), ledger_rows) | registers
EVENTS = (
    "note", "targeted", "planned", "approved", "signed", "emptied", "closed", "checked", "written_off", "reopened",
    "removed", "added", "suspended", "resumed", "look_back_passed", "contract_ended", "resumed_production",
)  # fmt: skip
AMOUNTS = (
    "area_signed",
    "area_vacated",
    "energy_freed",
    "energy_baseline",
    "wastewater_baseline",
    "wastewater_freed",
)

DUE = (date(2021, 9, 1), date(2021, 12, 24))


def amend(roster: Roster, number: int, at: datetime) -> None:
    """Title and deadline."""
    amend_roster(
        actor=MACHINE, at=at, roster=roster, title=f"测试名单{number}", issuer=roster.issuer,
        definition_text=roster.definition, deadline=date(2021, 12, 20 + number), reason="演示",
    )  # fmt: skip


def aim(roster: Roster, number: int, at: datetime) -> None:
    """What a county has to reach."""
    set_target(
        actor=MACHINE, at=at, roster=roster, code=UNITS[number % 2], figure="firms_written_off",
        quantity=Decimal(number),
    )  # fmt: skip


def compare(roster: Roster, number: int, at: datetime) -> None:
    """A point of the series that the roster is compared with."""
    add_reference(
        actor=MACHINE, at=at, roster=roster, figure="write_off_rate", day=DAYS[number], percent=Decimal(10 * number),
        source="演示", reason="演示",
    )  # fmt: skip


SETTLEMENTS = (amend, aim, compare)

OPENED = (
    "firms_listed", "firms_removed", "firms_target", "firms_signed_landlord", "land_vacated", "energy_after",
    "dischargers_after",
)  # fmt: skip
"""Figures that are opened down to their cases: one of each way of counting."""


def of_figures(question: Question) -> Any:
    """Every figure with its calibre."""
    return [(one.id, one.exact, one.printed, one.calibre) for one in ask(question)]


def of_race(question: Question) -> Any:
    """The board."""
    return [told(row, question) for row in board(question)]


def of_lateness(question: Question) -> Any:
    """The overdue list."""
    return overdue_items(question)


def of_lineage(question: Question) -> Any:
    """What each case adds to each figure; together they are the figure."""
    found = {}
    exact = {one.id: one.exact for one in ask(question, OPENED)}
    for id in OPENED:
        parts = [(one.number, one.amount, one.entry_ids) for one in contributions(question, id)]
        together = sum((amount for _, amount, _ in parts), Fraction(0))
        unsaid = exact[id] is None and any(
            amounts_of(definitions()[id])
        )  # an amount may be unknown, a count never
        assert unsaid or exact[id] == together, id
        found[id] = parts
    return found


def stored(question: Question) -> Roster:
    """The roster of a question as it is stored."""
    return Roster.objects.get(pk=question.roster.pk)


def of_bulletin(question: Question) -> Any:
    """What a bulletin would say."""
    roster = stored(question)
    content = prepare(actor=MACHINE, at=question.known_at, roster=roster, code=CITY, as_of=question.as_of)
    return content.to_json()


def of_facts(question: Question) -> Any:
    """What a roadmap would be planned from."""
    return facts_of(stored(question), CITY, question.as_of, question.known_at, EVERYWHERE)


ANSWERS: dict[str, Callable[[Question], Any]] = {
    "figures": of_figures,
    "race": of_race,
    "overdue": of_lateness,
    "lineage": of_lineage,
    "bulletin": of_bulletin,
    "roadmap facts": of_facts,
}


@dataclass(frozen=True)
class Point:
    """Where an answer was asked: a roster, a day, and what was known."""

    roster: Roster
    as_of: date
    known_at: datetime
