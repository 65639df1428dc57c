"""An invented roadmap, small enough to count by hand and as large as a test wants it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tenglong.domain.campaign.calibres import Calibre
from tenglong.domain.reporting.roadmap.content import (
    AmountName,
    CaseLine,
    CheckLine,
    LoadLine,
    MonthLine,
    PriceLine,
    RoadmapContent,
    Step,
    TargetLine,
)

START = date(2021, 8, 2)
MEASURES = {"close": "关停淘汰", "vacate_recover": "腾退收回", "upgrade": "改造提升"}

SAID = "每增加 100 万元，约可多腾出用能 38 吨标准煤。"


def case(number: int, zone: str, team: str, measure: str, *, weeks: tuple[int, int] = (0, 2)) -> CaseLine:
    """A case that starts in one week and is done at the end of another."""
    name = f"演示{number}号纽扣厂"
    if not measure:
        return CaseLine(number, name, zone, "西塘镇", team)
    start, done = START + timedelta(weeks=weeks[0]), START + timedelta(days=weeks[1] * 7 + 6)
    return CaseLine(
        number=number,
        name=name,
        zone=zone,
        town="西塘镇",
        team=team,
        batch="腾退",
        measure=measure,
        start_on=start,
        done_on=done,
        steps=(Step("签约", start + timedelta(days=3)), Step("腾空", done)),
        amounts={"land": Decimal("1.25"), "energy": Decimal(100), "money": Decimal(20)},
        outcome="通过",
        note="已签约" if number == 1 else "",
    )


def content(cases: tuple[CaseLine, ...] = (), *, weeks: int = 6, notice: str = "演示数据") -> RoadmapContent:
    """Everything a roadmap prints, about three cases in two zones unless others are given."""
    usual = (
        case(1, "东片", "第2组", "close"),
        case(2, "东片", "第10组", "vacate_recover", weeks=(1, 3)),
        case(3, "西片", "", ""),
    )
    periods = tuple(START + timedelta(weeks=week) for week in range(weeks))
    return RoadmapContent(
        title="西塘镇整治路线图（第1稿）",
        territory="西塘镇",
        calibre=Calibre("demo", "整治名单", "县整治办", "在册加工场所", date(2021, 8, 1), date(2021, 11, 9)),
        standing="拟定稿，尚未采纳",
        certificate="已证明：在全部可行方案中，没有比它好 0.06% 以上的。",
        planned_by="张三",
        facts_on=date(2021, 8, 1),
        known_at=datetime(2021, 8, 1, 9, tzinfo=UTC),
        computed_at=datetime(2021, 8, 1, 9, 5, tzinfo=UTC),
        periods=periods,
        end=periods[-1] + timedelta(weeks=1),
        measures=MEASURES,
        amounts=(
            AmountName("land", "腾出土地", "亩"),
            AmountName("energy", "腾出用能", "吨标准煤"),
            AmountName("money", "资金", "万元"),
        ),
        cases=cases or usual,
        targets=(TargetLine("销号不少于 2 家", date(2021, 8, 31)), TargetLine("东片清零", date(2021, 8, 31))),
        months=(
            MonthLine(date(2021, 8, 1), Decimal(15), Decimal(25), Decimal(40), Decimal(30), Decimal(30)),
            MonthLine(date(2021, 9, 1), Decimal(0), Decimal(0), Decimal(40), Decimal(20), Decimal(50)),
        ),
        loads=(
            LoadLine("第10组", START, Decimal("2.5"), Decimal(5)),
            LoadLine("第2组", START, Decimal(1), None),
        ),
        checks=(
            CheckLine("企业可接受", "通过", "报价均在范围内", passed=True),
            CheckLine("政府可承受", "不通过", "8 月差 10 万元", False, value=Decimal(40), limit=Decimal(30)),
            CheckLine("企业可接受", "有条件", "请补报评估价", False, firm="演示1号纽扣厂"),
        ),
        prices=(PriceLine("8 月资金", Decimal(100), "万元", Decimal("3.5"), SAID),),
        notice=notice,
    )
