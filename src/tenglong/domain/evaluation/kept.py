"""The table of firms that a run was computed from, as it is kept: the same bytes for the same content.

It is CSV with the ids of columns as headings, so that `tenglong evaluate` reads it and anybody can check a run without
this database. Numbers are plain decimals, flags true or false, a missing value is an empty cell.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tenglong.domain.evaluation.columns import ALWAYS, register_columns
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, msg

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
