"""The added sheet: what happened to the import, and every problem with a link to its cell."""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from tenglong.domain.intake.writers.marks import Problem, Summary
from tenglong.domain.intake.writers.returned.cells import legal_text, text_cell
from tenglong.domain.intake.writers.returned.styles import Styles

_WIDTHS = (20, 14, 60, 60)
_MAX_LINKS = 60_000  # the format allows 65,530 links on a sheet
_MAX_ROWS = 1_048_576
_COLUMNS = "".join(
    f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(_WIDTHS, 1)
)


def summary_sheet(summary: Summary, styles: Styles, namespace: str) -> bytes:
    """The worksheet part of `summary`."""
    table_row = 3 + len(summary.lines)
    shown = summary.problems[: _MAX_ROWS - table_row]
    return b"".join(
        (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
            f'<worksheet xmlns="{namespace}">'.encode(),
            b'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetFormatPr defaultRowHeight="16"/>',
            f"<cols>{_COLUMNS}</cols><sheetData>".encode(),
            *_top(summary, styles),
            *(_table(summary.headings, shown, styles, table_row) if shown else ()),
            b"</sheetData>",
            _merges(summary),
            _links(shown, table_row + 1),
            b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
        )
    )


def _top(summary: Summary, styles: Styles) -> Iterator[bytes]:
    title, label, body = styles.title(), styles.label(), styles.body()
    yield b'<row r="1" ht="30" customHeight="1">' + text_cell(1, 1, title, summary.title) + b"</row>"
    for number, (name, value) in enumerate(summary.lines, 2):
        cells = text_cell(number, 1, label, name) + text_cell(number, 2, body, value)
        yield b'<row r="%d">' % number + cells + b"</row>"


def _table(
    headings: tuple[str, ...], problems: tuple[Problem, ...], styles: Styles, first: int
) -> Iterator[bytes]:
    heading, body = styles.heading(), styles.body(framed=True)
    cells = b"".join(text_cell(first, column, heading, text) for column, text in enumerate(headings, 1))
    yield b'<row r="%d">' % first + cells + b"</row>"
    for number, problem in enumerate(problems, first + 1):
        texts = (problem.sheet, problem.cell, problem.what, problem.advice)
        cells = b"".join(text_cell(number, column, body, text) for column, text in enumerate(texts, 1))
        yield b'<row r="%d">' % number + cells + b"</row>"


def _merges(summary: Summary) -> bytes:
    """The value of a summary line runs over the columns right of its label."""
    refs = [f"B{number}:D{number}" for number in range(2, 2 + len(summary.lines))]
    items = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    return f'<mergeCells count="{len(refs)}">{items}</mergeCells>'.encode() if refs else b""


def _links(problems: tuple[Problem, ...], first: int) -> bytes:
    places = [(row, p) for row, p in enumerate(problems, first) if p.sheet and p.cell][:_MAX_LINKS]
    items = "".join(f'<hyperlink ref="B{row}" location={quoteattr(_location(p))}/>' for row, p in places)
    return f"<hyperlinks>{items}</hyperlinks>".encode() if places else b""


def _location(problem: Problem) -> str:
    sheet = legal_text(problem.sheet).replace("'", "''")
    return f"'{sheet}'!{legal_text(problem.cell)}"
