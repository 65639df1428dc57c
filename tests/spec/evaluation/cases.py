"""Small tables of firms with what a scheme makes of them; every engine must give the same.

A case states the parts of a scheme that matter; columns, titles and labels are filled in. Tables are words in columns;
"-" is missing. Expected numbers may be fractions (10/3).
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tenglong.domain.evaluation.engines.reference.rows import Value
from tenglong.domain.evaluation.loading import parse_scheme
from tenglong.domain.evaluation.results import Outcome
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.rulefiles import RuleFile

HERE = Path(__file__).parent
YEAR = 2022
COLUMNS = {
    **dict.fromkeys(("county", "industry", "scale", "parcel"), "text"),
    **dict.fromkeys(("tax", "land", "staff", "energy"), "number"),
    **dict.fromkeys(("fresh", "accident", "honour"), "flag"),
}
INDICATOR = {"numerator": "tax", "unit": "万元", "weight": 1, "method": "value"}
TEXTS = ("status", "reason", "grade", "grade_by_quota", "adjustments")


@dataclass(frozen=True)
class Case:
    """A scheme, rows of firms, and the cells that the result must have."""

    name: str
    statement: str
    scheme: Scheme
    rows: tuple[dict[str, Value], ...]
    expected: tuple[dict[str, str], ...]


def cases() -> Iterator[Case]:
    """Every case of this folder."""
    for path in sorted(HERE.glob("*.toml")):
        for case in tomllib.loads(path.read_text("utf-8"))["case"]:
            yield Case(
                case["name"],
                case["statement"],
                scheme_of(case["scheme"]),
                tuple({"year": YEAR, **_typed(row)} for row in _table(case["rows"])),
                tuple(_table(case["expect"])),
            )


def scheme_of(text: str) -> Scheme:
    """A scheme from its interesting parts; without an indicator it ranks by the column `tax`."""
    content: dict[str, Any] = {
        "source": "虚构的办法，只用于测试",
        "id": "case",
        "title": "测试",
        "title_en": "A test",
        "place": "某县",
        "year": YEAR,
        "version": 1,
        "column": {id: {"zh": id, "en": id, "type": kind} for id, kind in COLUMNS.items()},
        **tomllib.loads(text, parse_float=Decimal),
    }
    content["indicator"] = [
        {**INDICATOR, **one, **_labels(one)} for one in content.get("indicator", [{"id": "x"}])
    ]
    for key in ("exempt", "points", "adjust"):
        content[key] = [{**one, **_labels(one)} for one in content.get(key, [])]
    return parse_scheme(RuleFile("case.toml", content, "0" * 64))


def cell(outcome: Outcome, column: str) -> str | Fraction | None:
    """One cell of a result: numbers exact, "" as None."""
    items = {item.indicator: item for item in outcome.items}
    kind, _, indicator = column.partition("_")
    if indicator in items:
        found = getattr(items[indicator], kind)
    elif column == "adjustments":
        found = "+".join(outcome.adjustments)
    elif column == "points":
        found = outcome.bonus - outcome.deduction
    else:
        found = getattr(outcome, column)
    return found or None if isinstance(found, str) or found is None else Fraction(found)


def expected_cell(text: str, column: str) -> str | Fraction | None:
    """A cell of an expected table in the form of `cell`."""
    if text == "-":
        return None
    return text if column in TEXTS or column.startswith("how_") else Fraction(text)


def _labels(part: dict[str, Any]) -> dict[str, str]:
    return {"zh": part["id"], "en": part["id"]}


def _table(text: str) -> list[dict[str, str]]:
    header, *lines = (line.split() for line in text.strip().splitlines())
    return [dict(zip(header, line, strict=True)) for line in lines]


def _typed(row: dict[str, str]) -> dict[str, Value]:
    return {column: _value(column, text) for column, text in row.items()}


def _value(column: str, text: str) -> Value:
    if text == "-":
        return None
    kind = COLUMNS.get(column, "text")
    if kind == "flag":
        return {"yes": True, "no": False}[text]
    if column == "year":
        return int(text)
    return Decimal(text) if kind == "number" else text
