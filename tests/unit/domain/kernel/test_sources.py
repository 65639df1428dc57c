"""What users read of where something comes from: documents, never developers' notes."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.kernel.rulefiles import load_rules_from
from tenglong.domain.kernel.sources import ASSUMED, is_clean, told, told_in

RULES = sorted((Path(__file__).resolve().parents[4] / "src/tenglong").rglob("*.toml"))


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (
            "浙政办发〔2019〕62号 [S21]；全省（含宁波），至 2021-12-31",
            "浙政办发〔2019〕62号；全省（含宁波），至 2021-12-31",
        ),
        ("[S39][S62]", ASSUMED),
        ("domain.md §8.2 [inference]: green from 0; a city replaces this file", ASSUMED),
        ("平湖 [S02]：3/5/10万元/亩三档", "平湖：3/5/10万元/亩三档"),
        ("按销号率（domain.md §4.4）", "按销号率"),
        ("https://example.org/a.html [S20]", "https://example.org/a.html"),
        ("统计法第二十五条", "统计法第二十五条"),
        ("早搬早奖、逐年递减：domain.md §9.4 [S46]", "早搬早奖、逐年递减"),
    ],
)
def test_marks_and_sections_of_notes_are_left_out(said: str, read: str) -> None:
    assert told(said) == read


def test_only_what_says_where_something_comes_from_is_touched() -> None:
    table = {
        "text": "[S01]",
        "source": "[S01]",
        "rows": [{"note": "见[S01]"}],
        "assumed": {"a": "约数[memory]"},
    }
    assert told_in(table) == {
        "text": "[S01]", "source": ASSUMED, "rows": [{"note": "见"}], "assumed": {"a": "约数"},
    }  # fmt: skip


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_nothing_that_is_read_from_a_rule_file_holds_notes(path: Path) -> None:
    assert tomllib.loads(path.read_text(encoding="utf-8"))
    assert [text for text in texts(load_rules_from(path).content) if not is_clean(text)] == []
