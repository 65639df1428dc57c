"""The one door to Splink: our levels and weights written as its settings, our rows as its tables."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tenglong.domain.campaign.matching.blocking import COLUMNS, columns, key_of, key_rules
from tenglong.domain.campaign.reconciliation.comparison import Candidate, Field, joinable_names, rules
from tenglong.domain.campaign.reconciliation.weighing import field_levels, weights
from tenglong.domain.registry.names import NormalName

logging.getLogger("splink").setLevel(logging.ERROR)
_KEYS = tuple(f"key_{number}" for number in range(len(key_rules())))


def score_pairs(
    left: Sequence[Candidate], right: Sequence[Candidate], at_least: float
) -> list[tuple[float, Candidate, Candidate]]:
    """Pairs whose probability is at least `at_least`, most probable first; ties by position in the lists.

    Where `right` is `left` itself, its rows are held against each other, the earlier one of a pair first. Pairs of
    equal full names come along whatever their probability: they must be seen. Of rows with former names the most
    probable pair of names that shares a key counts, so the probability may be lower than that of `compare`, which holds
    all names against each other; it is never higher. Keys of too many rows are passed over (`most_pairs`).
    """
    lists = [left] if right is left else [left, right]
    tables = _tables(lists)
    if not all(table.num_rows for table in tables):
        return []
    with duckdb.connect() as connection:
        connection.execute("SET threads TO 1")
        api = DuckDBAPI(connection)
        names = ("a_left", "b_right")
        frames = [
            api.register(table, dataset_display_name=name) for table, name in zip(tables, names, strict=False)
        ]
        settings = _settings("dedupe_only" if right is left else "link_only")
        linker = Linker(frames, settings, log_level=logging.ERROR, validate_settings=False)
        predicted = linker.inference.predict()
        pair = (
            "least(row_l, row_r) AS one, greatest(row_l, row_r) AS other"
            if right is left
            else "row_l AS one, row_r AS other"
        )
        found = connection.execute(
            f"""SELECT max(match_probability) AS p, {pair} FROM {predicted.physical_name}
            WHERE {"row_l <> row_r" if right is left else "true"}
            GROUP BY one, other HAVING p >= ? OR bool_or(full_name_l = full_name_r)
            ORDER BY p DESC, one, other""",
            [at_least],
        ).fetchall()
    return [(probability, left[one], right[other]) for probability, one, other in found]


def _tables(lists: Sequence[Sequence[Candidate]]) -> list[pa.Table]:
    """One line per joinable name of each list: `row` is the position in the list, lines of one `key_…` are compared."""
    found: list[list[dict[str, Any]]] = [
        [_line(position, row, name) for position, row in enumerate(rows) for name in joinable_names(row)]
        for rows in lists
    ]
    sizes = [Counter(key for line in lines for key in _keys_of(line)) for lines in found]
    for key in sizes[0].keys() & sizes[-1].keys():
        if sizes[0][key] * sizes[-1][key] > _most_pairs() and key[0] != _KEYS[0]:
            sizes[0][key] = 0
    for lines in found:
        for number, line in enumerate(lines):
            line["unique_id"] = number
            line.update({name: None for name in _KEYS if line[name] and not sizes[0][name, line[name]]})
    numbers = [("unique_id", pa.int64()), ("row", pa.int64())]
    texts = [(column, pa.string()) for column in (*COLUMNS, *_KEYS)]
    return [pa.Table.from_pylist(lines, schema=pa.schema(numbers + texts)) for lines in found]


def _line(position: int, row: Candidate, name: NormalName) -> dict[str, Any]:
    said = columns(row, name)
    keys = (key_of(said, line) for line in key_rules())
    return {"row": position, **said, **dict(zip(_KEYS, keys, strict=True))}


def _keys_of(line: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, line[name]) for name in _KEYS if line[name])


def _settings(link_type: str) -> SettingsCreator:
    known = {
        Field.NAME: _name_conditions(),
        Field.CODE: _equal_conditions("code"),
        Field.COUNTY: _equal_conditions("county"),
        Field.REPRESENTATIVE: _equal_conditions("representative"),
        Field.ADDRESS: _address_conditions(),
    }
    return SettingsCreator(
        link_type=link_type,
        probability_two_random_records_match=weights().prior,
        blocking_rules_to_generate_predictions=[block_on(name) for name in _KEYS],
        comparisons=[_comparison(field, *known[field]) for field in field_levels()],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
        additional_columns_to_retain=["row", "full_name"],
    )


def _most_pairs() -> int:
    most: int = rules().content["blocking"]["most_pairs"]
    return most


def _comparison(field: Field, silent: str, conditions: Iterable[str]) -> dict[str, Any]:
    shares = weights().levels[field]
    levels: list[dict[str, Any]] = [{"sql_condition": silent, "is_null_level": True}]
    for level, condition in zip(field_levels()[field], conditions, strict=True):
        odds = shares[level]
        levels.append(
            {
                "sql_condition": condition,
                "label_for_charts": level,
                "m_probability": odds.m,
                "u_probability": odds.u,
            }
        )
    return {"output_column_name": field.value, "comparison_levels": levels}


def _name_conditions() -> tuple[str, list[str]]:
    steps = [
        f"jaro_winkler_similarity(core_l, core_r) >= {least}"
        for least in rules().content["name_similarity"].values()
    ]
    return "full_name_l IS NULL", ["full_name_l = full_name_r", "core_l = core_r", *steps, "ELSE"]


def _equal_conditions(column: str) -> tuple[str, list[str]]:
    return f"{column}_l IS NULL OR {column}_r IS NULL", [f"{column}_l = {column}_r", "ELSE"]


def _address_conditions() -> tuple[str, list[str]]:
    """The same steps as `nearness` of the registry."""
    silent = (
        "address_l IS NULL OR address_r IS NULL"
        " OR (address_l <> address_r AND (road_l IS NULL OR road_r IS NULL))"
    )
    same = "address_l = address_r OR (road_l = road_r AND number_l = number_r)"
    return silent, [same, "road_l = road_r", "ELSE"]
