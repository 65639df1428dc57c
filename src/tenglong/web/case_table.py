"""The case list as columns: the page and the workbook take the same values from here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.reporting.sheets import Cell, Kind, Sheet, SheetColumn
from tenglong.queries.cases import CaseRow, Totals
from tenglong.web.templatetags.casework import answer
from tenglong.web.templatetags.tenglong import grouped, in_script, role_label, state_label

PLACES = 2
CELL = '<td class="{}" data-label="{}">{}</td>'
LOOKS = {Kind.INTEGER: "amount", Kind.DECIMAL: "amount", Kind.DATE: "whole"}


@dataclass(frozen=True)
class Column:
    """A column: `sort` is the key of the order it offers, "" for none."""

    id: str
    header: str
    value: Callable[[CaseRow], Cell]
    sort: str = ""
    kind: Kind = Kind.TEXT
    width: int = 12


def overdue_text(days: int) -> str:
    """How long a case has been overdue; empty when it is not."""
    return gettext("逾期 {days} 天").format(days=days) if days else ""


COLUMNS = (
    Column("number", _("编号"), lambda row: row.number, "number", Kind.INTEGER, 8),
    Column("firm", _("企业"), lambda row: in_script(row.firm), "name", width=34),
    Column("place", _("属地"), lambda row: in_script(row.place), width=18),
    Column("state", _("状态"), lambda row: state_label(row.state), width=14),
    Column("owner", _("轮到"), lambda row: role_label(row.owner) if row.owner != "nobody" else "—", width=16),
    Column("since", _("进入日期"), lambda row: row.since, "since", Kind.DATE),
    Column("batch", _("批次"), lambda row: answer(row.batch, "batch")),
    Column("measure", _("处置方式"), lambda row: answer(row.measure, "measure"), width=14),
    Column("team", _("专班"), lambda row: in_script(row.team), width=16),
    Column("due", _("完成时限"), lambda row: row.due_on, kind=Kind.DATE),
    Column("overdue", _("逾期"), lambda row: overdue_text(row.overdue_days)),
    Column("land", _("腾出用地（亩）"), lambda row: row.land, "land", Kind.DECIMAL, 14),
    Column("energy", _("腾出用能（吨标准煤）"), lambda row: row.energy, "energy", Kind.DECIMAL, 18),
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


def lines(rows: Iterable[CaseRow]) -> list[SafeString]:
    """Rows for the page, each with its cells already marked up: fifty rows of a template cost three times this."""
    heads = [(column, LOOKS.get(column.kind, ""), str(column.header)) for column in COLUMNS]
    return [
        format_html_join("", CELL, ((look, header, _cell(row, column)) for column, look, header in heads))
        for row in rows
    ]


def _cell(row: CaseRow, column: Column) -> str:
    """What stands in a cell, marked up where the page says more than the value."""
    text = shown(column.value(row))
    match column.id:
        case "firm":
            return format_html(
                '<a href="{}#case-{}">{}</a>', reverse("firms.one", args=[row.firm_id]), row.id, text
            )
        case "state":
            return format_html('<span class="state">{}</span>', text)
        case "overdue" if text:
            return format_html('<span class="overdue">{}</span>', text)
        case _:
            return text


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
