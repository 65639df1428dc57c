"""Invented firms for the evaluation benchmark: correlated as real ones are, with gaps, zeros and negative figures.

`python -m benchmarks.evaluation_firms COUNT FILE` writes them as Parquet, in pieces: fifty million fit in memory.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PIECE = 1_000_000
ROW_GROUP = 250_000
COUNTIES, INDUSTRIES = 90, 40
SIZES = ("above_scale", "below_scale", "micro")
FIXED, HALF = 20211109, 0.5


def write(count: int, target: Path) -> None:
    """`count` firms of 2021 as Parquet; the same count gives the same file."""
    with pq.ParquetWriter(target, firms(1).schema, compression="zstd") as writer:
        for first in range(0, count, PIECE):
            writer.write_table(firms(min(PIECE, count - first), first), row_group_size=ROW_GROUP)


def firms(count: int, first: int = 0) -> pa.Table:
    """`count` firms whose ids begin at `first`. Large firms have more of everything; industries differ."""
    chance = np.random.default_rng([FIXED, first])
    industry = chance.zipf(1.3, count) % INDUSTRIES
    size = chance.choice(3, count, p=[0.1, 0.3, 0.6])
    scale = np.array([3.0, 1.0, 0.0])[size]
    effect = np.random.default_rng(FIXED).normal(0, 0.4, INDUSTRIES)[industry]
    value_added = _lognormal(chance, 6 + 0.9 * scale + effect, 0.9)
    revenue = np.round(value_added * np.exp(chance.normal(1.3, 0.3, count)), 2)
    land = _lognormal(chance, 2 + 0.6 * scale, 0.8)
    land[chance.random(count) < 0.003] = 0
    some_rd = chance.random(count) >= HALF
    columns = {
        "id": pa.array(np.arange(first, first + count, dtype=np.int64)),
        "year": pa.array(np.full(count, 2021, dtype=np.int32)),
        "county": _labels([f"33{n:04}" for n in range(COUNTIES)], chance.integers(0, COUNTIES, count)),
        "size": _labels(SIZES, size),
        "industry": _labels([f"C{n:02}" for n in range(INDUSTRIES)], industry),
        "land": pa.array(land),
        "tax": _gaps(
            chance, np.round(value_added * np.clip(chance.normal(0.15, 0.08, count), -0.02, 0.6), 2), 0.01
        ),
        "value_added": _gaps(chance, value_added, 0.01),
        "staff": pa.array(np.maximum(1, np.exp(chance.normal(2.5 + 0.7 * scale, 0.7))).astype(np.int32)),
        "energy": _gaps(chance, _lognormal(chance, 4.5 + 0.9 * scale - effect, 1.1), 0.02),
        "pollutant": _gaps(chance, _discharges(chance, scale), 0.02),
        "revenue": pa.array(revenue),
        "rd": _gaps(
            chance, np.round(some_rd * revenue * np.clip(chance.normal(0.03, 0.02, count), 0, 0.2), 2), 0.05
        ),
        "bonus": _gaps(chance, _rarely(chance, count, 0.1), 0.2),
        "deduction": _gaps(chance, _rarely(chance, count, 0.05), 0.2),
        "veto": pa.array(chance.random(count) < 0.01),
    }
    return pa.table(columns)


def _lognormal(chance: np.random.Generator, mean: np.ndarray, spread: float) -> np.ndarray:
    return np.round(np.exp(chance.normal(mean, spread)), 2)


def _discharges(chance: np.random.Generator, scale: np.ndarray) -> np.ndarray:
    none = chance.random(len(scale)) < 0.3
    return np.where(none, 0, np.round(np.exp(chance.normal(0.5 * scale, 1.2)), 3))


def _rarely(chance: np.random.Generator, count: int, share: float) -> np.ndarray:
    return np.where(chance.random(count) < share, chance.integers(1, 11, count), 0).astype(np.float64)


def _gaps(chance: np.random.Generator, values: np.ndarray, share: float) -> pa.Array:
    return pa.array(values, mask=chance.random(len(values)) < share)


def _labels(labels: tuple[str, ...] | list[str], codes: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(labels)).cast(
        pa.string()
    )


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
