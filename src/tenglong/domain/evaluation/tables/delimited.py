"""A table of firms in a CSV file of any size, in UTF-8, UTF-16 or GB18030; Python looks at no plain row."""

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import polars as pl

from tenglong.domain.evaluation.tables.found import FirmTable
from tenglong.domain.evaluation.tables.frames import ROW, FrameTable
from tenglong.domain.evaluation.tables.kind import find_firms, table_of
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.intake.raw import RawRow, RawSheet
from tenglong.domain.intake.readers.csv import delimiter_of
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.shapes import SEARCH_ROWS
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.folding import as_of_2022
from tenglong.domain.kernel.messages import msg

_CHUNK = 1 << 22
_SAMPLE = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_delimited(path: Path, wanted: Wanted, folder: Path, *, year: int) -> FirmTable:
    """The table of firms of a CSV file; where it has no column for the year, all rows are of `year`.

    Raises:
        BadFile: unknown encoding, no such table, a quote without its end, two rows for one firm.
        BadValue: another basis.
    """
    text, quoted = _in_utf8(path, folder)
    kind = table_of(wanted)
    with text.open(encoding="utf-8", newline="") as file:
        delimiter = delimiter_of(file.read(_SAMPLE), [kind])
    if quoted:
        text = _quoted_again(text, folder, delimiter, path.name)
        delimiter = ","
    with text.open(encoding="utf-8", newline="") as file:
        head = islice(enumerate(csv.reader(file, delimiter=delimiter), start=1), SEARCH_ROWS)
        rows: list[RawRow] = [(number, list(cells)) for number, cells in head]
    found = find_firms(RawSheet(path.name, False, 1, None, lambda: iter(rows)), rows, kind, path.name)
    width = max(len(cells) for _, cells in rows)
    frame = pl.scan_csv(
        text,
        has_header=False,
        separator=delimiter,
        quote_char='"' if quoted else None,
        skip_rows=found.header_rows[-1],
        schema={str(number): pl.String for number in range(1, width + 1)},
        empty_string_is_null=False,
        missing_columns="insert",
        extra_columns="ignore",
        raise_if_empty=False,
        row_index_name=ROW,
        row_index_offset=found.header_rows[-1] + 1,
        glob=False,
    )
    table = FrameTable(frame, found, wanted, kind, path.name, year, footers=True)
    return table.write(folder / "firms.parquet")


def _in_utf8(path: Path, folder: Path) -> tuple[Path, bool]:
    """The file, or a copy of it, in UTF-8 without a mark at its beginning, and whether it has quotes.

    Raises:
        BadFile: the encoding is unknown.
    """
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((encoding for bom, encoding in _BOMS.items() if start.startswith(bom)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        copy = None if encoding == "utf-8" else folder / "table.csv"
        try:
            quoted = _decoded(path, encoding, copy)
        except UnicodeError:
            continue
        return copy or path, quoted
    problem = "文件“{name}”的文字编码无法识别，请另存为 UTF-8 编码的 csv 或 .xlsx 后重试。"
    raise BadFile(msg(problem, name=path.name))


def _decoded(path: Path, encoding: str, copy: Path | None) -> bool:
    """Decode the whole file, into `copy` if there is one; whether there are quotes. Raises UnicodeError."""
    quoted = False
    target = copy.open("w", encoding="utf-8", newline="") if copy else None
    try:
        for text in _pieces(path, encoding):
            if "\x00" in text:
                raise UnicodeError("not text")
            quoted = quoted or '"' in text
            if target:
                target.write(as_of_2022(text) if encoding == "gb18030" else text)
    finally:
        if target:
            target.close()
    return quoted


def _pieces(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        while text := file.read(_CHUNK):
            yield text


def _quoted_again(path: Path, folder: Path, delimiter: str, filename: str) -> Path:
    """A copy in which quotes stand only where they must, so that every reader cuts it alike.

    Raises:
        BadFile: a quote is not closed.
    """
    copy, done = folder / "quoted.csv", 0
    limits = Limits()
    with (
        path.open(encoding="utf-8", newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        write = csv.writer(target, lineterminator="\n").writerow
        try:
            for done, cells in enumerate(csv.reader(source, delimiter=delimiter, strict=True)):  # noqa: B007
                if len(cells) > limits.columns:
                    raise csv.Error("too many cells")
                write(cells)
        except csv.Error as error:
            problem = "文件“{name}”第 {row} 行的引号不成对或内容过长，无法分列。请改正后重试。"
            raise BadFile(msg(problem, name=filename, row=done + 2)) from error
    return copy
