"""The stories drawn up as the tables that offices send (domain.md §10), one function per table."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from tenglong.demo.columns import FIRMS, Groups
from tenglong.demo.hcle import Listed
from tenglong.demo.setting import SETTING
from tenglong.demo.stories import Cell, Story
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.writers.ledgers import LedgerColumn, OfficeLedger, write_ledger
from tenglong.domain.kernel.periods import CHINA

Row = dict[str, Cell]


def ledger_rows(stories: Iterable[Story], day: date, *, since: date | None = None) -> list[Row]:
    """The ledger of `day`; with `since`, only the rows in which something became known after it."""
    kept = [story for story in stories if story.in_ledger(day)]
    if since is not None:
        kept = [story for story in kept if story.changed(since, day)]
    return [{"county": county_name(story.firm.county), **story.row(day)} for story in kept]


def pushed_rows(listed: Iterable[Listed]) -> list[Row]:
    """The province's push: everybody but those the city added."""
    goal = SETTING["hcle"]
    rows: list[Row] = []
    for item in listed:
        if item.decision == "新增":
            continue
        firm = item.firm
        rows.append(
            {
                **_where(item),
                "push_batch": "2021-09-01批",
                "pushed_on": goal["pushed_on"],
                "address": firm.address,
                "scale": firm.scale,
                "industry_code": firm.trade.code,
                "industry_name": firm.trade.name,
                "push_reason": item.push_reason,
                "list_source": "省推",
            }
        )
    return rows


def review_rows(listed: Iterable[Listed]) -> list[Row]:
    """名单核定表: town, departments, county, city and province one day after the other."""
    days = {
        "checked_on": date(2021, 9, 6),
        "department_on": date(2021, 9, 7),
        "county_on": date(2021, 9, 8),
        "city_on": date(2021, 9, 9),
        "province_on": SETTING["hcle"]["final_on"],
    }
    agreed = dict.fromkeys(
        ("department_opinion", "county_opinion", "city_opinion", "province_opinion"), "同意"
    )
    rows: list[Row] = []
    for item in listed:
        added, removed = item.decision == "新增", item.decision == "剔除"
        rows.append(
            {
                **_where(item),
                "push_batch": None if added else "2021-09-01批",
                "pushed_on": None if added else SETTING["hcle"]["pushed_on"],
                "push_reason": item.push_reason,
                "town_opinion": "情况属实" if not removed else "不符合列入条件",
                "checker": "演示核查员甲、乙",
                "site_condition": "在产",
                "decision": item.decision,
                "removal_reason": item.reason if removed else None,
                "addition_reason": item.reason if added else None,
                "evidence_ref": "现场照片、税务和用能数据",
                **agreed,
                **days,
                "checked_on": None if added else days["checked_on"],
                "final_version": None if removed else "v1",
            }
        )
    return rows


def observed_rows(stories: Iterable[Story], year: int) -> list[Row]:
    """What the statistics say of some firms for a year: plausible numbers around their land and energy.

    2020 is the year they are made for; other years lie around it.
    """
    rows: list[Row] = []
    for number, story in enumerate(stories):
        land, energy = story.amount("land"), story.amount("energy")
        share = Decimal(1) if year == 2020 else Decimal(80 + (number * 37 + year) % 45) / 100
        tax = (land * (2 + number % 7) * Decimal("0.6") * share).quantize(Decimal("0.01"))
        rows.append(
            {
                "county": county_name(story.firm.county),
                "town": story.firm.town,
                "firm_name": story.firm.name,
                "code": story.firm.code,
                "year": year,
                "tax": tax,
                "value_added": (tax * (4 + number % 5)).quantize(Decimal("0.01")),
                "revenue": (tax * (21 + number % 9)).quantize(Decimal("0.01")),
                "rd": (tax / 10).quantize(Decimal("0.01")),
                "staff": 12 + number * 7 % 260,
                "land": land,
                "energy": energy,
                "energy_basis": "等价",
                "wastewater": Decimal(300 + number * 37 % 9000),
                "wastewater_method": "核定",
                "cod": (Decimal(300 + number * 37 % 9000) * Decimal("0.0004")).quantize(Decimal("0.01")),
                "cod_method": "核定",
            }
        )
    return rows


