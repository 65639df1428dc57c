"""The table of firms that a run was computed from, as it is kept: the same bytes for the same content.

It is CSV with the ids of columns as headings, so that `tenglong evaluate` reads it and anybody can check a run without
this database. Numbers are plain decimals, flags true or false, a missing value is an empty cell.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar

from tenglong.domain.evaluation.columns import ALWAYS, register_columns
from tenglong.domain.evaluation.results import Evaluation, Group, Item, Outcome, Status
from tenglong.domain.evaluation.rounding import COMPARED_PLACES, rounded
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.quantities import from_micro, plain, to_micro

Value = Decimal | str | bool | None
Row = dict[str, Value]
FLAGS = {"true": True, "false": False}
ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class FirmsTable:
    """Firms by year: `columns` in their order, each row with every one of them."""

    columns: tuple[str, ...]
    rows: Sequence[Row]


def columns_of(wanted: Iterable[str]) -> tuple[str, ...]:
    """The columns of a table: what is always there, then what a scheme or screening reads, in its order."""
    return (*ALWAYS, *(id for id in wanted if id not in ALWAYS))


def missing_in(table: FirmsTable, scheme: Scheme, year: int) -> dict[str, int]:
    """How many firms of the year have no figure, by the columns of numbers where some have none."""
    rows = [row for row in table.rows if row["year"] == year]
    numbers = [id for id, column in scheme.column.items() if column.type == "number"]
    counted = {id: sum(row.get(id) is None for row in rows) for id in numbers}
    return {id: count for id, count in counted.items() if count}


def to_bytes(table: FirmsTable) -> Iterator[bytes]:
    """The table in pieces."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(table.columns)
    for number, row in enumerate(table.rows, start=1):
        out.writerow([_text(row[column]) for column in table.columns])
        if number % ROWS_AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def from_text(lines: Iterable[str], scheme: Scheme) -> FirmsTable:
    """The table that `to_bytes` wrote for a run of `scheme`."""
    reader = csv.reader(lines)
    columns = tuple(next(reader))
    kinds = [kind_of(column, scheme) for column in columns]
    rows = [
        {column: _value(text, kind) for column, kind, text in zip(columns, kinds, cells, strict=True)}
        for cells in reader
    ]
    return FirmsTable(columns, rows)


def corrected(
    table: FirmsTable, scheme: Scheme, year: int, corrections: Mapping[str, Mapping[str, str | None]]
) -> FirmsTable:
    """The table with other values for some firms of `year`: by firm, column to text (None: missing).

    Raises:
        BadValue: a value is not what its column holds, or the scheme does not read the column.
    """
    rows = []
    for row in table.rows:
        news = corrections.get(str(row["id"]), {}) if row["year"] == year else {}
        rows.append({**row, **{id: read_value(text, id, scheme) for id, text in news.items()}})
    return FirmsTable(table.columns, rows)


def read_value(text: str | None, column: str, scheme: Scheme) -> Value:
    """What a person typed for a column of the scheme.

    Raises:
        BadValue: it is not a number or a flag where one is wanted, or the scheme has no such column.
    """
    if column not in scheme.column or column in ("id", "year"):
        problem = "评价办法没有可更正的列“{column}”，可用的有：{known}。"
        raise BadValue(msg(problem, column=column, known="、".join(scheme.column)))
    kind = kind_of(column, scheme)
    try:
        return _value((text or "").strip(), kind)
    except (InvalidOperation, KeyError) as error:
        wanted = msg("数字") if kind == "number" else msg("true 或 false")
        problem = "“{column}”的更正值“{value}”不是{wanted}，请改正。"
        named = label(scheme.column[column].zh)
        raise BadValue(msg(problem, column=named, value=text, wanted=wanted)) from error


def kind_of(column: str, scheme: Scheme) -> str:
    """number, text or flag: as the scheme says, else as the register has it."""
    if column in scheme.column:
        return scheme.column[column].type
    return register_columns()[column].type


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else format(value, "f")


def _value(text: str, kind: str) -> Value:
    if not text:
        return None
    if kind == "flag":
        return FLAGS[text]
    if kind == "text":
        return text
    number = Decimal(text)
    if not number.is_finite():
        raise InvalidOperation(text)
    return number


# What a run gave, as JSON: numbers are texts rounded half up to nine decimals, as the engines compare them
# (§2.3).
#
# So every engine leaves the same texts, and a run that is computed again can be compared with what was
# kept.

T = TypeVar("T")


def exact(value: Fraction | None) -> str | None:
    """The number as it is kept, without trailing zeros."""
    return None if value is None else format(plain(rounded(value, COMPARED_PLACES)), "f")


