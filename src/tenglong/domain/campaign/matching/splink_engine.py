"""The one door to Splink: our levels and weights written as its settings, our rows as its tables."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tenglong.domain.campaign.matching.blocking import columns as columns_of
from tenglong.domain.campaign.matching.blocking import key_of, key_rules
from tenglong.domain.campaign.reconciliation.comparison import (
    Candidate,
    Field,
    compare,
    joinable_names,
    rules,
)
from tenglong.domain.campaign.reconciliation.weighing import field_levels, weights

logging.getLogger("splink").setLevel(logging.ERROR)
MEMORY = "200MB"
"""What DuckDB may hold of the pairs at once; the rest goes to its own files."""
COMPARED = ("full_name", "core", "code", "county", "representative", "address", "road", "number")
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
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        api = DuckDBAPI(connection)
        names = ("a_left", "b_right")
        frames = [
            api.register(table, dataset_display_name=name) for table, name in zip(tables, names, strict=False)
        ]
        settings = _settings("dedupe_only" if right is left else "link_only")
        linker = Linker(frames, settings, log_level=logging.ERROR, validate_settings=False)
        predicted = linker.inference.predict(threshold_match_probability=at_least)
        found = connection.execute(
            f"SELECT match_probability, row_l, row_r FROM {predicted.physical_name} WHERE match_probability >= ?",
            [at_least],
        ).fetchall()
    best = _namesakes(left, right)
    for probability, one, other in found:
        pair = (one, other) if right is not left else (min(one, other), max(one, other))
        if right is not left or one != other:
            best[pair] = max(probability, best.get(pair, 0.0))
    ordered = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [(probability, left[one], right[other]) for (one, other), probability in ordered]


def _namesakes(left: Sequence[Candidate], right: Sequence[Candidate]) -> dict[tuple[int, int], float]:
    """Pairs with an equal full name, by position, and how probable they are: they come along in any case."""
    bearers: dict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(left):
        for full in {name.full for name in joinable_names(row)}:
            bearers[full].append(position)
    pairs = {
        (one, other)
        for other, row in enumerate(right)
        for name in joinable_names(row)
        for one in bearers.get(name.full, ())
        if right is not left or one < other
    }
    return {(one, other): weights().probability(compare(left[one], right[other])) for one, other in pairs}


def _tables(lists: Sequence[Sequence[Candidate]]) -> list[pa.Table]:
    """One line per joinable name of each list: `row` is the position in the list, lines of one `key_…` are compared."""
    found = [_columns(rows) for rows in lists]
    for key, line in zip(_KEYS, key_rules(), strict=True):
        sizes = [Counter(columns[key]) for columns in found]
        wide = {
            value
            for value in sizes[0].keys() & sizes[-1].keys()
            if sizes[0][value] * sizes[-1][value] > _most_pairs() and line != key_rules()[0]
        }
        for columns in found if wide else ():
            columns[key] = [None if value in wide else value for value in columns[key]]
    return [_table(columns) for columns in found]


def _columns(rows: Sequence[Candidate]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [] for name in ("row", *COMPARED, *_KEYS)}
    for position, row in enumerate(rows):
        for name in joinable_names(row):
            said = columns_of(row, name)
            columns["row"].append(position)
            for column in COMPARED:
                columns[column].append(said[column])
            for key, line in zip(_KEYS, key_rules(), strict=True):
                columns[key].append(key_of(said, line))
    return columns


def _table(columns: dict[str, list[Any]]) -> pa.Table:
    numbers = {
        "unique_id": pa.array(range(len(columns["row"])), pa.int64()),
        "row": pa.array(columns["row"], pa.int64()),
    }
    return pa.table(numbers | {name: pa.array(columns[name], pa.string()) for name in (*COMPARED, *_KEYS)})


def _settings(link_type: Literal["link_only", "dedupe_only"]) -> SettingsCreator:
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
        additional_columns_to_retain=["row"],
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
