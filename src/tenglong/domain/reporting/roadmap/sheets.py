"""The workbook of a roadmap: what it says in all, case by case, and the money, work, zones, checks and prices of it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tenglong.domain.kernel.ordering import natural
from tenglong.domain.reporting.roadmap.content import (
    CaseLine,
    RoadmapContent,
    Sums,
    by_zone,
    sums,
)
from tenglong.domain.reporting.sheets import Cell, Kind, Page, Sheet, SheetColumn

PLACES = 2
WHOLE = "合计"


def workbook_pages(content: RoadmapContent) -> tuple[Page, ...]:
    """The pages of the workbook, printable one by one. A pure function of the content."""
    pages = (
        (_overview(content), "总览"),
        (_details(content), "明细"),
        (_months(content), "月度资金"),
        (_loads(content), "小组负荷"),
        (_zones(content), "分区汇总"),
        (_checks(content), "三可审查"),
        (_prices(content), "影子价格"),
        *([(_promises(content), "承诺兑现")] if content.promises else []),
    )
    notes = tuple(_notes(content))
    return tuple(Page(sheet, f"{content.title}：{name}", content.notice, notes) for sheet, name in pages)


def _notes(content: RoadmapContent) -> Iterator[str]:
    calibre = content.calibre
    yield f"口径：《{calibre.title}》（{calibre.issuer}）：{calibre.definition}"
    yield f"情况截至 {content.facts_on}；{content.standing}。{content.certificate}"


def _overview(content: RoadmapContent) -> Sheet:
    columns = (
        SheetColumn("项目", width=26),
        SheetColumn("户数", Kind.INTEGER, 10),
        SheetColumn("数量", Kind.DECIMAL, 16, PLACES),
        SheetColumn("单位", width=12),
        SheetColumn("说明", width=90),
    )
    return Sheet("总览", columns, [*_said(content), *_counted(content), *_required(content)])


def _said(content: RoadmapContent) -> Iterator[tuple[Cell, ...]]:
    said = {
        "路线图": content.title,
        "辖区": content.territory,
        "状态": content.standing,
        "证书": content.certificate,
        "编制": content.planned_by,
        "计划期": f"{content.periods[0]} 起，{content.end} 前，共 {len(content.periods)} 期",
    }
    return ((name, None, None, "", text) for name, text in said.items())


def _counted(content: RoadmapContent) -> Iterator[tuple[Cell, ...]]:
    found = sums(content.lines)
    yield ("名单企业", found.cases, None, "", "")
    yield ("启动", found.started, None, "", "")
    yield ("暂缓", found.waiting, None, "", "")
    for id, name in content.measures.items():
        if count := sum(case.measure == id for case in content.cases):
            yield (f"其中：{name}", count, None, "", "")
    for one in content.amounts:
        yield (one.name, None, found.amounts.get(one.id, Decimal(0)), one.unit, "")
    for money in content.money:
        yield (money.name, None, money.amount, "万元", "")
    for text in content.account:
        yield ("资金对账", None, None, "", text)


def _required(content: RoadmapContent) -> Iterator[tuple[Cell, ...]]:
    for target in sorted(content.targets, key=lambda target: target.by):
        yield ("目标", None, None, "", f"{target.by} 前：{target.text}")
    for check in content.checks:
        if not check.firm:
            yield (f"三可：{check.able}", None, check.value, check.unit, f"{check.outcome}：{check.text}")


def _details(content: RoadmapContent) -> Sheet:
    """One row per case; each milestone has its column, each amount its own with a total."""
    steps = list(dict.fromkeys(step.name for case in content.cases for step in case.steps))
    columns = (
        SheetColumn("编号", Kind.INTEGER, 8),
        SheetColumn("企业名称", width=40),
        *(SheetColumn(name, width=13) for name in ("区块", "镇（街道）", "攻坚小组")),
        SheetColumn("批次", width=8),
        SheetColumn("措施", width=14),
        SheetColumn("启动日期", Kind.DATE, 11),
        *(SheetColumn(f"{name}期限", Kind.DATE, 11) for name in steps),
        SheetColumn("完成日期", Kind.DATE, 11),
        *(SheetColumn(f"{one.name}（{one.unit}）", Kind.DECIMAL, 11, PLACES) for one in content.amounts),
        SheetColumn("三可", width=8),
        SheetColumn("备注", width=22),
    )
    cases = sorted(content.lines, key=lambda case: (natural(case.zone), natural(case.team), case.number))
    found = sums(cases)
    total = [None, WHOLE, *[""] * 6, *[""] * len(steps), "", *_amounts(content, found), "", ""]
    rows = [_detail(content, case, steps) for case in cases]
    return Sheet("路线图明细", columns, rows, total=total, frozen_columns=2)


def _detail(content: RoadmapContent, case: CaseLine, steps: Sequence[str]) -> list[Cell]:
    due = {step.name: step.due_on for step in case.steps}
    waits = not case.measure
    return [
        None if case.settled else case.number,
        case.name,
        case.zone,
        case.town,
        case.team,
        case.batch,
        "" if case.settled else "暂缓" if waits else content.measures[case.measure],
        case.start_on,
        *(due.get(name) for name in steps),
        case.done_on,
        *(None if waits and not case.settled else case.amount(one.id) for one in content.amounts),
        case.outcome,
        case.note,
    ]


def _amounts(content: RoadmapContent, found: Sums) -> list[Cell]:
    return [found.amounts.get(one.id, Decimal(0)) for one in content.amounts]


def _months(content: RoadmapContent) -> Sheet:
    """Money month by month; what a month leaves goes on to the next."""
    headers = (
        "当月已付（万元）",
        "当月待付（万元）",
        "累计支付（万元）",
        "当月到账（万元）",
        "累计可用（万元）",
        "月末结余（万元）",
    )
    columns = (
        SheetColumn("月份", width=12),
        *(SheetColumn(one, Kind.DECIMAL, 18, PLACES) for one in headers),
    )
    rows = [
        (f"{line.month:%Y-%m}", line.paid, line.due, line.cumulative, line.fund, line.available, line.left)
        for line in content.months
    ]
    paid, due = (
        sum((getattr(line, name) for line in content.months), Decimal(0)) for name in ("paid", "due")
    )
    return Sheet("月度资金", columns, rows, total=(WHOLE, paid, due, None, None, None, None))


def _loads(content: RoadmapContent) -> Sheet:
    """Staff days of each team by week, beside what it can do."""
    weeks = sorted({line.week for line in content.loads})
    columns = (
        SheetColumn("攻坚小组", width=18),
        SheetColumn("每周能力（工日）", Kind.DECIMAL, 12, 1),
        SheetColumn("最忙一周（工日）", Kind.DECIMAL, 12, 1),
        *(SheetColumn(str(week), Kind.DECIMAL, 12, 1) for week in weeks),
    )
    needed = {(line.team, line.week): line.needed for line in content.loads}
    capacity = {line.team: line.capacity for line in content.loads}
    rows: list[list[Cell]] = []
    for team in sorted(capacity, key=natural):
        theirs = [needed.get((team, week), Decimal(0)) for week in weeks]
        rows.append([team or "未定小组", capacity[team], max(theirs), *theirs])
    return Sheet("小组负荷", columns, rows)


def _zones(content: RoadmapContent) -> Sheet:
    used = [
        (id, name) for id, name in content.measures.items() if any(c.measure == id for c in content.cases)
    ]
    columns = (
        SheetColumn("区块", width=18),
        *(SheetColumn(name, Kind.INTEGER, 8) for name in ("户数", "启动", "暂缓")),
        *(SheetColumn(name, Kind.INTEGER, 12) for _, name in used),
        *(SheetColumn(f"{one.name}（{one.unit}）", Kind.DECIMAL, 16, PLACES) for one in content.amounts),
    )
    groups = {zone or "未分区块": cases for zone, cases in by_zone(content.lines).items()}
    *rows, total = (
        _zone(content, name, cases, [id for id, _ in used])
        for name, cases in [*groups.items(), (WHOLE, list(content.lines))]
    )
    return Sheet("分区汇总", columns, rows, total=total)


def _zone(content: RoadmapContent, name: str, cases: Sequence[CaseLine], used: Sequence[str]) -> list[Cell]:
    found = sums(cases)
    counts = [sum(case.measure == id for case in cases) for id in used]
    return [name, found.cases, found.started, found.waiting, *counts, *_amounts(content, found)]


def _checks(content: RoadmapContent) -> Sheet:
    columns = (
        SheetColumn("对象", width=40),
        SheetColumn("三可", width=14),
        SheetColumn("结论", width=10, fills={"不通过": "#F8D7DA", "有条件": "#FFF3CD"}),
        SheetColumn("数值", Kind.DECIMAL, 14, PLACES),
        SheetColumn("限值", Kind.DECIMAL, 14, PLACES),
        SheetColumn("单位", width=12),
        SheetColumn("说明", width=100),
    )
    rows = [
        (one.firm or "全方案", one.able, one.outcome, one.value, one.limit, one.unit, one.text)
        for one in content.checks
    ]
    return Sheet("三可审查", columns, rows)


def _prices(content: RoadmapContent) -> Sheet:
    columns = (
        SheetColumn("限制", width=40),
        SheetColumn("每变动", Kind.DECIMAL, 12, PLACES),
        SheetColumn("单位", width=10),
        SheetColumn("约值（方案分值）", Kind.DECIMAL, 16, PLACES),
        SheetColumn("说明", width=100),
    )
    rows = [(one.limit, one.step, one.unit, one.points, one.text) for one in content.prices]
    return Sheet("影子价格", columns, rows)


def _promises(content: RoadmapContent) -> Sheet:
    columns = (
        SheetColumn("结果", width=10),
        SheetColumn("编号", Kind.INTEGER, 8),
        SheetColumn("企业名称", width=40),
        *(SheetColumn(name, width=13) for name in ("区块", "攻坚小组")),
        *(SheetColumn(name, Kind.DATE, 11) for name in ("原定启动", "原定完成", "现定启动", "现定完成")),
        SheetColumn("原因", width=60),
    )
    rows = [
        (
            one.fate, one.number, one.name, one.zone, one.team,
            one.start_before, one.done_before, one.start_now, one.done_now, one.why,
        )
        for one in content.promises
    ]  # fmt: skip
    return Sheet("承诺兑现", columns, rows)
