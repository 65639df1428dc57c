"""The one door to Polars: an evaluation from Parquet to Parquet in one process."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from tenglong.domain.evaluation.engines.columnar.evaluating import evaluated
from tenglong.domain.evaluation.engines.columnar.peers import Frame
from tenglong.domain.evaluation.engines.columnar.results import Detail
from tenglong.domain.evaluation.engines.columnar.summary import Summary, summary_of
from tenglong.domain.evaluation.schemes import Scheme

# Level 1 takes half the time of the usual 3 and a fifth more bytes; statistics of unsorted rows help nobody.
WRITTEN: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "statistics": False}


def run(scheme: Scheme, source: Path, target: Path, *, year: int, detail: Detail) -> Summary:
    """Rate the firms in `source` and write the results to `target`, without holding either in memory as a whole."""
    found = evaluated(
        scheme, nw.from_native(pl.scan_parquet(source)), year=year, detail=detail, settle=_settled
    )
    found.rows.to_native().sink_parquet(target, engine="streaming", **WRITTEN)
    return summary_of(scheme, found, nw.from_native(pl.scan_parquet(target)))


def _settled(frames: Sequence[Frame]) -> Sequence[Frame]:
    tables = pl.collect_all([frame.to_native() for frame in frames], engine="streaming")
    return [nw.from_native(table.lazy()) for table in tables]
