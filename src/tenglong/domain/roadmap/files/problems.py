"""Reads a problem: JSON, and Parquet files beside it, into columns of whole numbers."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.files.content import content_digest, content_of
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Amount, Firms, Measures, Problem, grouped
from tenglong.domain.roadmap.problems.columns import (
    Collector,
    FirmColumns,
    MeasureColumns,
    check_profile,
    check_timings,
)
from tenglong.domain.roadmap.problems.format import (
    FIRMS,
    AnnouncedSpec,
    ProblemSpec,
    TableFile,
    not_valid,
    wrong,
)
from tenglong.domain.roadmap.problems.rules import (
    aims_of,
    check_sizes,
    limits_of,
    orders_of,
    valued,
    with_clearances,
)
from tenglong.domain.roadmap.stability import STABILITY, Announced, with_announced

# An announced plan in a problem file: what it costs to depart from it (docs/algorithms/roadmap.md 7.4).


def with_announcement(problem: Problem, spec: ProblemSpec, name: str) -> Problem:
    """The problem with rewards for keeping what the file says was announced; itself where it says nothing.

    A choice whose measure the firm no longer has cannot be kept, and is passed over.
    """
    if spec.announced is None:
        return problem
    if STABILITY in spec.amounts:
        raise wrong(name, f"amounts.{STABILITY}", msg("这一名称已用于对原方案的保持，请改名。"))
    said = _plan(problem, spec.announced, name)
    if spec.announced.per_period == 0 == spec.announced.other:
        return problem
    announced = Announced(
        said,
        np.zeros(len(problem.firms), bool),
        *(
            problem.aim.natural(valued(value, problem, name, f"announced.{key}"))
            for key, value in (("per_period", spec.announced.per_period), ("other", spec.announced.other))
        ),
    )
    return with_announced(problem, announced)


def _plan(problem: Problem, said: AnnouncedSpec, name: str) -> Plan:
    place = {id: number for number, id in enumerate(problem.firms.ids)}
    plan, seen = Plan.waiting(len(problem.firms)), set[int]()
    for choice in said.choices:
        if choice.firm not in place:
            raise wrong(name, "announced", msg("没有编号为“{id}”的企业。", id=choice.firm))
        firm = place[choice.firm]
        if firm in seen:
            raise wrong(name, "announced", msg("企业“{id}”出现两次，请删去一次。", id=choice.firm))
        seen.add(firm)
        for measure in _named(problem, firm, choice.measure):
            plan.measure[firm], plan.start[firm] = measure, choice.start - 1
    return plan


def _named(problem: Problem, firm: int, measure: str) -> Iterator[int]:
    names = problem.measures
    return (k for k in problem.measures_of(firm) if names.names[names.name[k]] == measure)


_AT_ONCE = 10_000


def read_problem(path: Path, *, kept: bool = False) -> Problem:
    """The problem in a file; `kept` is one of the store, whose numbers may be older than the rule against exponents.

    Raises:
        BadFile: it cannot be read, or is no problem; the sentence names file, key and remedy.
    """
    return parse_problem(bytes_of(path), path.name, path.parent, kept=kept)


def bytes_of(path: Path) -> bytes:
    """The bytes of a file. Raises BadFile."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFile(
            msg("文件“{name}”无法读取（{why}）。", name=path.name, why=error.strerror or error)
        ) from error


def parse_problem(raw: bytes, name: str, folder: Path | None = None, *, kept: bool = False) -> Problem:
    """The problem in the bytes of a JSON file; `folder` is where its table files stand. Raises like `read_problem`."""
    content = content_of(raw, name, exponents=kept)
    if not isinstance(content, dict):
        raise wrong(name, "", msg("应为一个对象 {{…}}。"))
    rows = content.get("firms")
    listed = rows if isinstance(rows, list) else None
    try:
        spec = ProblemSpec.model_validate({**content, "firms": []} if listed is not None else content)
    except ValidationError as error:
        raise not_valid(name, error, content) from None
    _check_head(spec, name)
    tables = {} if listed is not None else {"tables": _tables(spec, name, folder)}
    digest = content_digest(content | tables)
    if listed is None:
        firms, measures = _from_tables(spec, name, folder)
    else:
        del content, rows
        firms, measures = _from_objects(spec, name, listed)
    problem = _assembled(spec, name, firms, measures)
    return replace(problem, digest=digest, bytes_digest=sha256(raw).hexdigest())


