"""From a Parquet file of firms to a Parquet file of results, by the engine of your choice."""

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tenglong.domain.evaluation.engines.columnar.results import Detail
from tenglong.domain.evaluation.engines.columnar.summary import Summary
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadFile, NotFound
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
        BadFile: there is no such file, a column is missing, or the target is a folder of other things.
        BadValue: `memory` is not an amount of memory.
        NotFound: Spark or its Java is not installed.
    """
    if not source.exists():
        raise BadFile(msg("找不到文件“{name}”，请核对路径。", name=source.name))
    _refuse_other_folder(target)
    unfinished = target.with_name(f"{target.name}.unfinished")
    with ThreadPoolExecutor(1) as other:
        digest = other.submit(_digest, source)
        try:
            summary = _run(
                scheme,
                source,
                unfinished,
                year=year,
                engine=engine,
                detail=detail,
                master=master,
                memory=memory,
            )
            _put(unfinished, target)
        finally:
            _remove(unfinished)
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
            from tenglong.domain.evaluation.engines.columnar import polars

            return polars.run(scheme, source, target, year=year, detail=detail)
        case "duckdb":
            from tenglong.domain.evaluation.engines.columnar import duckdb

            return duckdb.run(scheme, source, target, year=year, detail=detail, memory=memory)
        case "spark":
            try:
                from tenglong.domain.evaluation.engines.columnar import spark
            except ModuleNotFoundError as error:
                problem = msg(
                    "没有安装 PySpark，不能用 spark 引擎；请安装 tenglong[spark]，或改用 polars、duckdb。"
                )
                raise NotFound(problem) from error
            return spark.run(scheme, source, target, year=year, detail=detail, master=master, memory=memory)


def _digest(source: Path) -> str:
    """SHA-256 of a file; "" of a folder."""
    if source.is_dir():
        return ""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_other_folder(target: Path) -> None:
    """A folder is replaced only if Spark wrote it."""
    if target.is_dir() and any(target.iterdir()) and not (target / "_SUCCESS").exists():
        problem = "“{name}”是一个目录，里面有别的文件，不能覆盖；请换一个输出路径。"
        raise BadFile(msg(problem, name=target.name))


def _put(unfinished: Path, target: Path) -> None:
    """Put a finished file or folder in the place of the target."""
    if target.is_dir():
        shutil.rmtree(target)
    os.replace(unfinished, target)


def _remove(unfinished: Path) -> None:
    """What a run that failed left behind."""
    if unfinished.is_dir():
        shutil.rmtree(unfinished)
    unfinished.unlink(missing_ok=True)
