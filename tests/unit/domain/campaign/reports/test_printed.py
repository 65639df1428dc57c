"""What a case says of itself in the columns of the case ledger."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tenglong.domain.campaign.reports.changes import Known
from tenglong.domain.campaign.reports.printed import Cell, printed_columns, printed_row
from tenglong.domain.ledger.entries import Entry

AT = datetime(2021, 9, 1, tzinfo=UTC)


def entries(*told: tuple[str, date, int | None]) -> Known:
    facts = [
        Entry(n, 1, 1, kind, day, AT, "甲", quantity=amount) for n, (kind, day, amount) in enumerate(told, 1)
    ]
    return Known(facts, last={fact.kind: fact for fact in facts})


def cells(known: Known, **words: Cell) -> dict[str, Cell]:
    found = zip(printed_columns(), printed_row(words, known), strict=True)
    return {column.id: cell for column, cell in found if cell is not None}


def test_days_amounts_and_words() -> None:
    known = entries(
        ("pushed", date(2021, 4, 1), None), ("targeted", date(2021, 4, 9), None), ("signed", date(2021, 5, 1), None),
        ("area_signed", date(2021, 5, 1), 12_500_000), ("paid_amount", date(2021, 5, 3), 1_000_001),
    )  # fmt: skip
    assert cells(known, firm_name="演示厂", measure="vacate") | {"measure": ""} == {
        "firm_name": "演示厂", "measure": "", "pushed_on": date(2021, 4, 1), "listed_on": date(2021, 4, 9),
        "signed_on": date(2021, 5, 1), "area_signed": Decimal("12.5"), "paid_amount": Decimal("1.000001"),
        "paid_on": date(2021, 5, 3),
    }  # fmt: skip


def test_a_choice_is_printed_in_the_official_words() -> None:
    assert cells(Known(), relation="landlord", scale="below_scale") == {"relation": "房东", "scale": "规下"}


def test_a_day_that_would_be_read_otherwise_is_left_blank() -> None:
    known = entries(("listed", date(2021, 4, 1), None), ("targeted", date(2021, 4, 9), None))
    assert "listed_on" not in cells(known)
    relapsed = entries(("look_back_passed", date(2021, 5, 1), None), ("reopened", date(2021, 6, 1), None))
    assert "look_back_on" not in cells(relapsed)
    passed = cells(entries(("look_back_passed", date(2021, 5, 1), None)))
    assert (passed["look_back_on"], passed["look_back_result"]) == (date(2021, 5, 1), "无反弹")
