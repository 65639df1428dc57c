"""Text separated by commas, semicolons, tabs or bars, in UTF-8, UTF-16 or GB18030."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from tenglong.domain.intake.headers import HeaderReader
from tenglong.domain.intake.kinds import TableKind, table_kinds
from tenglong.domain.intake.raw import RawBook, RawRow, RawSheet
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.workbook import too_big
from tenglong.domain.intake.shapes import LONGEST_HEADER, SEARCH_ROWS
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.folding import as_of_2022
from tenglong.domain.kernel.messages import msg

_DELIMITERS = (",", ";", "\t", "|")


def read_csv(path: Path, filename: str, limits: Limits) -> RawBook:
    """The file as a book of one sheet; a record with line breaks inside quotes is one row, as in Excel.

    Raises:
        BadFile: the encoding is unknown; while rows are walked: a quote is not closed, or too many rows.
    """
    text = _decode(path.read_bytes(), filename)
    delimiter = delimiter_of(text, table_kinds().values())
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


def delimiter_of(text: str, kinds: Iterable[TableKind]) -> str:
    """The sign that cuts the first rows so that one names most columns of a kind; of equals, into most cells."""
    readers = [HeaderReader(kind) for kind in kinds]
    return max(_DELIMITERS, key=lambda candidate: _fitness(text, candidate, readers))


def _fitness(text: str, delimiter: str, readers: Sequence[HeaderReader]) -> tuple[int, int]:
    """How many headers a row has, and how many cells all have, of the first rows when cut at `delimiter`."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(islice(csv.reader(io.StringIO(text), delimiter=delimiter), SEARCH_ROWS))
    named = max((sum(_is_header(cell, r) for cell in row) for row in rows for r in readers), default=0)
    return named, sum(map(len, rows))


def _is_header(cell: str, reader: HeaderReader) -> bool:
    return 0 < len(cell) < LONGEST_HEADER and reader.read([cell]) is not None


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
