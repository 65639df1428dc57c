"""The benchmark's scheme (evaluation_scheme.toml) written by hand for one library each, as well as we can.

Each takes a Parquet file and where to write, and gives the work to be timed; `floor` only copies the file.
"""

from collections.abc import Callable

VALUES = {
    "tax_per_mu": ("tax", "land", 30, "mean"),
    "va_per_mu": ("value_added", "land", 20, "mean"),
    "labour_productivity": ("value_added", "staff", 15, "mean"),
    "va_per_tce": ("value_added", "energy", 15, "quantile"),
    "va_per_emission": ("value_added", "pollutant", 10, "quantile"),
    "rd_intensity": ("rd", "revenue", 10, "mean"),
}
CAP, FACTOR, QUANTILE, HALF = 1.5, 1.2, 0.8, 0.500001
OUT = (
    ["id", "county", "size"]
    + [f"value_{name}" for name in VALUES]
    + [f"score_{name}" for name in VALUES]
    + ["points", "total", "rank", "peers", "grade"]
)
THREADS = 2


def floor(source: str, target: str) -> Callable[[], object]:
    """Reading and writing the same Parquet with DuckDB and doing nothing else."""
    import duckdb

    link = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": False})
    return lambda: link.execute(f"copy (from '{source}') to '{target}' (format parquet, compression zstd)")


def duckdb_sql(source: str, target: str) -> Callable[[], object]:
    """One SQL statement."""
    import duckdb

    link = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": False})
    text = f"copy ({sql(source)}) to '{target}' (format parquet, compression zstd)"
    return lambda: link.execute(text)


def sql(source: str) -> str:
    """The statement."""
    ratios = ", ".join(
        f"case when {below} > 0 then {above} / {below} end as value_{name}"
        for name, (above, below, _, _) in VALUES.items()
    )
    marks = ", ".join(
        f"avg(value_{name}) * {FACTOR} as b_{name}"
        if kind == "mean"
        else f"quantile_cont(value_{name}, {QUANTILE}) as b_{name}"
        for name, (_, _, _, kind) in VALUES.items()
    )
    scores = ", ".join(
        f"coalesce(least(greatest(value_{name} / nullif(b_{name}, 0), 0), {CAP}) * {weight}, 0) as score_{name}"
        for name, (_, _, weight, _) in VALUES.items()
    )
    added = " + ".join(f"score_{name}" for name in VALUES)
    return f"""
        with v as (select *, {ratios} from '{source}'),
        b as (select industry, {marks} from v group by industry),
        s as (select v.*, {scores}, coalesce(bonus, 0) - coalesce(deduction, 0) as points
              from v join b using (industry)),
        t as (select *, floor(({added} + points) * 100 + {HALF}) / 100 as total from s),
        r as (select *, rank() over (partition by county, size order by total desc) as rank,
              count(*) over (partition by county, size) as peers from t)
        select {", ".join(OUT[:-1])}, case when veto then 'D' when (rank - 1) * 100 < 20 * peers then 'A'
            when (rank - 1) * 100 < 80 * peers then 'B' when (rank - 1) * 100 < 95 * peers then 'C'
            else 'D' end as grade
        from r"""


def polars(source: str, target: str) -> Callable[[], object]:
    """Lazy expressions, streamed."""
    import polars as pl

    col = pl.col
    ratios = {
        f"value_{name}": pl.when(col(below) > 0).then(col(above) / col(below))
        for name, (above, below, _, _) in VALUES.items()
    }
    marks = [
        col(f"value_{name}").mean().alias(f"b_{name}") * FACTOR
        if kind == "mean"
        else col(f"value_{name}").quantile(QUANTILE, "linear").alias(f"b_{name}")
        for name, (_, _, _, kind) in VALUES.items()
    ]
    scores = {
        f"score_{name}": (col(f"value_{name}") / col(f"b_{name}")).clip(0, CAP).fill_null(0.0) * weight
        for name, (_, _, weight, _) in VALUES.items()
    }
    points = col("bonus").fill_null(0.0) - col("deduction").fill_null(0.0)
    added = pl.sum_horizontal([f"score_{name}" for name in VALUES]) + col("points")
    before = (col("rank") - 1) * 100
    grade = pl.when(col("veto")).then(pl.lit("D"))
    for share, name in ((20, "A"), (80, "B"), (95, "C")):
        grade = grade.when(before < share * col("peers")).then(pl.lit(name))
    values = pl.scan_parquet(source).with_columns(**ratios)
    scored = values.join(values.group_by("industry").agg(*marks), on="industry").with_columns(
        points=points, **scores
    )
    ranked = scored.with_columns(total=(added * 100 + HALF).floor() / 100).with_columns(
        rank=col("total").rank("min", descending=True).over("county", "size").cast(pl.Int64),
        peers=pl.len().over("county", "size").cast(pl.Int64),
    )
    plan = ranked.with_columns(grade=grade.otherwise(pl.lit("D"))).select(OUT)
    return lambda: plan.sink_parquet(target, compression="zstd", engine="streaming")


