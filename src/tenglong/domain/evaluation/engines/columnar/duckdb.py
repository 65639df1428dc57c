"""The one door to DuckDB for evaluations: Parquet to Parquet within a limit of memory, the rest on disk."""

import tempfile
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.evaluating import evaluated
from tenglong.domain.evaluation.engines.columnar.peers import Frame
from tenglong.domain.evaluation.engines.columnar.results import Detail
from tenglong.domain.evaluation.engines.columnar.summary import Summary, summary_of
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

COMPRESSION = 1  # level of zstd, as with Polars


def run(
    scheme: Scheme, source: Path, target: Path, *, year: int, detail: Detail, memory: str | None = None
) -> Summary:
    """Rate the firms in `source` and write the results to `target`; what exceeds `memory` ("4GB") goes to disk.

    Raises:
        BadValue: `memory` is not an amount of memory.
        BadFile: a column is missing.
    """
    folder = tempfile.TemporaryDirectory(dir=target.parent, prefix=".duckdb-")
    with folder as spill, _opened(spill, memory) as connection:
        frame = nw.from_native(connection.read_parquet(str(source)))
        found = evaluated(scheme, frame, year=year, detail=detail, settle=_settling(connection))
        found.rows.to_native().create_view("results")
        options = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {COMPRESSION}"
        connection.execute(f"COPY results TO ? ({options})", [str(target)])
        return summary_of(scheme, found, nw.from_native(connection.read_parquet(str(target))))


def _opened(spill: str, memory: str | None) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills to a folder."""
    settings: dict[str, Any] = {"temp_directory": spill, "preserve_insertion_order": False}
    if memory:
        settings["memory_limit"] = memory
    try:
        return duckdb.connect(config=settings)
    except duckdb.Error:
        problem = msg("“{memory}”不是内存上限，请写数字和单位，如 4GB。", memory=memory)
        raise BadValue(problem) from None


def _settling(connection: duckdb.DuckDBPyConnection) -> Callable[[Sequence[Frame]], Sequence[Frame]]:
    """Keeps small tables as tables of this connection."""
    numbers = count()

    def settled(frames: Sequence[Frame]) -> Sequence[Frame]:
        tables = []
        for frame in frames:
            name = f"settled_{next(numbers)}"
            frame.to_native().create(name)
            tables.append(nw.from_native(connection.table(name)))
        return tables

    return settled
