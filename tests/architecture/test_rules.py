"""Rule files are data that say where they come from, in both languages of the product."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.kernel.rulefiles import load_rules_from

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "src/tenglong").rglob("*.toml"))


def tables(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a rule file, with the path to it."""
    if isinstance(value, dict):
        yield where, value
        for key, inner in value.items():
            yield from tables(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from tables(inner, f"{where}[{number}]")


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_rule_file_names_its_source(path: Path) -> None:
    assert len(tomllib.loads(path.read_text(encoding="utf-8"))["source"]) > 10
    assert load_rules_from(path).source


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_label_is_also_english(path: Path) -> None:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [where for where, table in tables(content) if table.get("zh") and not table.get("en")] == []
