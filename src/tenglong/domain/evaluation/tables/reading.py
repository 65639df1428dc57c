"""The door: a table of firms from whatever file a person has."""

import sys
from pathlib import Path

from tenglong.domain.evaluation.tables.found import FirmTable
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.intake.readers.guard import file_format
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.ole import MAGIC
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

PARQUET = b"PAR1"


def read_firms(path: Path, wanted: Wanted, folder: Path, *, year: int | None = None) -> FirmTable:
    """The firms in the file at `path` with the `wanted` columns, as Parquet: the file itself or one in `folder`.

    Where the file has no column for the year, all rows are of `year`, by default the year of `wanted`.

    Raises:
        BadFile: there is no such file, it is not a table of firms, lacks a column, or holds a firm twice.
        BadValue: a unit or basis is not that of the scheme, or two bases are mixed.
    """
    from tenglong.domain.evaluation.tables.delimited import read_delimited
    from tenglong.domain.evaluation.tables.parquet import read_parquet
    from tenglong.domain.evaluation.tables.workbooks import read_workbook

    year = year or wanted.year
    if path.is_dir():
        return read_parquet(path, wanted, folder, year=year)
    try:
        with path.open("rb") as file:
            start = file.read(len(PARQUET))
    except OSError as error:
        problem = "文件“{name}”无法打开（{why}），请核对路径。"
        raise BadFile(msg(problem, name=path.name, why=error.strerror or error)) from error
    if start == PARQUET:
        return read_parquet(path, wanted, folder, year=year)
    if start.startswith(b"PK") or MAGIC.startswith(start):
        return read_workbook(path, wanted, folder, year=year)
    file_format(path, path.name, Limits(file_bytes=sys.maxsize))
    return read_delimited(path, wanted, folder, year=year)
