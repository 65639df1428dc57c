"""The scoring part alone, in memory: our engine beside two libraries of multi-criteria decisions (weighted sums)."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.results import Result, median

FIRMS, INDICATORS = 1_000_000, 6
WEIGHTS = (30, 20, 20, 10, 10, 10)
SEED = 20211109


def measure() -> Iterator[Result]:
    """One line for each library."""
    values = np.random.default_rng(SEED).lognormal(0, 0.8, (FIRMS, INDICATORS))
    ours = median(_ours(values))
    for name, work in (
        ("pymcdm, weighted sum", _pymcdm(values)),
        ("scikit-criteria, weighted sum", _skcriteria(values)),
    ):
        yield Result(
            what=f"scores of {FIRMS:,} firms by {INDICATORS} indicators against given benchmarks, in memory",
            database="—",
            seconds=ours,
            statistic="median of 3",
            baseline=name,
            baseline_seconds=median(work),
        )


def _ours(values: np.ndarray) -> Callable[[], object]:
    """Benchmarks of one, caps of 1.5, a total of two places."""
    import polars as pl

    from tenglong.domain.evaluation.engines.columnar import evaluate_frame
    from tenglong.domain.evaluation.loading import read_scheme

    scheme = read_scheme("scoring.toml", _scheme().encode())
    columns = {f"x{n}": values[:, n] for n in range(INDICATORS)}
    frame = pl.DataFrame({"id": np.arange(FIRMS), "year": np.full(FIRMS, 2021), **columns}).lazy()
    return lambda: evaluate_frame(scheme, frame, year=2021).collect()  # type: ignore[attr-defined]


def _scheme() -> str:
    head = 'source = "benchmark"\nid = "scoring"\ntitle = "计分"\ntitle_en = "Scoring"\n'
    head += 'place = "330000"\nyear = 2021\nversion = 1\n'
    columns = "".join(f'[column.x{n}]\nzh = "指标{n}"\nen = "Indicator {n}"\n' for n in range(INDICATORS))
    return head + columns + "".join(_indicator(n, weight) for n, weight in enumerate(WEIGHTS))


def _indicator(n: int, weight: int) -> str:
    return (
        f'[[indicator]]\nid = "i{n}"\nzh = "指标{n}"\nen = "Indicator {n}"\nnumerator = "x{n}"\nunit = ""\n'
        f"weight = {weight}\ncap = 1.5\nbenchmark = {{ given = 1 }}\n"
    )


def _pymcdm(values: np.ndarray) -> Callable[[], object]:
    from pymcdm.methods import WSM

    weights, better = np.array(WEIGHTS) / 100, np.ones(INDICATORS)
    return lambda: WSM()(values, weights, better)


def _skcriteria(values: np.ndarray) -> Callable[[], object]:
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel

    matrix = skcriteria.mkdm(values, [max] * INDICATORS, weights=list(WEIGHTS))
    return lambda: WeightedSumModel().evaluate(matrix)
