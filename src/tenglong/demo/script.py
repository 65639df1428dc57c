"""The script of the replay: who hands in, records and issues what, on which day of 2021."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from tenglong.demo import columns, sheets
from tenglong.demo.campaign import Campaign, campaign
from tenglong.demo.dirty import LEDGER, OBSERVED, PUSHED, REVIEW, DirtyRow, dirt_of, garble, rejected_rows
from tenglong.demo.evaluations import evaluation_steps
from tenglong.demo.noise import noise
from tenglong.demo.organisation import organisation_steps
from tenglong.demo.people import CITY, CITY_SECOND, JIASHAN, JIASHAN_SECOND
from tenglong.demo.script_buttons import buttons_steps
from tenglong.demo.setting import SETTING
from tenglong.demo.steps import Found, Freeze, Issue, Reference, SetTargets, Step, Upload, at
from tenglong.demo.stories import Story

HCLE, TWO_HIGH = SETTING["hcle"], SETTING["city"]
WHOLE_CITY = "330400"


def script() -> list[Step]:
    """Every step, in the order of time."""
    made = campaign()
    steps = [
        *organisation_steps(),
        *_city_list(made),
        *buttons_steps(made),
        *_province_list(made),
        *noise(made),
        *evaluation_steps(),
    ]
    return sorted(steps, key=lambda step: step.at)


def expected_dirt() -> list[DirtyRow]:
    """Every dirty row of the files, with the verdict it should get."""
    made = campaign()
    failing = made.province.stories[0].firm
    warned = [*garble(sheets.pushed_rows(made.province.listed))]
    known = DirtyRow(PUSHED, failing.name, "warning", "校验位不符", {})
    return [*rejected_rows(), *warned, known]


def _city_list(made: Campaign) -> Iterator[Step]:
    roster = TWO_HIGH["code"]
    first = TWO_HIGH["listed_on"]
    yield Found(at(first, 9), CITY, "city", WHOLE_CITY)
    yield _city_ledger(made, first, None)
    yield Freeze(at(first, 15), CITY, roster, "市级排查确定")
    yield SetTargets(at(first, 16), CITY, roster, _listed_by_unit(made), "firms_closed")
    before = first
    for day in TWO_HIGH["uploads"]:
        yield _city_ledger(made, day, before)
        yield Issue(at(day, 17), CITY, roster, WHOLE_CITY, day)
        before = day


def _listed_by_unit(made: Campaign) -> tuple[tuple[str, Decimal], ...]:
    """Every listed firm is to close: each unit's number, and the city's."""
    counted = Counter(story.firm.county for story in made.city)
    units = ((unit["code"], Decimal(counted[unit["code"]])) for unit in HCLE["unit"])
    return (*units, (WHOLE_CITY, Decimal(len(made.city))))


def _city_ledger(made: Campaign, day: date, since: date | None) -> Upload:
    def content() -> bytes:
        return sheets.workbook(
            "case_ledger",
            columns.CITY_LEDGER,
            sheets.ledger_rows(made.city, day, since=since),
            title="嘉兴市“两高一低”企业整治台账（演示数据）",
            unit="嘉兴市整治办",
            day=day,
            sums=("area_vacated", "energy_freed"),
        )

    name = f"{day:%m%d}市两高一低企业整治台账.xlsx"
    return Upload(at(day, 10), CITY, CITY_SECOND, "case_ledger", TWO_HIGH["code"], WHOLE_CITY, name, content)


def _province_list(made: Campaign) -> Iterator[Step]:
    roster, pushed_on, final_on = HCLE["code"], HCLE["pushed_on"], HCLE["final_on"]
    yield Found(at(pushed_on, 8), CITY, "hcle", WHOLE_CITY)
    yield _pushed(made, pushed_on)
    yield from _observations(made, date(2021, 9, 6))
    yield _review(made, final_on)
    yield Freeze(at(final_on, 15), CITY, roster, "省核定最终名单")
    units = tuple((unit["code"], Decimal(unit["targets"])) for unit in HCLE["unit"])
    whole = (WHOLE_CITY, Decimal(sum(unit["targets"] for unit in HCLE["unit"])))
    yield SetTargets(at(final_on, 16), CITY, roster, (*units, whole), "firms_written_off")
    for week in HCLE["week"]:
        day = week["day"]
        yield Reference(at(day, 8), CITY, roster, day, Decimal(week["reference"]))
        yield from _province_ledgers(made, day)
        yield Issue(at(day, 17), CITY, roster, WHOLE_CITY, day)


def _pushed(made: Campaign, day: date) -> Upload:
    rows = sheets.pushed_rows(made.province.listed)
    for _ in garble(rows):
        pass

    def content() -> bytes:
        return sheets.workbook(
            "pushed_roster",
            columns.PUSHED,
            [*rows, dict(rows[7])],
            title="省“亩均论英雄3.0”平台推送疑似高耗低效企业名单（演示数据）",
            unit="嘉兴市整治办",
            day=day,
            dirt=dirt_of(PUSHED),
        )

    name = "省推送疑似高耗低效企业名单.xlsx"
    return Upload(at(day, 10), CITY, CITY, "pushed_roster", HCLE["code"], WHOLE_CITY, name, content)


def _review(made: Campaign, day: date) -> Upload:
    def content() -> bytes:
        return sheets.workbook(
            "roster_review",
            columns.REVIEW,
            sheets.review_rows(made.province.listed),
            title="嘉兴市高耗低效企业名单核定表（演示数据）",
            unit="嘉兴市整治办",
            day=day,
            dirt=dirt_of(REVIEW),
        )

    return Upload(
        at(day, 10),
        CITY,
        CITY_SECOND,
        "roster_review",
        HCLE["code"],
        WHOLE_CITY,
        "高耗低效企业名单核定表.xlsx",
        content,
    )


def _observations(made: Campaign, day: date) -> Iterator[Step]:
    """Nanhu hands in its own year 2020 as a text file, the city's office all the rest."""
    south = [story for story in made.province.stories if story.firm.county == "330402"]
    others = [story for story in made.province.stories if story.firm.county != "330402"][:300]
    yield _observed(
        at(day, 10),
        WHOLE_CITY,
        "2020年度企业数据.xlsx",
        lambda: _observed_workbook(others, 2020, day, dirt_of(OBSERVED)),
    )
    yield _observed(
        at(day, 12),
        WHOLE_CITY,
        "2019年度企业数据.xlsx",
        lambda: _observed_workbook([*south, *others], 2019, day, []),
    )
    title, rows = "南湖区2020年度企业数据（演示数据）", partial(sheets.observed_rows, south, 2020)
    yield _observed(
        at(day, 11),
        "330402",
        "南湖区2020年度企业数据.csv",
        lambda: sheets.gb18030_csv("observations", columns.OBSERVED, rows(), title=title),
    )


