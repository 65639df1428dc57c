"""A synthetic bulletin (演示数据) at the article's date: only the city's totals are real, all else is invented."""

from datetime import date, datetime
from decimal import Decimal

from tenglong.domain.campaign.calibres import Calibre
from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.kernel.rulebook import shipped
from tenglong.domain.reporting.bulletins import (
    BulletinContent,
    Correction,
    LateMilestone,
    OverdueItem,
    PrintedFigure,
    RankingRow,
    RoadmapCourse,
    RosterProgress,
    UnitMilestones,
    WeeklyDelta,
)
from tenglong.domain.reporting.bulletins.wording import WORDING, highlights_of, next_steps_of, problems_of

AS_OF = date(2021, 11, 9)
WORDS = shipped(WORDING).content
PROVINCIAL = Calibre(
    roster="provincial",
    title="《2021年嘉兴市高耗低效企业整治名单》",
    issuer="市整治办",
    definition="省推送疑似名单经筛选、甄别、增减后的最终名单，按销号日期计数",
    start=date(2021, 9, 1),
    deadline=date(2021, 12, 31),
)
CITY = Calibre(
    roster="city",
    title="《全市“两高一低”企业整治清单》",
    issuer="市经信局",
    definition="本市自列清单，按关停淘汰日期计数",
    start=date(2021, 1, 1),
    deadline=date(2021, 12, 31),
)
COURSE = RoadmapCourse(
    title="西塘镇整治路线图",
    adopted_on=date(2021, 8, 2),
    whole=UnitMilestones("合计", 12, 9, 15),
    unit_kind="zone",
    units=(UnitMilestones("东片", 8, 8, 0), UnitMilestones("西片", 4, 1, 15)),
    latest=(
        LateMilestone("西塘镇", "演示1号纽扣厂", "签约", date(2021, 10, 25), 15, "第2组"),
        LateMilestone("西塘镇", "演示2号纽扣厂", "腾空", date(2021, 11, 8), 1, ""),
    ),
)
MAIN = RosterProgress(
    calibre=PROVINCIAL,
    territory="全市",
    as_of=AS_OF,
    figures=(
        PrintedFigure("firms_target", "整治目标", "730", "家", "730"),
        PrintedFigure("firms_written_off", "销号企业", "520", "家", "520"),
        PrintedFigure("write_off_rate", "销号率", "71.2", "%", "71.23287671232876712328767123"),
        PrintedFigure("lead_pp", "比全省平均快", "11.8", "个百分点", "11.83287671232876712328767123"),
        PrintedFigure("land_vacated", "腾出低效用地", "8940", "亩", "8940"),
        PrintedFigure("energy_freed", "腾出用能", "313000", "吨标准煤", "313000"),
        PrintedFigure("pace", "序时进度", "57.4", "%", "57.37704918032786885245901639"),
        PrintedFigure("pace_diff", "序时差", "13.9", "个百分点", "13.85582753200089827082865484"),
    ),
    week_start=date(2021, 11, 3),
    weekly=(
        WeeklyDelta("firms_written_off", "销号企业", "家", Decimal(36), Decimal(31)),
        WeeklyDelta("land_vacated", "腾出低效用地", "亩", Decimal("612.5"), Decimal("640")),
        WeeklyDelta("energy_freed", "腾出用能", "吨标准煤", Decimal(21400), Decimal(21400)),
    ),
)
OTHER = RosterProgress(
    calibre=CITY,
    territory="全市",
    as_of=date(2021, 11, 7),
    figures=(
        PrintedFigure("firms_closed", "关停淘汰企业", "283", "家", "283"),
        PrintedFigure("land_vacated", "腾出低效用地", "19700", "亩", "19700"),
        PrintedFigure("energy_freed", "腾出用能", "398000", "吨标准煤", "398000"),
    ),
)


def _row(unit: str, numbers: str, amounts: str, percents: str, card: str) -> RankingRow:
    rank, last_rank, target, done, new = (int(number) for number in numbers.split())
    land, energy, rate, pace = (Decimal(each) for each in f"{amounts} {percents}".split())
    return RankingRow(
        unit=unit,
        target=target,
        done=done,
        new=new,
        land=land,
        energy=energy,
        rank=rank,
        rate=rate,
        pace_diff=pace,
        last_rank=last_rank,
        change=last_rank - rank,
        card=card,
    )


RANKING = (
    _row("嘉善县", "1 2 96 84 8", "1443.5 50600", "87.5 30.1", "绿牌"),
    _row("海宁市", "2 1 118 99 6", "1702 59800", "83.9 26.5", "绿牌"),
    _row("平湖市", "3 6 101 81 9", "1392 48900", "80.2 22.8", "绿牌"),
    _row("桐乡市", "4 3 112 83 5", "1428 49700", "74.1 16.7", "绿牌"),
    _row("秀洲区", "5 4 88 62 4", "1065 37200", "70.5 13.1", "绿牌"),
    _row("南湖区", "6 5 72 45 2", "774.5 27000", "62.5 5.1", "绿牌"),
    _row("海盐县", "7 7 79 43 2", "739 25900", "54.4 -2.9", "黄牌"),
    _row("经开区", "8 8 36 14 0", "241 8500", "38.9 -18.5", "红牌"),
    _row("港区", "9 9 28 9 0", "155 5400", "32.1 -25.2", "红牌"),
)
TOTAL = RankingRow(
    unit="合计",
    target=730,
    done=520,
    new=36,
    land=Decimal("8940"),
    energy=Decimal(313000),
    rate=Decimal("71.2"),
    pace_diff=Decimal("13.9"),
)
OVERDUE = (
    OverdueItem("港区", "演示港区甲纽扣厂", "断电", 16, "演示责任人甲"),
    OverdueItem("经开区", "演示经开乙电镀厂", "现场核查", 9, "演示责任人乙"),
)
CORRECTION = Correction(
    figure="桐乡市累计销号（家）",
    issue=8,
    printed="79",
    now="78",
    reason="回头看发现用电未归零，撤销销号",
    cases=("演示桐乡丙染整厂",),
)
OFFICE = "嘉兴市高耗低效企业整治工作办公室"


def sample_content(**changes: object) -> BulletinContent:
    """The ninth issue, with some fields changed if a test wants so."""
    fields: dict[str, object] = {
        "series": "淘汰落后工作通报",
        "issue": 9,
        "title": ("关于全市高耗低效企业整治销号", "工作进展情况的通报"),
        "office": OFFICE,
        "recipients": "各县（市、区）整治办，嘉兴经济技术开发区、嘉兴港区整治办，市级有关部门：",
        "copies": (
            "报：市委、市政府领导。",
            "送：市级有关部门。",
            "发：各县（市、区）、嘉兴经济技术开发区、嘉兴港区整治办。",
        ),
        "issued_on": date(2021, 11, 10),
        "known_at": datetime(2021, 11, 9, 17, 0, tzinfo=CHINA),
        "main": MAIN,
        "ranking": RANKING,
        "total": TOTAL,
        "highlights": highlights_of(WORDS, RANKING),
        "problems": problems_of(WORDS, RANKING, OVERDUE),
        "next_steps": next_steps_of(
            WORDS, RANKING, OVERDUE, by=date(2021, 11, 16), deadline=PROVINCIAL.deadline, office="市整治办"
        ),
        "corrections": (CORRECTION,),
        "others": (OTHER,),
        "attachments": ("高耗低效企业整治台账", "红黄牌单位名单"),
        "notice": "（演示数据）",
    }
    return BulletinContent(**{**fields, **changes})  # type: ignore[arg-type]
