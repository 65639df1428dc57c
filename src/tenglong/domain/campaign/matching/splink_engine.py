"""The one door to Splink: our levels and weights written as its settings, our rows as its tables."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tenglong.domain.campaign.matching.blocking import COLUMNS, columns, key_rules
from tenglong.domain.campaign.reconciliation.comparison import Candidate, Field, joinable_names, rules
from tenglong.domain.campaign.reconciliation.weighing import field_levels, weights

logging.getLogger("splink").setLevel(logging.ERROR)


def score_pairs(
    left: Sequence[Candidate], right: Sequence[Candidate], at_least: float
) -> list[tuple[float, Candidate, Candidate]]:
    """Pairs whose probability is at least `at_least`, most probable first; ties by position in the lists.

    Pairs of equal full names come along whatever their probability: they must be seen. Of rows with
    former names the most probable pair of names that shares a key counts, so the probability may be
    lower than that of `compare`, which holds all names against each other; it is never higher.
    """
    tables = [_table(left), _table(right)]
    if not all(table.num_rows for table in tables):
        return []
    with duckdb.connect() as connection:
        connection.execute("SET threads TO 1")
        api = DuckDBAPI(connection)
        frames = [
            api.register(table, dataset_display_name=name)
            for table, name in zip(tables, ("a_left", "b_right"), strict=True)
        ]
        linker = Linker(frames, _settings(), log_level=logging.ERROR, validate_settings=False)
        predicted = linker.inference.predict()
        found = connection.execute(
            f"""SELECT max(match_probability) AS p, row_l, row_r FROM {predicted.physical_name}
            GROUP BY row_l, row_r HAVING p >= ? OR bool_or(full_name_l = full_name_r)
            ORDER BY p DESC, row_l, row_r""",
            [at_least],
        ).fetchall()
    return [(probability, left[one], right[other]) for probability, one, other in found]


def _table(rows: Sequence[Candidate]) -> pa.Table:
    """One line per joinable name; `row` is the position in the list."""
    lines: list[dict[str, Any]] = [
        {"row": position, **columns(row, name)}
        for position, row in enumerate(rows)
        for name in joinable_names(row)
    ]
    for number, line in enumerate(lines):
        line["unique_id"] = number
    numbers = [("unique_id", pa.int64()), ("row", pa.int64())]
    texts = [(column, pa.string()) for column in COLUMNS]
    return pa.Table.from_pylist(lines, schema=pa.schema(numbers + texts))


def _settings() -> SettingsCreator:
    known = {
        Field.NAME: _name_conditions(),
        Field.CODE: _equal_conditions("code"),
        Field.COUNTY: _equal_conditions("county"),
        Field.REPRESENTATIVE: _equal_conditions("representative"),
        Field.ADDRESS: _address_conditions(),
    }
    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=weights().prior,
        blocking_rules_to_generate_predictions=[block_on(*line) for line in key_rules()],
        comparisons=[_comparison(field, *known[field]) for field in field_levels()],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
        additional_columns_to_retain=["row", "full_name"],
    )


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
