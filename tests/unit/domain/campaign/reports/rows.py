"""Rows of workbooks for tests, as short as they can be said."""

from datetime import date
from decimal import Decimal

from tenglong.domain.campaign.reports.changes import Known, Report
from tenglong.domain.intake.parsed import Value
from tenglong.domain.intake.rows import Cell, ParsedRow
from tests.unit.domain.ledger.samples import FIRST_DAY, entry

TODAY = date(2021, 11, 9)


def row(**values: Value) -> ParsedRow:
    """A row with these values, by column; the third row of the sheet, columns from A."""
    cells = {
        column: Cell(f"{chr(65 + at)}3", str(value), value)
        for at, (column, value) in enumerate(values.items())
    }
    return ParsedRow("台账", 3, cells)


def known(text: str) -> Known:
    """A case with one entry a word, a day apart from the first of September 2021; `kind=7` states 7 units."""
    facts = []
    for number, word in enumerate(text.split(), start=1):
        kind, _, amount = word.partition("=")
        quantity = int(Decimal(amount) * 10**6) if amount else None
        parcel = 1 if kind.startswith("area_") else None
        facts.append(
            entry(
                number, kind, day=number - 1, quantity=quantity, parcel_id=parcel, details={"reason": "测试"}
            )
        )
    return Known.of(facts)


def told(report: Report) -> list[str]:
    """What a report says: kind, day counted from the first of September 2021, and the amount in millionths."""
    return [
        f"{item.kind} {(item.day - FIRST_DAY).days}"
        + (f" {item.quantity}" if item.quantity is not None else "")
        for item in report.sorted()
    ]


def sentences(report: Report) -> str:
    """What a report finds wrong."""
    return " ".join(f"{problem.severity}:{problem.message}" for problem in report.problems)
