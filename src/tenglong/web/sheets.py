"""What a page shows, as a sheet to take away: same rows, same order, same numbers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from tenglong.domain.campaign.figures import Figure
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.reporting.sheets import Cell, Kind, Sheet, SheetColumn
from tenglong.domain.reporting.writers.xlsx import write_table
from tenglong.queries.campaign.lineage import Comparison, Contribution
from tenglong.queries.campaign.review import FINAL, REMOVED, Difference
from tenglong.web.templatetags.tenglong import figure_label, person, place_at, unit_label

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_download(sheet: Sheet, *, title: str, notes: Sequence[str], created: datetime) -> HttpResponse:
    """The sheet as a workbook to save, named by its title."""
    return saved(write_table(sheet, title=title, notes=notes, created=created), title=title)


def saved(content: bytes, *, title: str) -> HttpResponse:
    """A workbook to save, named by its title."""
    disposition = content_disposition_header(True, f"{title}.xlsx")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


def figures_sheet(figures: Iterable[Figure]) -> Sheet:
    """The table of figures; printed values stand as they are printed."""
    columns = (
        SheetColumn(gettext("指标"), width=34),
        SheetColumn(gettext("数值"), Kind.DECIMAL, 16),
        SheetColumn(gettext("计量单位"), width=14),
    )
    rows = [(figure_label(f.id), printed_cell(f), unit_label(f.id)) for f in figures]
    return Sheet(gettext("指标"), columns, rows)


def contributions_sheet(rows: Sequence[Contribution], figure_id: str) -> Sheet:
    """The cases behind a figure, with their sum as the total row."""
    columns = (
        SheetColumn(gettext("案件编号"), Kind.INTEGER, 10),
        SheetColumn(gettext("企业"), width=36),
        SheetColumn(gettext("属地"), width=16),
        SheetColumn(f"{figure_label(figure_id)}（{unit_label(figure_id)}）", Kind.DECIMAL, 18, 6),
        SheetColumn(gettext("台账记录号"), width=24),
    )
    lines = [
        (
            row.number,
            row.firm,
            place_at(row.place_id),
            decimal(row.amount),
            "、".join(map(str, row.entry_ids)),
        )
        for row in rows
    ]
    whole = decimal(sum((row.amount for row in rows), Fraction(0)))
    return Sheet(figure_label(figure_id), columns, lines, total=(gettext("合计"), "", "", whole, ""))


def comparison_sheet(comparison: Comparison) -> Sheet:
    """Every case that moved or stood, with opening, corrected, new and closing, and their totals."""
    headers = (gettext("期初"), gettext("更正"), gettext("新增"), gettext("期末"))
    columns = (
        SheetColumn(gettext("企业"), width=36),
        *(SheetColumn(header, Kind.DECIMAL, 16, 6) for header in headers),
    )
    lines: list[Sequence[Cell]] = [
        (row.firm, *map(decimal, (row.opening, row.corrected, row.new, row.closing)))
        for row in comparison.rows
    ]
    whole = map(decimal, (comparison.opening, comparison.corrected, comparison.new, comparison.closing))
    return Sheet(figure_label(comparison.figure), columns, lines, total=(gettext("合计"), *whole))


def difference_sheet(found: Difference) -> Sheet:
    """Every case of a roster: from where it came, what became of it, why, when and on whose word."""
    headers = (
        gettext("案件编号"),
        gettext("企业"),
        gettext("属地"),
        gettext("来源"),
        gettext("结果"),
        gettext("理由"),
        gettext("日期"),
        gettext("登记人"),
    )
    widths = (10, 36, 16, 12, 14, 40, 12, 16)
    kinds = (Kind.INTEGER, *[Kind.TEXT] * 5, Kind.DATE, Kind.TEXT)
    columns = tuple(
        SheetColumn(header, kind, width) for header, kind, width in zip(headers, kinds, widths, strict=True)
    )
    rows = [
        (
            row.number,
            row.firm,
            place_at(row.place_id),
            gettext("推送") if row.pushed else gettext("新增"),
            outcome_label(row.outcome),
            row.reason,
            row.on,
            person(row.by),
        )
        for row in found.rows
    ]
    return Sheet(gettext("名单差异"), columns, rows)


def outcome_label(outcome: str) -> str:
    """What became of a case on its way to the final roster."""
    labels = {FINAL: gettext("最终名单"), REMOVED: gettext("已剔除"), "open": gettext("核定中")}
    return labels[outcome]


def printed_cell(figure: Figure) -> Decimal | str:
    """The printed value as a number, or the dash that stands where there is none."""
    return "—" if figure.exact is None else Decimal(figure.printed)


def decimal(value: Fraction) -> Decimal:
    """An amount of the ledger: at most six decimal places, so that nothing is lost."""
    return half_up(value, 6)
