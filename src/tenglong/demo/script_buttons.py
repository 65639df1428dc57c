"""The part of the script that plays in Xitang: the button cluster is listed, planned, signed and vacated."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from tenglong.demo import columns, sheets
from tenglong.demo.campaign import Campaign
from tenglong.demo.certificates import certificate_rows
from tenglong.demo.people import CITY, JIASHAN, XITANG
from tenglong.demo.setting import SETTING
from tenglong.demo.steps import AdoptRoadmap, Found, Freeze, Issue, PlanRoadmap, SetTargets, Step, Upload, at

BUTTONS = SETTING["buttons"]


def buttons_steps(made: Campaign) -> Iterator[Step]:
    """The list of the button cluster, its weekly ledgers and bulletins."""
    roster, first, town = BUTTONS["code"], BUTTONS["start"], BUTTONS["town_code"]
    county = BUTTONS["county"]
    yield Found(at(first, 9), JIASHAN, "buttons", county)
    yield Upload(
        at(first, 10),
        XITANG,
        JIASHAN,
        "firms",
        "",
        town,
        "西塘镇纽扣企业名录.xlsx",
        lambda: sheets.workbook(
            "firms",
            columns.FIRMS,
            sheets.firm_rows(made.buttons.stories),
            title="西塘镇纽扣企业（作坊）名录（演示数据）",
            unit="西塘镇整治专班",
            day=first,
        ),
    )
    yield _staff_and_tax(made, first, town)
    yield _button_ledger(made, first, None)
    yield Freeze(at(first, 15), JIASHAN, roster, "西塘镇排查确定")
    targets = ((town, _to_vacate(made)), (county, _to_vacate(made)))
    yield SetTargets(at(first, 16), JIASHAN, roster, targets, "firms_vacated")
    yield PlanRoadmap(at(first, 17), JIASHAN, roster)
    yield AdoptRoadmap(at(first, 18), JIASHAN, roster, CITY)
    yield from (_certificates(made, day) for day in (first, BUTTONS["as_of"]))
    before = first
    for day in _tuesdays(first, BUTTONS["as_of"]):
        if sheets.ledger_rows(made.buttons.stories, day, since=before):
            yield _button_ledger(made, day, before)
        yield Issue(at(day, 16, 30), JIASHAN, roster, county, day)
        before = day


def _staff_and_tax(made: Campaign, day: date, town: str) -> Upload:
    year = day.year - 1

    def content() -> bytes:
        return sheets.workbook(
            "observations",
            columns.STAFF_AND_TAX,
            sheets.staff_and_tax_rows(made.buttons.stories, year),
            title=f"西塘镇纽扣企业{year}年用工和税收（演示数据）",
            unit="西塘镇整治专班",
            day=day,
        )

    name = f"西塘镇纽扣企业{year}年用工和税收.xlsx"
    return Upload(at(day, 10, 30), XITANG, JIASHAN, "observations", "", town, name, content)


def _certificates(made: Campaign, day: date) -> Upload:
    def content() -> bytes:
        return sheets.workbook(
            "certificates",
            columns.CERTIFICATES,
            certificate_rows(made.buttons.upgraded, day),
            title="西塘镇纽扣行业提升证书清单（演示数据）",
            unit="西塘镇整治专班",
            day=day,
        )

    name = f"{day:%m%d}西塘镇纽扣行业提升证书清单.xlsx"
    return Upload(at(day, 10, 45), XITANG, JIASHAN, "certificates", "", BUTTONS["town_code"], name, content)


def _to_vacate(made: Campaign) -> Decimal:
    """Everybody but those who may stay and upgrade."""
    return Decimal(len(made.buttons.stories) - len(made.buttons.upgraded))


def _button_ledger(made: Campaign, day: date, since: date | None) -> Upload:
    def content() -> bytes:
        return sheets.workbook(
            "case_ledger",
            columns.BUTTON_LEDGER,
            sheets.ledger_rows(made.buttons.stories, day, since=since),
            title="西塘镇纽扣行业整治台账（演示数据）",
            unit="西塘镇整治专班",
            day=day,
            sums=("area_signed", "area_vacated", "energy_freed", "wastewater_freed"),
        )

    name = f"{day:%m%d}西塘镇纽扣行业整治台账.xlsx"
    return Upload(
        at(day, 11), XITANG, JIASHAN, "case_ledger", BUTTONS["code"], BUTTONS["town_code"], name, content
    )


def _tuesdays(after: date, upto: date) -> Iterator[date]:
    day = after + timedelta(days=7)
    while day <= upto:
        yield day
        day += timedelta(days=7)
