"""Comma, semicolon or tab separated text, in UTF-8, UTF-16 or GB18030."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tenglong.domain.intake.raw import RawBook, RawRow, RawSheet
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.workbook import too_big
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.folding import as_of_2022
from tenglong.domain.kernel.messages import msg

_DELIMITERS = (",", ";", "\t")
_SAMPLE_ROWS = 30


def read_csv(path: Path, filename: str, limits: Limits) -> RawBook:
    """The file as a book of one sheet; a record with line breaks inside quotes is one row, as in Excel.

    Raises:
        BadFile: the encoding is unknown; while rows are walked: a quote is not closed, or too many rows.
    """
    text = _decode(path.read_bytes(), filename)
    delimiter = delimiter_of(text)
    rows = lambda: _rows(text, delimiter, filename, limits)  # noqa: E731 - a sheet's rows are asked for twice
    sheet = RawSheet("csv", False, 1, None, rows)
    return RawBook(lambda: iter((sheet,)))


def _decode(raw: bytes, filename: str) -> str:
    boms = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((encoding for bom, encoding in boms.items() if raw.startswith(bom)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return as_of_2022(text) if encoding == "gb18030" else text
    problem = "文件“{name}”的文字编码无法识别，请另存为 UTF-8 编码的 csv 或 .xlsx 后重新上传。"
    raise BadFile(msg(problem, name=filename))


def delimiter_of(text: str) -> str:
    """The sign that cuts the first rows into most cells."""
    return max(_DELIMITERS, key=lambda candidate: _columns(text, candidate))


def _columns(text: str, delimiter: str) -> int:
    """How many cells the first rows have when cut at `delimiter`."""
    try:
        return sum(
            len(row) for row in islice(csv.reader(io.StringIO(text), delimiter=delimiter), _SAMPLE_ROWS)
        )
    except csv.Error:
        return 0


def _rows(text: str, delimiter: str, filename: str, limits: Limits) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            while cells and not cells[-1].strip():
                cells.pop()
            if (cells and number > limits.rows) or len(cells) > limits.columns:
                raise too_big(filename, "csv", limits)
            yield number, list(cells)
    except csv.Error as error:
        problem = "文件“{name}”第 {row} 行的引号不成对或内容过长，无法分列。请改正后重新上传。"
        raise BadFile(msg(problem, name=filename, row=number + 1)) from error
