"""From a Parquet file of firms to a Parquet file of results, by the engine of your choice."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tenglong.domain.evaluation.engines.columnar_results import Detail
from tenglong.domain.evaluation.engines.columnar_summary import Summary
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

Engine = Literal["polars", "duckdb", "spark"]


def run_files(
    scheme: Scheme,
    source: Path,
    target: Path,
    *,
    year: int,
    engine: Engine = "polars",
    detail: Detail = "all",
    master: str | None = None,
    memory: str | None = None,
) -> Summary:
    """Rate the firms of `year` in `source` and write the columns of `evaluate_frame` to `target`.

    `source` is a Parquet file, for Spark also a folder of such files; with Spark `target` becomes a folder. A target
    that exists is replaced, at the end and as a whole. `polars` is the fastest; `duckdb` keeps within `memory` ("8GB")
    and puts what is more on disk beside the target; `spark` runs on `master` ("local[*]", "spark://host:7077"), and its
    executors need no Python. Rows come in no particular order.

    Raises:
        BadFile: there is no such file, or a column is missing.
        NotFound: Spark is not installed.
    """
    if not source.exists():
        raise BadFile(msg("找不到文件“{name}”，请核对路径。", name=source.name))
    unfinished = target.with_name(f"{target.name}.unfinished")
    with ThreadPoolExecutor(1) as other:
        digest = other.submit(_digest, source)
        summary = _run(
            scheme, source, unfinished, year=year, engine=engine, detail=detail, master=master, memory=memory
        )
        _put(unfinished, target)
        return replace(summary, input_digest=digest.result())


def _run(
    scheme: Scheme,
    source: Path,
    target: Path,
    *,
    year: int,
    engine: Engine,
    detail: Detail,
    master: str | None,
    memory: str | None,
) -> Summary:
    """Imports only the engine that is asked for: each takes a while, and Spark may not be there."""
    match engine:
        case "polars":
            from tenglong.domain.evaluation.engines import columnar_polars

            return columnar_polars.run(scheme, source, target, year=year, detail=detail)
        case "duckdb":
            from tenglong.domain.evaluation.engines import columnar_duckdb

            return columnar_duckdb.run(scheme, source, target, year=year, detail=detail, memory=memory)
        case "spark":
            from tenglong.domain.evaluation.engines import spark

            return spark.run(scheme, source, target, year=year, detail=detail, master=master, memory=memory)


def _digest(source: Path) -> str:
    """SHA-256 of a file; "" of a folder."""
    if source.is_dir():
        return ""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put(unfinished: Path, target: Path) -> None:
    """Put a finished file or folder in the place of the target."""
    if target.is_dir():
        for file in target.iterdir():
            file.unlink()
        target.rmdir()
    os.replace(unfinished, target)
