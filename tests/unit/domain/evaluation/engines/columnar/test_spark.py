"""The columnar definition on Spark, in a cluster of its own: a driver and two workers, each a process of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from tenglong.domain.evaluation.engines.columnar import evaluate_frame
from tenglong.domain.evaluation.engines.columnar.files import run_files
from tenglong.domain.evaluation.engines.reference import evaluate
from tests.property.evaluation.cases import YEAR, case
from tests.property.evaluation.tables import expected, native_table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HAS_JAVA = bool(shutil.which("java") or os.environ.get("JAVA_HOME"))

# Three Java machines that live a minute: compiling for the long run and collecting in parallel would be most of it.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.executorEnv.PYSPARK_PYTHON": "/nowhere",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",  # no work before both workers are there
    # For two dozen rows, compiling their expressions would be nearly all of the work.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.executor.extraJavaOptions": SHORT_LIVED,
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_JAVA, reason="Spark needs Java"),
    pytest.mark.filterwarnings(
        "ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning"
    ),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator["SparkSession"]:
    """Two workers with one core and a gigabyte each."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.master("local-cluster[2,1,1024]").appName("tests")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_workers_agree_with_the_judge(cluster: "SparkSession") -> None:
    """Random schemes in expressions alone: the workers could not start Python."""
    for seed in range(3):
        one = case(Random(seed))
        frame = cluster.createDataFrame(native_table(one.rows).to_arrow())
        found = pl.from_arrow(evaluate_frame(one.scheme, frame, year=YEAR).toArrow())
        judged = expected(one.scheme, evaluate(one.scheme, one.rows, year=YEAR))
        assert isinstance(found, pl.DataFrame)
        assert found.sort("id").rows(named=True) == judged, seed
    driver_and_workers = cluster.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert driver_and_workers == 3


def test_files_on_a_cluster(cluster: "SparkSession", tmp_path: Path) -> None:
    """From a file to a folder of files, in place of older ones, and a summary that agrees with the judge."""
    one = next(
        one for one in map(case, map(Random, range(100))) if one.scheme.grades and one.scheme.grades.peers
    )
    native_table(one.rows).write_parquet(tmp_path / "firms.parquet")
    judged = evaluate(one.scheme, one.rows, year=YEAR)
    older = tmp_path / "grades"
    older.mkdir()
    for name in ("_SUCCESS", "part-older.parquet"):
        (older / name).touch()
    summary = run_files(one.scheme, tmp_path / "firms.parquet", older, year=YEAR, engine="spark")
    found = pl.read_parquet(tmp_path / "grades/*.parquet")
    assert found.sort("id").rows(named=True) == expected(one.scheme, judged)
    assert summary.cuts == judged.cuts
    assert sum(summary.statuses.values()) == len(judged.outcomes)


def test_quantiles_are_exact(cluster: "SparkSession", capsys: pytest.CaptureFixture[str]) -> None:
    """Spark has an approximate percentile too, which changes grades (engines.md B)."""
    one = next(one for one in map(case, map(Random, range(100))) if "'quantile'" in str(one.content))
    evaluate_frame(
        one.scheme, cluster.createDataFrame(native_table(one.rows).to_arrow()), year=YEAR
    ).explain()
    plan = capsys.readouterr().out.lower()
    assert "percentile(" in plan
    assert "approx" not in plan
