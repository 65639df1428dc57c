"""The one door to PySpark: the columnar definition for tables that no single machine holds.

Everything is an expression that the executors' JVMs carry out: they need no Python and nothing of tenglong. Quantiles
are exact (`percentile`), never approximate.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import narwhals as nw
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import DataFrame, SparkSession

from tenglong.domain.evaluation.engines.columnar.evaluating import evaluated
from tenglong.domain.evaluation.engines.columnar.peers import Frame
from tenglong.domain.evaluation.engines.columnar.results import Detail
from tenglong.domain.evaluation.engines.columnar.summary import Summary, summary_of
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg

LOCAL = "local[*]"
ALWAYS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Java leaves large methods uncompiled, and those that Spark makes of a scheme are large: five times the time.
    "spark.driver.defaultJavaOptions": "-XX:-DontCompileHugeMethods",
    "spark.executor.defaultJavaOptions": "-XX:-DontCompileHugeMethods",
}
ON_ONE_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
"""A cluster's own settings (spark-defaults.conf) hold for any other master."""


def run(
    scheme: Scheme,
    source: Path,
    target: Path,
    *,
    year: int,
    detail: Detail,
    master: str | None = None,
    memory: str | None = None,
) -> Summary:
    """Rate the firms in `source`, a file or folder of Parquet, and write the results to the folder `target`.

    `memory` ("4g") is that of each executor and of the driver. A session that exists already is used, and left open.

    Raises:
        NotFound: Spark does not start; it needs Java.
        BadFile: a column is missing.
    """
    with _session(master or LOCAL, memory) as session:
        frame = nw.from_native(session.read.parquet(str(source)))
        found = evaluated(scheme, frame, year=year, detail=detail, settle=_settled)
        _native(found.rows).write.mode("overwrite").option("compression", "zstd").parquet(str(target))
        return summary_of(scheme, found, nw.from_native(session.read.parquet(str(target))))


@contextmanager
def _session(master: str, memory: str | None) -> Iterator[SparkSession]:
    """The session of this process, or a new one that ends with the run."""
    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    settings: dict[str, Any] = ALWAYS | (ON_ONE_MACHINE if master.startswith("local") else {})
    settings |= {f"spark.{role}.memory": memory for role in ("driver", "executor") if memory}
    try:
        session = SparkSession.builder.appName("tenglong").master(master).config(map=settings).getOrCreate()
    except PySparkRuntimeError as error:
        problem = msg("Spark 没有启动成功：{why}。请核对 Java（17 或以上）和 --master。", why=str(error))
        raise NotFound(problem) from error
    try:
        yield session
    finally:
        session.stop()


def _native(frame: Frame) -> DataFrame:
    native: DataFrame = frame.to_native()
    return native


def _settled(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Brings small tables to the driver and sends them to whoever joins them."""
    tables = [_native(frame) for frame in frames]
    return [nw.from_native(table.sparkSession.createDataFrame(table.toArrow())) for table in tables]
