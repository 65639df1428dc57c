"""A case as a row of the case ledger (总台账): what goes out comes in again, and changes nothing."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from tenglong.domain.campaign.reports.changes import Known, report_rules
from tenglong.domain.intake.kinds import Column, table_kind
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.entries import causes_of

Cell = str | Decimal | date | None
WORDS = (
    "county", "town", "zone", "firm_name", "code", "subject_type", "scale", "industry_code", "address", "relation",
    "parcel_no", "processes", "list_source", "batch", "measure", "department", "team", "owner_person",
    "planned_finish_on",
)  # fmt: skip
"""The columns that are no entries: of the firm, its place, and what is said of the case."""
NO_RELAPSE = "confirmed"


@cache
def printed_columns() -> tuple[Column, ...]:
    """The columns that are printed, in the order of the official header."""
    amounts, special = report_rules()["amount_dates"], report_rules()["special_dates"]["columns"]
    from_when = {name for names in amounts.values() for name in names}
    return tuple(
        column
        for column in table_kind("case_ledger").columns
        if column.id in WORDS
        or column.id in special
        or column.id in from_when
        or column.id == "look_back_result"
        or column.entry
        or column.measure in amounts
    )


def printed_row(words: Mapping[str, Cell], known: Known) -> list[Cell]:
    """The cells of a case in the order of `printed_columns`; `words` holds those of WORDS, choices by id."""
    told = dict(words) | dict(_days(known)) | dict(_amounts(known))
    return [_said(column, told.get(column.id)) for column in printed_columns()]


def _said(column: Column, value: Cell) -> Cell:
    labels = {choice.id: choice.label for choice in column.choices}
    return labels.get(value, value) if isinstance(value, str) else value


def _days(known: Known) -> Iterator[tuple[str, date | str]]:
    """Days of events; one that another entry follows from by rule stands with its cause."""
    last = known.last
    for column in printed_columns():
        if (
            column.entry
            and column.entry in last
            and column.id not in report_rules()["special_dates"]["columns"]
        ):
            yield column.id, last[column.entry].effective_on
    if "pushed" in last:
        yield "pushed_on", last["pushed"].effective_on
    if (
        "targeted" in last
        and last.get("listed", last["targeted"]).effective_on == last["targeted"].effective_on
    ):
        yield "listed_on", last["targeted"].effective_on
    if "paid_amount" in last:
        yield "paid_on", last["paid_amount"].effective_on
    if "look_back_passed" in last and "reopened" not in last:
        yield "look_back_on", last["look_back_passed"].effective_on
        yield "look_back_result", NO_RELAPSE


def _amounts(known: Known) -> Iterator[tuple[str, Decimal]]:
    told = {fact.kind: fact for fact in known.facts if not causes_of(fact)}
    for column in printed_columns():
        fact = told.get(column.measure or "")
        if column.unit and fact is not None and fact.quantity is not None:
            yield column.id, from_micro(fact.quantity)
