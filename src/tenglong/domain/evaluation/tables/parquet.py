"""A table of firms in a Parquet file: taken as it is where its columns are the scheme's own, else converted."""

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from tenglong.domain.evaluation.tables.found import NAMED, FirmTable, refuse_doubles
from tenglong.domain.evaluation.tables.frames import ROW, FrameTable
from tenglong.domain.evaluation.tables.kind import find_firms, table_of
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.intake.raw import RawRow, RawSheet
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg


def read_parquet(path: Path, wanted: Wanted, folder: Path, *, year: int) -> FirmTable:
    """The table of firms of a Parquet file; where it has no column for the year, all rows are of `year`.

    A file whose columns bear the ids of the scheme, in fitting types, is not copied. In a folder, which may be larger
    than this machine, nobody looks for firms that stand twice.

    Raises:
        BadFile: not a Parquet file, no such table, two rows for one firm; BadValue: another basis.
    """
    try:
        frame = scan(path)
        schema = frame.collect_schema()
        if _fits(schema, wanted):
            counts = frame.select(pl.len(), pl.col("id", "year").null_count()).collect().row(0)
            if counts[1:] == (0, 0):
                if path.is_file():
                    _refuse_doubles(frame, counts[0], path.name)
                years = frame.select(pl.col("year").unique().sort()).collect().to_series().to_list()
                return FirmTable(path, counts[0], tuple(years), "name" in schema, original=True)
    except (PolarsError, OSError) as error:
        problem = "文件“{name}”不是完好的 Parquet 文件，无法读取。请重新导出后再试。"
        raise BadFile(msg(problem, name=path.name)) from error
    frame, schema = _flat(frame, schema, wanted, path.name)
    kind = table_of(wanted)
    header: RawRow = (1, list(schema))
    sheet = RawSheet(path.name, False, 1, None, lambda: iter([header]))
    found = find_firms(sheet, [header], kind, path.name)
    numbered = {name: str(number) for number, name in enumerate(schema, start=1)}
    frame = frame.rename(numbered).with_row_index(ROW, offset=1)
    return FrameTable(frame, found, wanted, kind, path.name, year, footers=False).write(
        folder / "firms.parquet"
    )


def _flat(
    frame: pl.LazyFrame, schema: pl.Schema, wanted: Wanted, filename: str
) -> tuple[pl.LazyFrame, pl.Schema]:
    """Without columns of lists or structures, which no cell can hold; refused where the scheme reads one."""
    nested = [name for name, dtype in schema.items() if dtype.is_nested()]
    read = sorted({"id", "name", "year", *wanted.column} & set(nested))
    if read:
        problem = "文件“{name}”的列“{column}”每格不是一个值（{type}），请改为每格一个数字或文字后重新导出。"
        raise BadFile(msg(problem, name=filename, column=read[0], type=schema[read[0]]))
    return frame.drop(nested), pl.Schema(
        {name: dtype for name, dtype in schema.items() if name not in nested}
    )


def _refuse_doubles(frame: pl.LazyFrame, rows: int, filename: str) -> None:
    """Refuse a file in which a firm stands twice in a year; hashes tell that there is none, without the ids."""
    keys = ("id", "year")
    if frame.select(pl.struct(keys).hash().n_unique()).collect(engine="streaming").item() == rows:
        return
    numbered = frame.select(*keys).with_row_index(ROW, offset=1)
    places = numbered.group_by(keys).agg(pl.col(ROW)).filter(pl.col(ROW).list.len() > 1)
    doubles = places.sort(keys).collect(engine="streaming")
    some = {str(id): [f"{filename}!{n}" for n in rows] for id, _, rows in doubles.head(NAMED).iter_rows()}
    refuse_doubles(filename, some, doubles.height)


def scan(path: Path) -> pl.LazyFrame:
    """A Parquet file, or a folder of them such as Spark writes, whatever signs its name has."""
    return pl.scan_parquet(sorted(path.glob("*.parquet")) if path.is_dir() else path, glob=False)


def _fits(schema: pl.Schema, wanted: Wanted) -> bool:
    """Whether an engine can read the columns as they are."""
    id_type = schema.get("id", pl.Float64())
    if not (id_type == pl.String or id_type.is_integer()) or not schema.get("year", pl.String()).is_integer():
        return False
    tests = {
        "number": lambda dtype: dtype.is_numeric(),
        "text": lambda dtype: dtype == pl.String or dtype.is_integer(),
        "flag": lambda dtype: dtype == pl.Boolean,
    }
    if not wanted.required <= schema.keys():
        return False
    return all(tests[column.type](schema[id]) for id, column in wanted.column.items() if id in schema)
