"""The case list as columns: the page and the workbook take the same values from here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.reporting.sheets import Cell, Kind, Sheet, SheetColumn
from tenglong.queries.campaign.cases import CaseRow, Totals
from tenglong.web.campaign.tags import answer
from tenglong.web.links import Kept
from tenglong.web.templatetags.tenglong import grouped, here_with, in_script, role_label, state_label

PLACES = 2
LOOKS = {Kind.INTEGER: "amount", Kind.DECIMAL: "amount", Kind.DATE: "whole"}


@dataclass(frozen=True)
class Column:
    """A column: `said` makes its cell from the row's `field`; `sort` is the key of the order it offers, "" for none."""

    id: str
    header: str | Promise
    field: str
    said: Callable[[Any], Cell]
    sort: str = ""
    kind: Kind = Kind.TEXT
    width: int = 12

    def value(self, row: CaseRow) -> Cell:
        """What stands in this column of `row`."""
        return self.said(getattr(row, self.field))


def overdue_text(days: int) -> str:
    """How long a case has been overdue; empty when it is not."""
    return gettext("逾期 {days} 天").format(days=days) if days else ""


def _itself(value: Cell) -> Cell:
    return value


COLUMNS = (
    Column("number", _("编号"), "number", _itself, "number", Kind.INTEGER, 8),
    Column("firm", _("企业"), "firm", in_script, "name", width=34),
    Column("code", _("信用代码"), "code", _itself, width=20),
    Column("place", _("属地"), "place", in_script, width=18),
    Column("state", _("状态"), "state", state_label, width=14),
    Column("owner", _("轮到"), "owner", lambda id: role_label(id) if id != "nobody" else "—", width=16),
    Column("since", _("进入日期"), "since", _itself, "since", Kind.DATE),
    Column("batch", _("批次"), "batch", lambda id: answer(id, "batch")),
    Column("measure", _("处置方式"), "measure", lambda id: answer(id, "measure"), width=14),
    Column("team", _("专班"), "team", in_script, width=16),
    Column("responsible", _("包干责任人"), "responsible", in_script, width=14),
    Column("due", _("完成时限"), "due_on", _itself, kind=Kind.DATE),
    Column("overdue", _("逾期"), "overdue_days", overdue_text),
    Column("land", _("腾出用地（亩）"), "land", _itself, "land", Kind.DECIMAL, 14),
    Column("energy", _("腾出用能（吨标准煤）"), "energy", _itself, "energy", Kind.DECIMAL, 18),
)


def shown(value: Cell) -> str:
    """A cell as the page prints it: what the workbook shows in the same place."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case Decimal():
            return grouped(format(half_up(value, PLACES), "f"))
        case _:
            return str(value)


def lines(rows: Iterable[CaseRow], kept: Kept) -> list[SafeString]:
    """Rows for the page with their cells marked up: fifty rows of a template cost ten times this.

    What a column says of a value is made once; most values stand in many rows.
    """
    firm_file = reverse("firms.one", args=[0])
    asked = escape(kept.to(firm_file).removeprefix(firm_file))
    firm_file = firm_file.removesuffix("0")
    columns = [(column, _opening(column), column.field) for column in COLUMNS]
    made: dict[tuple[str, object], str] = {}
    found = []
    for row in rows:
        cells = []
        for column, opening, field in columns:
            value = getattr(row, field)
            text = made.get((field, value))
            if text is None:
                text = made[field, value] = _marked(column, escape(shown(column.said(value))))
            if field == "firm":
                text = f'<a href="{firm_file}{row.firm_id}{asked}#case-{row.id}">{text}</a>'
            cells.append(f"{opening}{text}</td>")
        found.append(SafeString("".join(cells)))
    return found


def heads(request: HttpRequest, sort: str) -> SafeString:
    """The heads of the columns for the page: each turns the list to its order, the one in force turns it round."""
    address = escape(here_with({"request": request}, sort="", page="").rstrip("?"))
    address = f"{address}&amp;sort=" if address else "?sort="
    return SafeString("".join(_head(column, address, sort) for column in COLUMNS))


def _head(column: Column, address: str, sort: str) -> str:
    look = ' class="amount"' if LOOKS.get(column.kind) == "amount" else ""
    text = escape(str(column.header))
    if not column.sort:
        return f"<th{look}>{text}</th>"
    turned, order, arrow = column.sort, "", ""
    if sort == column.sort:
        turned, order, arrow = f"-{column.sort}", ' aria-sort="ascending"', " ↑"
    elif sort == f"-{column.sort}":
        order, arrow = ' aria-sort="descending"', " ↓"
    return f'<th{look}{order}><a href="{address}{turned}">{text}{arrow}</a></th>'


def _opening(column: Column) -> str:
    look = LOOKS.get(column.kind, "")
    return f'<td class="{look}" data-label="{escape(str(column.header))}">'


def _marked(column: Column, text: str) -> str:
    """The escaped text of a cell, marked up where the page says more than the value."""
    look = column.id if column.id == "state" or (column.id == "overdue" and text) else ""
    return f'<span class="{look}">{text}</span>' if look else text


def sheet(rows: Iterable[CaseRow], totals: Totals) -> Sheet:
    """The same as a sheet, with the totals of the list as its last row."""
    columns = tuple(SheetColumn(str(c.header), c.kind, c.width, PLACES) for c in COLUMNS)
    total: list[Cell] = [None for _column in COLUMNS]
    total[0], total[1] = gettext("合计"), gettext("{count} 户").format(count=totals.count)
    total[-2:] = [totals.land, totals.energy]
    return Sheet(
        name=gettext("案件清单"),
        columns=columns,
        rows=([column.value(row) for column in COLUMNS] for row in rows),
        total=total,
        frozen_columns=2,
    )