def _observed(moment: datetime, code: str, name: str, content: Callable[[], bytes]) -> Upload:
    return Upload(moment, CITY, CITY, "observations", "", code, name, content)


def _observed_workbook(stories: Sequence[Story], year: int, day: date, dirt: Sequence[sheets.Row]) -> bytes:
    return sheets.workbook(
        "observations",
        columns.OBSERVED,
        sheets.observed_rows(stories, year),
        title=f"{year}年度企业数据表（演示数据）",
        unit="嘉兴市整治办",
        day=day,
        sums=("tax",),
        dirt=dirt,
    )


def _province_ledgers(made: Campaign, day: date) -> Iterator[Step]:
    """Jiashan hands in its own ledger, the city's office that of the other units."""
    jiashan = [story for story in made.province.stories if story.firm.county == "330421"]
    others = [story for story in made.province.stories if story.firm.county != "330421"]
    dirt = dirt_of(LEDGER) if day == HCLE["week"][1]["day"] else []
    yield _province_ledger(others, day, (CITY, CITY_SECOND, WHOLE_CITY, "嘉兴市整治办"), dirt)
    yield _province_ledger(jiashan, day, (JIASHAN, JIASHAN_SECOND, "330421", "嘉善县整治办"), [])


def _province_ledger(
    stories: Sequence[Story], day: date, sender: tuple[str, str, str, str], dirt: Sequence[sheets.Row]
) -> Upload:
    who, second, code, unit = sender

    def content() -> bytes:
        return sheets.workbook(
            "case_ledger",
            columns.PROVINCE_LEDGER,
            sheets.ledger_rows(stories, day),
            title="高耗低效企业整治台账（演示数据）",
            unit=unit,
            day=day,
            sums=("area_vacated", "energy_freed"),
            dirt=dirt,
        )

    name = f"{day:%m%d}{unit}高耗低效企业整治台账.xlsx"
    hour = 10 if who == CITY else 11
    return Upload(at(day, hour), who, second, "case_ledger", HCLE["code"], code, name, content)
