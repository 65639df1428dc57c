"""Cell addresses and the XML of new cells. New text is always an inline string, never a formula."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tenglong.domain.intake.raw import column_letters, column_number
from tenglong.domain.kernel.errors import Bug

MAX_COLUMN = 16_384
_MAX_TEXT = 32_767  # characters in one cell, a limit of the format
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_REF = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d*)")


def split_ref(ref: str) -> tuple[int, int]:
    """(row, column) of a reference such as "K12", both from 1 (ValueError if it is not one)."""
    match = _REF.fullmatch(ref)
    if not match:
        raise ValueError(f"not a cell reference: {ref!r}")
    return int(match[2]), column_number(match[1])


def legal_text(text: str) -> str:
    """`text` without the characters that XML forbids, cut to what a cell can hold."""
    return _ILLEGAL.sub("", text)[:_MAX_TEXT]


def xml_text(text: str) -> str:
    """`text` for an XML element; what looks like Excel's own _x000D_ escape is kept as typed."""
    return escape(_ESCAPE_LOOKALIKE.sub("_x005F_", legal_text(text)))


def text_cell(row: int, column: int, style: int, text: str) -> bytes:
    """A cell that holds `text` as it is, whatever it starts with."""
    ref = f"{column_letters(column)}{row}"
    if not text:
        return f'<c r="{ref}" s="{style}"/>'.encode()
    content = f'<is><t xml:space="preserve">{xml_text(text)}</t></is>'
    return f'<c r="{ref}" s="{style}" t="inlineStr">{content}</c>'.encode()


# One row of worksheet XML, rewritten: some cells restyled, some given text, all others as they were.

_OPENING = re.compile(rb"<row\b([^>]*?)(/?)>")
_SPANS = re.compile(rb"""\sspans=["'][^"']*["']""")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c\s*>)", re.DOTALL)
_COLUMN_OF = re.compile(rb"""\sr=["']([A-Z]+)\d+["']""")
_STYLE = re.compile(rb"""\ss=["'](\d*)["']""")
_CUSTOM_FORMAT = re.compile(rb"""\scustomFormat=["'](?:1|true)["']""")

Restyle = Callable[[int], int]


@dataclass(frozen=True)
class CellEdit:
    """A new style, made from the old one, and new text where `text` is not None."""

    restyle: Restyle
    text: str | None = None


def edited_row(
    row: bytes, number: int, edits: Mapping[int, CellEdit], column_style: Callable[[int], int]
) -> bytes:
    """The row with `edits` (by column) made. A cell that is not there yet starts from the style of its row
    or else of its column, which is what Excel shows for it."""
    opening = _OPENING.match(row)
    if opening is None:
        raise Bug("the scanner gave something that is not a row", row=row[:200])
    attributes = _SPANS.sub(b"", opening[1])
    body = b"" if opening[2] else row[opening.end() : row.rfind(b"</row")]
    cells = list(_CELL.finditer(body))
    columns = [_column(cell) for cell in cells]
    row_style = style_of(attributes) if _CUSTOM_FORMAT.search(attributes) else None
    missing = sorted(set(edits) - set(columns))
    out, position = [b"<row", attributes, b">"], 0
    for cell, column in zip(cells, columns, strict=True):
        while missing and missing[0] < column:
            out.append(_new_cell(number, missing.pop(0), edits, row_style, column_style))
        edit = edits.get(column)
        out += (body[position : cell.start()], _edited_cell(cell, number, column, edit) if edit else cell[0])
        position = cell.end()
    out += [_new_cell(number, column, edits, row_style, column_style) for column in missing]
    return b"".join([*out, body[position:], b"</row>"])


def new_row(number: int, edits: Mapping[int, CellEdit], column_style: Callable[[int], int]) -> bytes:
    """A row that the sheet did not have because all its cells are empty."""
    return edited_row(b'<row r="%d"/>' % number, number, edits, column_style)


def last_filled(row: bytes) -> tuple[int, int] | None:
    """(column, style) of the last cell with a value, None if there is none."""
    filled = [cell for cell in _CELL.finditer(row) if cell[2]]
    return (_column(filled[-1]), style_of(filled[-1][1])) if filled else None


def styles_in(row: bytes) -> dict[int, int]:
    """The style of each cell of the row, by column."""
    return {_column(cell): style_of(cell[1]) for cell in _CELL.finditer(row)}


def style_of(attributes: bytes) -> int:
    """The style index that a row or cell states; an empty or missing one is the default, 0."""
    match = _STYLE.search(attributes)
    return int(match[1] or b"0") if match else 0


def _column(cell: re.Match[bytes]) -> int:
    ref = _COLUMN_OF.search(cell[1])
    if ref is None:
        raise Bug("the survey let a cell without reference through", cell=cell[0][:200])
    return column_number(ref[1].decode())


def _edited_cell(cell: re.Match[bytes], number: int, column: int, edit: CellEdit) -> bytes:
    style = edit.restyle(style_of(cell[1]))
    has_formula = cell[2] is not None and b"<f" in cell[2]
    if edit.text is not None and not has_formula:
        return text_cell(number, column, style, edit.text)
    attributes = _STYLE.sub(b"", cell[1]) + b' s="%d"' % style
    return b"<c%s/>" % attributes if cell[2] is None else b"<c%s>%s</c>" % (attributes, cell[2])


def _new_cell(
    number: int,
    column: int,
    edits: Mapping[int, CellEdit],
    row_style: int | None,
    column_style: Callable[[int], int],
) -> bytes:
    edit = edits[column]
    style = edit.restyle(column_style(column) if row_style is None else row_style)
    if edit.text:
        return text_cell(number, column, style, edit.text)
    return f'<c r="{column_letters(column)}{number}" s="{style}"/>'.encode()