def _check_head(spec: ProblemSpec, name: str) -> None:
    if list(spec.periods) != sorted(set(spec.periods)):
        raise wrong(name, "periods", msg("各期的首日应由早到晚，不重复。"))
    for id, amount in spec.amounts.items():
        check_profile(name, f"amounts.{id}.profile", amount.profile)
    check_timings(spec, name)
    if isinstance(spec.firms, TableFile) != (spec.measures is not None):
        raise wrong(name, "measures", msg("firms 用表文件时，measures 也要用表文件；否则措施写在企业里。"))


def _from_objects(spec: ProblemSpec, name: str, rows: list[Any]) -> tuple[FirmColumns, MeasureColumns]:
    collector = Collector(name, spec)
    for piece in _pieces(rows):
        try:
            collector.add(FIRMS.validate_python(piece))
        except ValidationError as error:
            raise not_valid(name, error, piece, "firms") from None
    return collector.firms(), collector.measures()


def _pieces(rows: list[Any]) -> Iterator[list[Any]]:
    """The rows in pieces, each let go when the next is asked for."""
    rows.reverse()
    while rows:
        piece = rows[: -_AT_ONCE - 1 : -1]
        del rows[-_AT_ONCE:]
        yield piece


def _from_tables(spec: ProblemSpec, name: str, folder: Path | None) -> tuple[FirmColumns, MeasureColumns]:
    from tenglong.domain.roadmap.problems.tables import read_firms, read_measures

    firms_path, measures_path = table_paths(spec, name, folder)
    firms = read_firms(firms_path)
    return firms, read_measures(measures_path, firms.ids, len(spec.periods), spec.amounts)


def table_paths(spec: ProblemSpec, name: str, folder: Path | None) -> tuple[Path, Path]:
    """Where the tables of firms and measures stand. Raises BadFile."""
    assert isinstance(spec.firms, TableFile) and spec.measures is not None
    return _beside(name, folder, spec.firms.file), _beside(name, folder, spec.measures.file)


def _tables(spec: ProblemSpec, name: str, folder: Path | None) -> list[str]:
    """The digests of the table files."""
    found = []
    for path in table_paths(spec, name, folder):
        with path.open("rb") as file:
            found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return found


def _beside(name: str, folder: Path | None, file: str) -> Path:
    """A table file: beside the JSON, nowhere else."""
    path = Path(folder or ".") / file
    if folder is None or Path(file).name != file or not path.is_file():
        raise wrong(name, file, msg("表文件应与 JSON 放在同一文件夹，请核对文件名。"))
    return path


def _assembled(spec: ProblemSpec, name: str, firms: FirmColumns, measures: MeasureColumns) -> Problem:
    count = len(firms.ids)
    order = np.argsort(measures.firm, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    blocks = [replace(block, measure=place[block.measure]) for block in measures.blocks]
    part_start, parts = grouped(blocks, len(order))
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(measures.firm, minlength=count), out=start[1:])
    amounts = tuple(
        Amount(id, one.unit, one.decimals, one.kind == "takes") for id, one in spec.amounts.items()
    )
    arrivals = len(spec.periods) + int(parts.lag.max(initial=0))
    problem = Problem(
        name=spec.name,
        starts=spec.periods,
        amounts=amounts,
        firms=Firms(firms.ids, firms.tags, firms.must, start),
        measures=Measures(
            firm=measures.firm[order].astype(np.int32),
            name=measures.name[order].astype(np.int32),
            names=measures.names,
            first=measures.first[order].astype(np.int16),
            last=measures.last[order].astype(np.int16),
            part_start=part_start,
        ),
        parts=parts,
        limits=limits_of(spec, name, firms.tags),
        orders=orders_of(spec, name, firms.ids),
        aims=aims_of(spec, name, arrivals),
    )
    problem = with_announcement(with_clearances(problem, spec, name), spec, name)
    check_sizes(problem, name)
    return problem
