"""Cell addresses and the XML of new cells. New text is always an inline string, never a formula."""

import re
from xml.sax.saxutils import escape

from tenglong.domain.intake.raw import column_letters, column_number

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
