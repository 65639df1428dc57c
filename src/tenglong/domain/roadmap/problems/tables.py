"""Firms and measures from Parquet files beside the JSON: the only module that knows Parquet."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.problems.columns import (
    FirmColumns,
    MeasureColumns,
    too_fine,
    unknown_amount,
    window_sentence,
)
from tenglong.domain.roadmap.problems.format import LARGEST_NUMBER, MOST_PERIODS, AmountSpec, wrong
from tenglong.domain.roadmap.problems.problem import Block, Ints, Tag, in_units

_MOST_IN_FLOATS = 10**15
_WINDOW = ("from", "until", "duration")


def read_firms(path: Path) -> FirmColumns:
    """Firms: `id`, `must` if there is one, and a column of texts for each tag.

    Raises:
        BadFile: not Parquet, no `id`, an id twice, or a tag that is no text.
    """
    table = _table(path)
    ids = tuple(str(one) for one in _column(path, table, "id").to_pylist())
    if len(set(ids)) != len(ids):
        raise wrong(path.name, "id", msg("编号重复，请每家企业用一个编号。"))
    must = np.zeros(len(ids), bool)
    if "must" in table.column_names:
        must = table["must"].cast(pa.bool_()).fill_null(False).to_numpy(zero_copy_only=False)
    return FirmColumns(
        ids, {key: _tag(table[key]) for key in table.column_names if key not in ("id", "must")}, must
    )


def read_measures(
    path: Path, firms: tuple[str, ...], periods: int, amounts: Mapping[str, AmountSpec]
) -> MeasureColumns:
    """Measures: `firm`, `name`, and if wanted `from`, `until`, `duration`; the other columns are amounts.

    An amount is a number, or a list of one number for each start period; nothing is 0.

    Raises:
        BadFile: as `read_firms`, or a firm or an amount that is not known, or periods out of range.
    """
    table = _table(path)
    firm = pc.index_in(_column(path, table, "firm").cast(pa.string()), value_set=pa.array(firms, pa.string()))
    if firm.null_count:
        bad = table["firm"].filter(pc.is_null(firm))[0].as_py()
        raise wrong(path.name, "firm", msg("firms 中没有编号为“{id}”的企业，请核对。", id=bad))
    names = _tag(_column(path, table, "name"))
    first = _numbers(path, table, "from", 1) - 1
    last = _numbers(path, table, "until", periods) - 1
    duration = _numbers(path, table, "duration", 1)
    if not ((first >= 0) & (first <= last) & (last < periods)).all():
        raise wrong(path.name, "from", window_sentence(periods))
    if not ((duration >= 1) & (duration <= MOST_PERIODS)).all():
        raise wrong(path.name, "duration", msg("应在 1 和 {most} 之间。", most=MOST_PERIODS))
    windows = (first, last, (duration - 1).astype(np.int16))
    given = [key for key in table.column_names if key not in ("firm", "name", *_WINDOW)]
    for key in given:
        if key not in amounts:
            raise wrong(path.name, key, unknown_amount(key))
    blocks = tuple(_block(path, amounts, (key, table[key]), windows) for key in given)
    return MeasureColumns(firm.to_numpy().astype(np.int32), names.codes, names.names, first, last, blocks)


def firm_rows(firms: Path, measures: Path) -> list[dict[str, Any]]:
    """The rows of both tables as the objects of a JSON file, floats as the decimal numbers they stand for."""
    found: dict[str, dict[str, Any]] = {}
    for row in _table(firms).to_pylist():
        tags = {key: str(one) for key, one in row.items() if key not in ("id", "must") and one is not None}
        found[str(row["id"])] = {
            "id": str(row["id"]),
            "must": bool(row.get("must")),
            "tags": tags,
            "measures": [],
        }
    for row in _table(measures).to_pylist():
        said = {key: _written(one) for key, one in row.items() if one is not None}
        measure = {key: said.pop(key) for key in ("name", *_WINDOW) if key in said}
        found[str(said.pop("firm"))]["measures"].append(
            measure | {"amounts": {k: v for k, v in said.items() if v}}
        )
    return list(found.values())


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(one or 0) for one in value]
    return Decimal(repr(value)) if isinstance(value, float) else value


def _block(
    path: Path, amounts: Mapping[str, AmountSpec], named: tuple[str, Any], windows: tuple[Any, ...]
) -> Block:
    (key, column), (first, last, lag) = named, windows
    spec = amounts[key]
    array = column.combine_chunks()
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        length = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        if ((length != 0) & (length != last - first + 1)).any():
            raise wrong(path.name, key, msg("列表应为每个开始时期一个数字，请补齐。"))
        measure = np.repeat(np.arange(len(array)), length)
        begin = np.repeat(np.cumsum(length) - length, length)
        starts = (first[measure] + np.arange(len(measure)) - begin).astype(np.int16)
        first, last, total = starts, starts, _units(path, key, array.flatten(), spec.decimals)
    else:
        total = _units(path, key, array, spec.decimals)
        measure = np.flatnonzero(total)
        first, last, total = first[measure], last[measure], total[measure]
    arrives = np.zeros(len(measure), np.int16) if spec.kind == "takes" else lag[measure]
    amount = list(amounts).index(key)
    return Block(amount, measure, first, last, arrives, total, spec.profile)


def _units(path: Path, key: str, array: Any, places: int) -> Ints:
    """A column in whole stored units; nothing is 0. Raises BadFile where a number is none.

    A float stands for the number of at most 15 digits that is nearest to it: no two of these share a float, and a
    division of whole numbers is rounded to the nearest float, so comparing it tells exactly.
    """
    if not pa.types.is_floating(array.type):
        return _whole_units(path, key, array, places)
    reals = array.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False)
    if not (np.isfinite(reals) & (reals >= 0) & (reals <= LARGEST_NUMBER)).all():
        raise wrong(path.name, key, msg("数量应为不小于 0 的数字，请核对。"))
    units = np.rint(reals * 10.0**places)
    inexact = (units >= _MOST_IN_FLOATS) | (units / 10.0**places != reals)
    if inexact.any():
        raise wrong(path.name, key, too_fine(Decimal(repr(float(reals[inexact][0]))), places))
    whole: Ints = units.astype(np.int64)
    return whole


def _whole_units(path: Path, key: str, array: Any, places: int) -> Ints:
    found = []
    for value in array.fill_null(0).to_pylist():
        if type(value) not in (int, Decimal) or not 0 <= value <= LARGEST_NUMBER:
            raise wrong(path.name, key, msg("数量应为不小于 0 的数字，请核对。"))
        units = in_units(value, places)
        if units is None:
            raise wrong(path.name, key, too_fine(value, places))
        found.append(units)
    return np.array(found, np.int64)


def _numbers(path: Path, table: Any, key: str, default: int) -> Any:
    if key not in table.column_names:
        return np.full(len(table), default, np.int16)
    try:
        return table[key].cast(pa.int16()).fill_null(default).to_numpy().astype(np.int16)
    except pa.ArrowInvalid:
        raise wrong(path.name, key, msg("应为整数，不带小数。")) from None


def _tag(column: Any) -> Tag:
    coded = column.combine_chunks().cast(pa.string()).dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy().astype(np.int32)
    return Tag(tuple(coded.dictionary.to_pylist()), codes)


def _column(path: Path, table: Any, key: str) -> Any:
    if key not in table.column_names or table[key].null_count:
        raise wrong(path.name, key, msg("缺少这一列或有空值，请补上。"))
    return table[key]


def _table(path: Path) -> Any:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        said = msg("文件“{name}”不是可读的 Parquet 表（{why}），请重新导出。", name=path.name, why=error)
        raise BadFile(said) from error