def staff_and_tax_rows(stories: Iterable[Story], year: int) -> list[Row]:
    """What each firm paid in tax and how many people it had in a year."""
    rows = [(story, {name: story.fixed[name] for name in ("tax", "staff")}) for story in stories]
    return [
        {"county": county_name(story.firm.county), **story.row(date.min), "year": year, **said}
        for story, said in rows
    ]


def firm_rows(stories: Iterable[Story]) -> list[Row]:
    """企业名录 with landlords, tenants and parcels."""
    rows: list[Row] = []
    for story in stories:
        firm = story.firm
        own = story.fixed["relation"] != "承租"
        rows.append(
            {
                "county": county_name(firm.county),
                **{k: v for k, v in story.row(date.min).items() if k in _ids(FIRMS)},
                "land_use": "工业",
                "land_owned": firm.land if own and firm.land else None,
            }
        )
    return rows


def workbook(
    kind: str,
    groups: Groups,
    rows: Sequence[Row],
    *,
    title: str,
    unit: str,
    day: date,
    sums: Sequence[str] = (),
    dirt: Sequence[Row] = (),
) -> bytes:
    """The rows as an office would send them: numbered, with 合计 of `sums` and signatures; `dirt` goes last."""
    ids = _ids(groups)
    numbered = [{**row, "serial": number} for number, row in enumerate([*rows, *dirt], start=1)]
    total = None
    if sums:
        amounts: dict[str, Cell] = {name: _sum(rows, name) for name in sums}
        total = [{"serial": "合计", **amounts}.get(name) for name in ids]
    sheet = OfficeLedger(
        name="Sheet1",
        title=title,
        remarks=(f"填报单位：{unit}", f"填报日期：{day.isoformat()}", "单位：亩、吨标准煤、吨、万元"),
        columns=tuple(
            LedgerColumn(table_kind(kind).column(name).header_with_unit, group, _width(name))
            for group, names in groups
            for name in names
        ),
        rows=[[row.get(name) for name in ids] for row in numbered],
        total=total,
        signatures=("填表人：演示", "审核人：演示", "负责人签字：", "演示数据，企业、代码均为虚构"),
    )
    return write_ledger([sheet], created=datetime.combine(day, time(9), CHINA))


def gb18030_csv(kind: str, groups: Groups, rows: Sequence[Row], *, title: str) -> bytes:
    """The rows as an old system exports them: a csv in GB18030 with a title line and dates in the old style."""
    ids = _ids(groups)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([title])
    writer.writerow([table_kind(kind).column(name).header_with_unit for name in ids])
    for number, row in enumerate(rows, start=1):
        numbered = {**row, "serial": number}
        writer.writerow([_plain(numbered.get(name)) for name in ids])
    return out.getvalue().encode("gb18030")


def _plain(value: Cell) -> str:
    if isinstance(value, date):
        return f"{value.year}.{value.month}.{value.day}"
    return "" if value is None else str(value)


def _ids(groups: Groups) -> list[str]:
    return [name for _, names in groups for name in names]


def _sum(rows: Sequence[Row], name: str) -> Decimal:
    return sum((value for row in rows if isinstance(value := row.get(name), Decimal)), Decimal(0))


def _where(item: Listed) -> dict[str, Cell]:
    firm = item.firm
    return {"county": county_name(firm.county), "town": firm.town, "firm_name": firm.name, "code": firm.code}


def county_name(code: str) -> str:
    """What a county is called in the tables."""
    return str(SETTING["places"]["full"][code])


def _width(name: str) -> int:
    wide = {"firm_name": 34, "landlord_name": 30, "code": 22, "landlord_code": 22, "address": 34, "note": 40}
    return {**wide, "industry_name": 26, "parcel_no": 16, "problem": 30, "serial": 6}.get(name, 14)