def pandas(source: str, target: str) -> Callable[[], object]:
    """Data frames in memory."""
    import numpy as np
    import pandas as pd

    def work() -> None:
        firms = pd.read_parquet(source)
        for name, (above, below, _, _) in VALUES.items():
            under = firms[below].astype("float64")
            firms[f"value_{name}"] = firms[above] / under.where(under > 0)
        groups = firms.groupby("industry")
        firms["points"] = firms["bonus"].fillna(0) - firms["deduction"].fillna(0)
        total = firms["points"].copy()
        for name, (_, _, weight, kind) in VALUES.items():
            value = groups[f"value_{name}"]
            mark = value.mean() * FACTOR if kind == "mean" else value.quantile(QUANTILE)
            score = (firms[f"value_{name}"] / firms["industry"].map(mark)).clip(0, CAP).fillna(0) * weight
            firms[f"score_{name}"] = score
            total += score
        firms["total"] = np.floor(total * 100 + HALF) / 100
        peers = firms.groupby(["county", "size"])["total"]
        firms["rank"] = peers.rank("min", ascending=False).astype("int64")
        firms["peers"] = peers.transform("size")
        before = (firms["rank"] - 1) * 100
        firms["grade"] = np.select(
            [firms["veto"], *(before < share * firms["peers"] for share in (20, 80, 95))],
            ["D", "A", "B", "C"],
            "D",
        )
        firms[OUT].to_parquet(target, compression="zstd")

    return work


def numpy(source: str, target: str) -> Callable[[], object]:
    """Arrays; groups by sorting codes."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def group_quantile(values: np.ndarray, order: np.ndarray, ends: np.ndarray) -> np.ndarray:
        values = values[order]
        return np.array(
            [
                np.nanquantile(values[low:high], QUANTILE) if high > low else np.nan
                for low, high in zip(ends, ends[1:], strict=False)
            ]
        )

    def ranks(total: np.ndarray, key: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        by_total = np.argsort(-total, kind="stable")
        order = by_total[np.argsort(key[by_total].astype(np.int16), kind="stable")]
        keys, totals = key[order], total[order]
        sizes = np.bincount(key, minlength=count)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        new = np.ones(len(keys), bool)
        new[1:] = (keys[1:] != keys[:-1]) | (totals[1:] != totals[:-1])
        first = np.maximum.accumulate(np.where(new, np.arange(len(keys)), 0))
        rank = np.empty(len(keys), np.int64)
        rank[order] = first - starts[keys] + 1
        return rank, sizes[key]

    def work() -> None:
        table = pq.read_table(source)
        codes = {
            name: pc.dictionary_encode(table[name]).combine_chunks()
            for name in ("county", "size", "industry")
        }
        code = {name: array.indices.to_numpy() for name, array in codes.items()}
        industry, groups = code["industry"], len(codes["industry"].dictionary)
        order = np.argsort(industry.astype(np.int16), kind="stable")
        ends = np.searchsorted(industry[order], np.arange(groups + 1))
        out = {}
        points = np.nan_to_num(table["bonus"].to_numpy()) - np.nan_to_num(table["deduction"].to_numpy())
        total = points.copy()
        for name, (above, below, weight, kind) in VALUES.items():
            under = table[below].to_numpy().astype(np.float64)
            with np.errstate(all="ignore"):
                value = np.where(under > 0, table[above].to_numpy() / under, np.nan)
                there = ~np.isnan(value)
                if kind == "mean":
                    sums = np.bincount(industry, np.where(there, value, 0), groups)
                    mark = sums / np.bincount(industry, there, groups) * FACTOR
                else:
                    mark = group_quantile(value, order, ends)
                score = np.clip(np.nan_to_num(value / mark[industry]), 0, CAP) * weight
            out[f"value_{name}"], out[f"score_{name}"] = pa.array(value, from_pandas=True), pa.array(score)
            total += score
        total = np.floor(total * 100 + HALF) / 100
        key = code["county"].astype(np.int32) * len(codes["size"].dictionary) + code["size"]
        rank, peers = ranks(total, key, int(key.max()) + 1)
        before = (rank - 1) * 100
        cut = np.select([before < share * peers for share in (20, 80, 95)], [0, 1, 2], 3)
        cut[table["veto"].to_numpy()] = 3
        grade = pa.DictionaryArray.from_arrays(pa.array(cut.astype(np.int8)), pa.array(list("ABCD")))
        out |= {"points": points, "total": total, "rank": rank, "peers": peers, "grade": grade}
        for name in ("id", "county", "size"):
            out[name] = table[name]
        pq.write_table(pa.table({name: out[name] for name in OUT}), target, compression="zstd")

    return work


def pyspark(source: str, target: str) -> Callable[[], object]:
    """The SQL statement on `local[2]`, written as it is for DuckDB but for the quantile."""
    from pyspark.sql import SparkSession

    options = {
        "spark.driver.memory": "8g",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    builder = SparkSession.builder.master(f"local[{THREADS}]")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.read.parquet(source).createOrReplaceTempView("firms")
    text = sql("FIRMS").replace("'FIRMS'", "firms").replace("quantile_cont(", "percentile(")
    return lambda: session.sql(text).write.mode("overwrite").parquet(target)


BASELINES = {one.__name__: one for one in (floor, polars, duckdb_sql, numpy, pandas, pyspark)}
