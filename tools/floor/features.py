"""Which features of pages are newer than the oldest browser: the tables of this folder, looked up by kind."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Found:
    """A feature that the oldest browser lacks, and the line it stands on."""

    feature: str
    since: int
    line: int


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


@cache
def oldest() -> int:
    """The Chromium that pages are made for."""
    return int(_read("floor.toml")["chromium"])


@cache
def newer(kind: str) -> dict[str, int]:
    """The features of `kind`, a section of newer.toml, that the oldest browser lacks, and since when there are."""
    versions = _read("newer.toml")[kind]
    return {name: int(since) for since, names in versions.items() for name in names if int(since) > oldest()}


@cache
def borne() -> frozenset[tuple[str, str]]:
    """File (or "" for every one) and feature of what floor.toml allows, each with its reason there."""
    allowed = _read("floor.toml")["borne"]
    return frozenset((one.get("file", ""), feature) for one in allowed for feature in one["features"])