@dataclass(frozen=True)
class KeptResult:
    """One firm's result as it is kept, without its number: `group`, `items`, `points` and `adjustments` are JSON, the
    total is in whole millionths."""

    status: Status
    reason: str
    group: dict[str, str | None]
    items: list[dict[str, Any]]
    points: dict[str, Any]
    total: int | None
    rank: int | None
    peers: int | None
    grade_by_quota: str
    adjustments: list[str]
    grade: str


RESULT_FIELDS = tuple(field.name for field in fields(KeptResult))
"""The columns of a kept result, in order."""


@dataclass(frozen=True)
class Measures:
    """What the firms of a run were measured against, as it is kept: by indicator, and the cuts, lists of [group, value]
    in a stable order."""

    benchmarks: dict[str, list[Any]]
    ranges: dict[str, list[Any]]
    averages: dict[str, list[Any]]
    cuts: list[Any]


def kept_result(outcome: Outcome) -> KeptResult:
    """One firm's result as it is kept."""
    return KeptResult(
        status=outcome.status,
        reason=outcome.reason,
        group=dict(outcome.group),
        items=[_item(item) for item in outcome.items],
        points={
            "applied": [[id, exact(value)] for id, value in outcome.points],
            "bonus": exact(outcome.bonus),
            "deduction": exact(outcome.deduction),
        },
        total=None if outcome.total is None else to_micro(outcome.total),
        rank=outcome.rank,
        peers=outcome.peers,
        grade_by_quota=outcome.grade_by_quota,
        adjustments=list(outcome.adjustments),
        grade=outcome.grade,
    )


def outcome_of_kept(id: str, kept: KeptResult) -> Outcome:
    """The result that `kept_result` kept, its numbers to nine decimals."""
    points = kept.points
    return Outcome(
        id=id,
        status=kept.status,
        reason=kept.reason,
        group=kept.group,
        items=tuple(
            Item(
                one["indicator"],
                _number(one["value"]),
                _number(one["benchmark"]),
                _number(one["score"]),
                one["how"],
            )
            for one in kept.items
        ),
        points=tuple((rule, Fraction(value)) for rule, value in points["applied"]),
        bonus=Fraction(points["bonus"]),
        deduction=Fraction(points["deduction"]),
        total=None if kept.total is None else from_micro(kept.total),
        rank=kept.rank,
        peers=kept.peers,
        grade_by_quota=kept.grade_by_quota,
        adjustments=tuple(kept.adjustments),
        grade=kept.grade,
    )


def kept_measures(found: Evaluation) -> Measures:
    """Benchmarks, ranges, average scores and cuts as they are kept."""
    return Measures(
        benchmarks={id: _groups(groups, exact) for id, groups in found.benchmarks.items()},
        ranges={
            id: _groups(groups, lambda ends: [exact(end) for end in ends])
            for id, groups in found.ranges.items()
        },
        averages={id: _groups(groups, exact) for id, groups in found.averages.items()},
        cuts=_groups(found.cuts, lambda cuts: {grade: format(total, "f") for grade, total in cuts.items()}),
    )


def evaluation_of_kept(
    scheme: Scheme,
    year: int,
    input_digest: str,
    *,
    outcomes: Iterable[Outcome],
    measures: Measures,
) -> Evaluation:
    """The run that `kept_result` and `kept_measures` kept, its numbers to nine decimals."""
    return Evaluation(
        scheme=scheme.id,
        version=scheme.version,
        scheme_digest=scheme.digest,
        year=year,
        input_digest=input_digest,
        outcomes=tuple(outcomes),
        benchmarks={id: _from_groups(rows, Fraction) for id, rows in measures.benchmarks.items()},
        ranges={id: _from_groups(rows, _ends) for id, rows in measures.ranges.items()},
        averages={id: _from_groups(rows, Fraction) for id, rows in measures.averages.items()},
        cuts=_from_groups(measures.cuts, _cuts),
    )


def results_digest(results: Iterable[tuple[str, KeptResult]]) -> str:
    """One digest over (firm, result) in the order of the rows."""
    found = hashlib.sha256()
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
    for id, result in results:
        found.update(f"{encode([id, vars(result)])}\n".encode())
    return found.hexdigest()


def _item(item: Item) -> dict[str, Any]:
    return {
        "indicator": item.indicator,
        "value": exact(item.value),
        "benchmark": exact(item.benchmark),
        "score": exact(item.score),
        "how": item.how,
    }


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _groups(groups: Mapping[Group, T], value: Callable[[T], Any]) -> list[list[Any]]:
    ordered = sorted(groups.items(), key=lambda pair: [text or "" for text in pair[0]])
    return [[list(group), value(found)] for group, found in ordered]


def _from_groups(rows: Iterable[Any], value: Callable[[Any], T]) -> dict[Group, T]:
    return {tuple(group): value(found) for group, found in rows}


def _ends(texts: Iterable[str]) -> tuple[Fraction, Fraction]:
    low, high = texts
    return Fraction(low), Fraction(high)


def _cuts(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {grade: Decimal(total) for grade, total in texts.items()}
