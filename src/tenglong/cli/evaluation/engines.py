"""One way to ask any engine for a result file."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tenglong.domain.evaluation.schemes import Benchmark, Scheme

if TYPE_CHECKING:
    from tenglong.domain.evaluation.engines.columnar.files import Engine
    from tenglong.domain.evaluation.engines.columnar.results import Detail
    from tenglong.domain.evaluation.results import Group
    from tenglong.domain.evaluation.tables.measures import Line


def evaluate_with(
    engine: "Engine | Literal['reference']",
    scheme: Scheme,
    firms: Path,
    results: Path,
    *,
    year: int,
    detail: "Detail",
    memory: int | None,
    master: str,
) -> "tuple[Line, ...]":
    """Write the results (§8) of `firms`, both Parquet, and return the benchmarks by indicator and group.

    Raises:
        BadFile, BadValue: the table does not fit the scheme; NotFound: the engine is not installed.
    """
    if engine == "reference":
        return _reference(scheme, firms, results, year, detail)
    from tenglong.domain.evaluation.engines.columnar.files import run_files

    found = run_files(
        scheme,
        firms,
        results,
        year=year,
        engine=engine,
        detail=detail,
        master=master,
        memory=_amount(memory, engine) if memory else None,
    )
    return lines_of(scheme, found.benchmarks)


def _reference(scheme: Scheme, firms: Path, results: Path, year: int, detail: "Detail") -> "tuple[Line, ...]":
    from tenglong.domain.evaluation.engines.reference import evaluate
    from tenglong.domain.evaluation.tables.outcomes import frame_of, rows_of
    from tenglong.domain.evaluation.tables.wanted import wanted_by

    found = evaluate(scheme, rows_of(firms, wanted_by(scheme)), year=year)
    frame_of(scheme, found, detail).write_parquet(results)
    return lines_of(scheme, found.benchmarks)


def lines_of(
    scheme: Scheme, benchmarks: "Mapping[str, Mapping[Group, Fraction | float]]"
) -> "tuple[Line, ...]":
    """The computed benchmarks of a run in the order of the indicators, groups in text order."""
    from tenglong.domain.evaluation.tables.measures import NO_VALUE, Line

    def named(group: "Group") -> tuple[str, ...]:
        return tuple(NO_VALUE if text is None else str(text) for text in group)

    computed = [one.id for one in scheme.indicator if one.benchmark and _is_computed(one.benchmark)]
    lines = [
        Line(id, named(group), _shown(Fraction(value)))
        for id in computed
        for group, value in benchmarks.get(id, {}).items()
    ]
    return tuple(sorted(lines, key=lambda line: (computed.index(line.id), line.group)))


def _amount(memory: int, engine: str) -> str:
    """An amount of memory as the engine writes it."""
    mebibytes = max(memory // 2**20, 1)
    return f"{mebibytes}m" if engine == "spark" else f"{mebibytes}MiB"


def _is_computed(benchmark: Benchmark) -> bool:
    return benchmark.given is None and not benchmark.given_by


def _shown(value: Fraction) -> Decimal:
    from tenglong.domain.evaluation.rounding import rounded
    from tenglong.domain.kernel.quantities import plain

    return plain(rounded(value, 6))
