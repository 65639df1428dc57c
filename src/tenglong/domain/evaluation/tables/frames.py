"""A table of firms that stands in a lazy frame: rows are converted column by column, odd ones one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from tenglong.domain.evaluation.tables.columns import DTYPES, Reading, as_text, key_of, reading
from tenglong.domain.evaluation.tables.found import (
    NAMED,
    FirmTable,
    Unread,
    check_bases,
    check_year,
    refuse_doubles,
    why_not,
)
from tenglong.domain.evaluation.tables.kind import NAME, OWN, YEAR, basis_in, identity_in, qualifier_of
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.intake.classification import NOT_A_FIRM, classify
from tenglong.domain.intake.kinds import ColumnType, TableKind
from tenglong.domain.intake.shapes import FoundColumn, FoundTable, RowClass
from tenglong.domain.kernel.messages import Message, msg

ROW, PLAIN = "_row", "_plain"
FIRST_CELLS = 4  # a total or note says what it is in one of these
FEW = frozenset({ColumnType.YES_NO, ColumnType.YEAR, ColumnType.CHOICE})


@dataclass
class FrameTable:
    """The table `found` in `frame`, whose columns are named by their number and whose row numbers stand in `_row`.

    `place` is how a sentence names the file's sheet; `footers`: totals and notes may stand below the firms.
    """

    frame: pl.LazyFrame
    found: FoundTable
    wanted: Wanted
    kind: TableKind
    filename: str
    default_year: int
    footers: bool
    notes: list[Message] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def write(self, target: Path) -> FirmTable:
        """The firms as Parquet at `target`.

        Raises:
            BadFile: a firm stands twice; BadValue: a basis or the year is not that of the scheme.
        """
        self.identity = identity_in(self.found.numbers, self.filename)
        self.columns = {found.column.id: found for found in self.found.columns}
        if YEAR not in self.columns:
            check_year(self.filename, [found.header for found in self.found.columns], self.default_year)
        self.schema = self.frame.collect_schema()
        self.readings = [self._reading(found) for found in self._wanted()]
        plain = pl.all_horizontal([r.plain for r in self.readings] + self._firm()).alias(PLAIN)
        staged = target.with_suffix(".staged")
        self.frame.select(pl.col(ROW).cast(pl.Int64), plain, *self._values()).sink_parquet(staged)
        table = pl.scan_parquet(staged).filter(PLAIN).drop(PLAIN)
        odd = self._odd(pl.scan_parquet(staged).filter(~pl.col(PLAIN)).select(ROW))
        if odd.height:
            table = table.merge_sorted(odd.lazy(), key=ROW)
        table.drop(ROW).sink_parquet(target)
        self._refuse_doubles(table, target)
        self.notes += [*self.found.warnings, *check_bases(self.wanted, self._bases(table))]
        written = pl.scan_parquet(target)
        years = written.select(pl.col("year").unique().sort()).collect().to_series().to_list()
        rows = int(written.select(pl.len()).collect().item())
        has_name = "name" in written.collect_schema()
        return FirmTable(target, rows, tuple(years), has_name, tuple(self.unread), tuple(self.notes))

    def _wanted(self) -> list[FoundColumn]:
        """The columns that are written, each with its reading: who, when, and what the scheme declares."""
        ids = [id for id in (self.identity, NAME, YEAR) if id in self.columns]
        return [self.columns[id] for id in dict.fromkeys([*ids, *self._there()])]

    def _there(self) -> list[str]:
        """The wanted columns that the table has."""
        return [OWN + id for id in self.wanted.column if OWN + id in self.columns]

    def _reading(self, found: FoundColumn) -> Reading:
        source, dtype = pl.col(str(found.number)), self.schema[str(found.number)]
        words: list[str] = []
        if found.column.type in FEW and dtype != pl.Boolean:
            words = self.frame.select(as_text(source, dtype).unique()).collect().to_series().to_list()
        return reading(found, source, dtype, words)

    def _values(self) -> Iterator[pl.Expr]:
        """The columns of the result, `id` and `year` first."""
        by_id = {r.found.column.id: r.value for r in self.readings}
        yield by_id[self.identity].alias("id")
        yield by_id.get(YEAR, pl.lit(self.default_year)).cast(pl.Int64).alias("year")
        if NAME in by_id and "name" not in self.wanted.column:
            yield by_id[NAME].alias("name")
        for column in self.wanted.column:
            dtype = DTYPES.get(self.kind.column(OWN + column).type, pl.String)
            yield by_id.get(OWN + column, pl.lit(None, dtype=dtype)).alias(column)

    def _firm(self) -> list[pl.Expr]:
        """Where a row surely is a firm: it names one, in a year, and its first cells do not look like a total."""
        values = {r.found.column.id: r.value for r in self.readings}
        sure = [values[id].is_not_null() for id in (self.identity, YEAR) if id in values]
        if not self.footers:
            return sure
        names = [name for name in self.schema if name != ROW][:FIRST_CELLS]
        first = key_of(pl.coalesce([pl.when(pl.col(name) != "").then(pl.col(name)) for name in names]))
        identity = key_of(pl.col(str(self.columns[self.identity].number)))
        for text in (first, identity):
            sure.append((~text.str.replace_all(r"\s+", "").str.contains(NOT_A_FIRM)).fill_null(False))
        heads = {text for texts in self.found.header_texts.values() for text in texts}
        sure.append(~identity.str.to_lowercase().is_in(list(heads)))
        return sure

    def _odd(self, which: pl.LazyFrame) -> pl.DataFrame:
        """The rows that are not plain, read cell by cell; what is no firm is noted, what cannot be rated listed."""
        names = [name for name in self.schema if name != ROW]
        texts = [as_text(pl.col(name), self.schema[name]).alias(name) for name in names]
        numbers = which.collect()
        if numbers.is_empty():
            odd = pl.DataFrame(schema={ROW: pl.Int64})
        else:
            raw = self.frame.select(pl.col(ROW).cast(pl.Int64), *texts)
            odd = raw.join(numbers.lazy(), on=ROW, how="semi").sort(ROW).collect()
        rows = [row for number, *cells in odd.iter_rows() if (row := self._one(number, cells)) is not None]
        types = {"id": pl.String, "year": pl.Int64, "name": pl.String}
        own = {id: DTYPES.get(self.kind.column(OWN + id).type, pl.String) for id in self.wanted.column}
        schema = {ROW: pl.Int64, **types, **own}
        if NAME not in self.columns and "name" not in own:
            del schema["name"]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _one(self, number: int, cells: Sequence[str]) -> list[Any] | None:
        if self.footers:
            kind = classify(self.found, (number, list(cells)), 1)
            if kind is not RowClass.DATA:
                self._note(number, kind, cells)
                return None
        read: dict[str, Any] = {}
        problems: list[Message] = []
        for one in self.readings:
            value, wrong = one.parse(cells[one.found.number - 1])
            read[one.found.column.id] = value
            if wrong:
                place = self._place(number, one.found)
                problems.append(msg("{place}：{problem}", place=place, problem=wrong))
        id, name = str(read[self.identity] or ""), read.get(NAME)
        year = read[YEAR] if YEAR in read else self.default_year
        if reason := why_not(self._place(number), next(iter(problems), None), id, year):
            self.unread.append(
                Unread(self._place(number), id, name or "", year, *reason, tuple(problems[1:]))
            )
            return None
        carried = [name] if NAME in read and "name" not in self.wanted.column else []
        return [number, id, year, *carried, *(read.get(OWN + column) for column in self.wanted.column)]

    def _note(self, number: int, kind: RowClass, cells: Sequence[str]) -> None:
        if kind is not RowClass.EMPTY and len(self.notes) < NAMED:
            text = " ".join(cell for cell in cells if cell)[:40]
            problem = "{place}“{text}”不是企业，没有参加评价。"
            self.notes.append(msg(problem, place=self._place(number), text=text))

    def _place(self, number: int, found: FoundColumn | None = None) -> str:
        return f"{self.found.sheet}!{found.letters if found else ''}{number}"

    def _refuse_doubles(self, table: pl.LazyFrame, target: Path) -> None:
        counted = pl.scan_parquet(target).group_by("id", "year").len().filter(pl.col("len") > 1)
        doubles = counted.sort("id", "year").collect()
        if doubles.height:
            some = doubles.head(NAMED).lazy()
            rows = table.select(ROW, "id", "year").join(some, on=["id", "year"]).sort(ROW).collect()
            named: dict[str, list[str]] = {}
            for number, id in rows.select(ROW, "id").iter_rows():
                named.setdefault(id, []).append(self._place(number))
            refuse_doubles(self.filename, named, doubles.height, by_name=self.identity == NAME)

    def _bases(self, table: pl.LazyFrame) -> dict[str, dict[str, list[str]]]:
        """What the table says of the basis of each column that has one: its header, or the column beside it."""
        bases = {}
        for column in self.wanted.column:
            qualifier = qualifier_of(self.kind, column)
            if qualifier is None or OWN + column not in self.columns:
                continue
            found, beside = self.columns[OWN + column], self.columns.get(qualifier)
            header = found.qualifier or basis_in(self.kind, column, found.header)
            stated = {header: [found.header_ref]} if header or not beside else {}
            if beside:
                self._stated(table, column, beside, stated)
            bases[column] = stated
        return bases

    def _stated(
        self, table: pl.LazyFrame, column: str, beside: FoundColumn, stated: dict[str, list[str]]
    ) -> None:
        """Add what the column `beside` says in rows that have a value, a few places for each basis."""
        basis = self._reading(beside).value.fill_null("").alias("basis")
        said = self.frame.select(pl.col(ROW).cast(pl.Int64), basis)
        rows = table.filter(pl.col(column).is_not_null()).select(ROW).join(said, on=ROW)
        some = rows.group_by("basis").agg(pl.col(ROW).sort().head(NAMED)).sort("basis").collect()
        header = next(iter(stated), "")
        for one, numbers in some.iter_rows():
            stated.setdefault(one or header, []).extend(self._place(n, beside) for n in numbers)
