"""Which rows are worth comparing: those that share a key."""

from collections.abc import Iterator

from tenglong.domain.campaign.reconciliation.comparison import (
    Candidate,
    joinable_names,
    rules,
    valid_code,
)
from tenglong.domain.registry.names import NormalName

Columns = dict[str, str | None]
COLUMNS = (
    *("full_name", "core", "head", "second", "third", "inner", "tail", "body"),
    *("code", "county", "representative"),
    *("address", "road", "number"),
)


def key_rules() -> list[list[str]]:
    """The lines of keys of reconciliation.toml; a line with an unknown value blocks nothing."""
    keys: list[list[str]] = rules().content["blocking"]["keys"]
    return keys


def columns(row: Candidate, name: NormalName) -> Columns:
    """The COLUMNS of one name of one row; None for what is not known."""
    core, address = name.core, row.address
    values = (
        *(name.full, core, core[:2], core[1:3], core[2:4], core[-4:-2], core[-2:], core[-4:]),
        *(valid_code(row), row.county, row.representative),
        *(address.text, address.road, address.number),
    )
    return {column: value or None for column, value in zip(COLUMNS, values, strict=True)}


def key_of(said: Columns, line: list[str]) -> str | None:
    """The columns of a line of keys as one text; None where one of them is not known."""
    parts = [part for part in (said[column] for column in line) if part is not None]
    return "|".join(parts) if len(parts) == len(line) else None


def keys(row: Candidate) -> Iterator[tuple[int, str]]:
    """Every blocking key of a row, over all its names."""
    for name in joinable_names(row):
        values = columns(row, name)
        for position, line in enumerate(key_rules()):
            if (key := key_of(values, line)) is not None:
                yield position, key
