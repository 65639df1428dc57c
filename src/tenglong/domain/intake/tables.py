"""From raw sheets to rows of typed cells: finds the tables, converts, and accounts for every physical row."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from tenglong.domain.intake.checks import RowChecks
from tenglong.domain.intake.classification import classify
from tenglong.domain.intake.headers import Header, HeaderReader
from tenglong.domain.intake.kinds import ColumnType, TableKind
from tenglong.domain.intake.merges import Merges
from tenglong.domain.intake.ours import OUR_SHEETS
from tenglong.domain.intake.parsed import Severity, Trouble, tidy
from tenglong.domain.intake.raw import RawBook, RawRow, RawSheet, RawValue, column_letters
from tenglong.domain.intake.rows import (
    Cell,
    CellProblem,
    OtherRow,
    Summary,
    UnknownColumn,
    UnusedSheet,
    sheet_to_json,
)
from tenglong.domain.intake.seen import HIDDEN_COLUMN, HIDDEN_ROW, IN_ALL, in_all
from tenglong.domain.intake.shapes import (
    LONGEST_HEADER,
    SEARCH_ROWS,
    FoundColumn,
    FoundTable,
    Misfit,
    RowClass,
    another_table,
    find_table,
)
from tenglong.domain.intake.totals import TotalsCheck
from tenglong.domain.intake.traces import digest, kept_text
from tenglong.domain.intake.values import Parser, encode, parser_for, written
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, label, msg

EncodedRow = list[Any]

ADDED_UNITS = frozenset(
    {"area", "floor", "energy", "mass", "water", "money", "people"}
)  # ratios do not add up


class BookReader:
    """Reads the tables of one kind from a book, one sheet at a time, in constant memory beside the sheet.

    Walk `rows()` to the end; only then do `sheets` and `summary()` tell the whole story.
    """

    def __init__(self, book: RawBook, kind: TableKind, filename: str):
        self._book, self._kind, self._filename = book, kind, filename
        self._read = self._empty = 0
        self._other: list[OtherRow] = []
        self._unknown: list[UnknownColumn] = []
        self._unused: list[UnusedSheet] = []
        self._warnings: list[Message] = []
        self.sheets: list[dict[str, Any]] = []

    def rows(self) -> Iterator[EncodedRow]:
        """The data rows, in the form that `rows.row_from_json` reads.

        Raises:
            BadFile: no visible sheet holds a table of the kind; a header cannot be understood.
        """
        misfits: list[tuple[Misfit, str]] = []
        for sheet in self._book.sheets():
            if sheet.name in OUR_SHEETS:
                self._unused.append(UnusedSheet(sheet.name, msg("由系统生成的工作表，不作为数据读取。")))
                continue
            first = list(islice(sheet.rows(), SEARCH_ROWS))
            fit = find_table(sheet, first, self._kind)
            if isinstance(fit, FoundTable) and not sheet.hidden:
                yield from self._table_rows(sheet, fit)
                continue
            if isinstance(fit, FoundTable):
                problem = "工作表“{sheet}”是隐藏的，没有读取；如需导入，请取消隐藏。"
                fit = Misfit(msg(problem, sheet=sheet.name), len(fit.columns))
            self._unused.append(UnusedSheet(sheet.name, fit.message))
            misfits.append((fit, sheet.name))
        if not self.sheets:
            raise self._no_table(misfits)
        if len(self.sheets) > 1:
            names = "、".join(sheet["sheet"] for sheet in self.sheets)
            self._warnings.append(msg("文件里有几张工作表都符合要求，已全部读取：{names}。", names=names))

    def summary(self) -> Summary:
        """The account of the whole file."""
        return Summary(
            self._read,
            self._empty,
            tuple(self._other),
            tuple(self._unknown),
            tuple(self._unused),
            tuple(self._warnings),
        )

    def _no_table(self, misfits: list[tuple[Misfit, str]]) -> BadFile:
        if not misfits:
            return BadFile(msg("文件“{name}”里没有工作表，请检查后重新上传。", name=self._filename))
        nearest = max((misfit for misfit, _ in misfits), key=lambda misfit: misfit.matched)
        problem = "文件“{name}”里没有找到“{kind}”。{why}请对照模板检查表头。"
        return BadFile(msg(problem, name=self._filename, kind=label(self._kind.name_zh), why=nearest.message))

    def _table_rows(self, sheet: RawSheet, table: FoundTable) -> Iterator[EncodedRow]:
        number = len(self.sheets)
        self.sheets.append(sheet_to_json(table))
        self._warnings += table.warnings
        self._unknown += [UnknownColumn(sheet.name, ref, header) for ref, header in table.unknown]
        self._other += [OtherRow(sheet.name, row, kind, text) for row, kind, text in table.above]
        reading = TableReader(sheet, table, self._kind, self._book.date_1904)
        last = 0
        for row in sheet.rows():
            self._empty += row[0] - last - 1
            last = row[0]
            if row[0] <= table.header_rows[-1]:
                self._note_header_area(sheet.name, table, row)
                continue
            kind = classify(table, row, sheet.first_column)
            if kind is RowClass.DATA and reading.begins_again(row):
                kind = RowClass.HEADER
            if kind is RowClass.DATA:
                self._read += 1
                yield [number, *reading.data(row)]
            elif kind is RowClass.EMPTY:
                self._empty += 1
                reading.pass_over(row)
            else:
                reading.pass_over(row)
                if kind is RowClass.TOTAL:
                    reading.total(row)
                self._other.append(OtherRow(sheet.name, row[0], kind, _row_text(row)))
        self._warnings += reading.warnings()

    def _note_header_area(self, sheet: str, table: FoundTable, row: RawRow) -> None:
        if row[0] in table.header_rows:
            self._other.append(OtherRow(sheet, row[0], RowClass.HEADER, _row_text(row)))
        elif all(number != row[0] for number, _, _ in table.above):
            self._empty += 1


class TableReader:
    """Reads the rows of one table, carrying merged cells down and adding up what totals must equal."""

    def __init__(self, sheet: RawSheet, table: FoundTable, kind: TableKind, date_1904: bool):
        self._sheet, self._table, self._first = sheet, table, sheet.first_column
        self._columns: list[tuple[FoundColumn, Parser]] = [
            (found, parser_for(found.column, found.factor, date_1904)) for found in table.columns
        ]
        self._out_of_sight = [found for found in table.columns if found.number in sheet.hidden_columns]
        self._checks = RowChecks(kind, table.columns)
        self._merges = Merges(sheet.merged or ())
        self._totals = TotalsCheck()
        self._headers = HeaderReader(kind)
        self._is_header = lru_cache(maxsize=4096)(lambda text: self._headers.read([text]))
        self._added = {
            found.column.id
            for found in table.columns
            if found.column.unit and found.column.unit.id in ADDED_UNITS
        }
        self._unnamed: Counter[int] = Counter()
        self._remarks: Counter[str] = Counter()

    def data(self, row: RawRow) -> tuple[int, list[list[str]], list[list[Any]], str, str]:
        """(row number, cells, problems, said, digest) of a data row, ready for JSON."""
        number, raw_cells = row
        merged = self._merges.above(number, raw_cells, self._first)
        cells: dict[str, Cell] = {}
        problems: list[CellProblem] = []
        for found, parse in self._columns:
            at = found.number - self._first
            raw = raw_cells[at] if 0 <= at < len(raw_cells) else ""
            top = number
            if raw == "" and found.number in merged:
                top, raw = merged[found.number]
                if found.column.type is ColumnType.NUMBER:
                    problems.append(_shared_quantity(found, number, top))
                    continue
            if raw == "":
                continue
            value, trouble = parse(raw)
            if value is not None:
                cells[found.column.id] = Cell(f"{found.letters}{top}", written(raw), value)
            if trouble:
                problems.append(_cell_problem(found, number, trouble))
        problems += self._unseen(number, cells)
        self._count_unnamed(raw_cells)
        refused = {problem.column_id for problem in problems}
        problems += self._checks.run(number, cells, refused)
        self._totals.add(
            {i: c.value for i, c in cells.items() if i in self._added and isinstance(c.value, Decimal)}
        )
        if problems:
            self._remarks.update({problem.message.template for problem in problems} & IN_ALL.keys())
        encoded = [_encoded(column_id, cell) for column_id, cell in cells.items()]
        texts = {cell[0]: cell[-1] for cell in encoded}
        return number, encoded, [_problem_json(p) for p in problems], kept_text(texts), digest(texts)

    def begins_again(self, row: RawRow) -> bool:
        """Whether the row is a header once more, of the same columns in other words.

        Raises:
            BadFile: it is that of another table, whose rows would be read under the wrong columns.
        """
        texts = [(at, value) for at, value in enumerate(row[1], self._first) if value != ""]
        if sum(type(value) is not str for _, value in texts) * 3 > len(texts):
            return False  # most rows: a header is made of words
        if not any(isinstance(value, str) and self._header_in(value) for _, value in texts[:3]):
            return False
        found = {at: header for at, value in texts if (header := self._header_in(value))}
        if len(found) < 2 or len(found) * 2 <= len(texts):
            return False
        here = {column.number: column for column, _ in self._columns}
        for at, header in found.items():
            above = here.get(at)
            same = above and above.column.id == header.column.id
            if not same or (header.factor and above and header.factor != above.factor):
                said = [tidy(written(value)) for _, value in texts]
                raise BadFile(another_table(self._sheet.name, row[0], said))
        return True

    def _header_in(self, value: RawValue) -> Header | None:
        if not isinstance(value, str) or not 0 < len(value) < LONGEST_HEADER:
            return None
        return self._is_header(value)

    def pass_over(self, row: RawRow) -> None:
        """A row that is not data: merged cells still begin or end here."""
        self._merges.above(row[0], row[1], self._first)

    def total(self, row: RawRow) -> None:
        """Remember what a 合计 row claims."""
        stated = []
        for found, parse in self._columns:
            at = found.number - self._first
            if found.column.id in self._added and 0 <= at < len(row[1]):
                value, _ = parse(row[1][at])
                if isinstance(value, Decimal):
                    stated.append((found.column.id, found.header, f"{found.letters}{row[0]}", value))
        self._totals.state(stated)

    def warnings(self) -> Iterator[Message]:
        """What is to be said of the table as a whole, once all its rows are read."""
        yield from self._totals.warnings(self._sheet.name)
        for template, count in self._remarks.items():
            yield in_all(self._sheet.name, template, count)
        for number, count in sorted(self._unnamed.items()):
            problem = "工作表“{sheet}”的 {column} 列没有表头，其中 {count} 行有内容，未读取。"
            yield msg(problem, sheet=self._sheet.name, column=column_letters(number), count=count)

    def _unseen(self, row: int, cells: dict[str, Cell]) -> Iterator[CellProblem]:
        """A remark on a row, and on each value in a column, that nobody sees who looks at the sheet."""
        if row in self._sheet.hidden_rows:
            found, _ = self._columns[0]
            yield _cell_problem(found, row, Trouble(msg(HIDDEN_ROW), Severity.WARNING))
        for found in self._out_of_sight:
            if found.column.id in cells:
                yield _cell_problem(found, row, Trouble(msg(HIDDEN_COLUMN), Severity.WARNING))

    def _count_unnamed(self, cells: list[Any]) -> None:
        for at, value in enumerate(cells):
            if value != "" and self._first + at not in self._table.named_columns:
                self._unnamed[self._first + at] += 1


def _row_text(row: RawRow) -> str:
    return " ".join(text for value in row[1] if (text := written(value).strip()))[:200]


def _shared_quantity(found: FoundColumn, row: int, top: int) -> CellProblem:
    problem = "“{header}”与第 {top} 行是同一个合并单元格，数量只计入第 {top} 行。"
    message = msg(problem, header=found.column.header, top=top)
    return CellProblem(found.column.id, f"{found.letters}{row}", message, Severity.WARNING)


def _cell_problem(found: FoundColumn, row: int, trouble: Trouble) -> CellProblem:
    return CellProblem(found.column.id, f"{found.letters}{row}", trouble.message, trouble.severity)


def _encoded(column_id: str, cell: Cell) -> list[str]:
    text = encode(cell.value)
    return [column_id, cell.ref, cell.raw] if text == cell.raw else [column_id, cell.ref, cell.raw, text]


def _problem_json(problem: CellProblem) -> list[Any]:
    return [problem.column_id, problem.ref, problem.message.to_json(), problem.severity]
