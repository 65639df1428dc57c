"""The columns that the register of firms can fill for a scheme (columns.toml), grades of past years among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tenglong.domain.kernel.rulefiles import load_rules

# The columns that the register of firms can fill for a scheme (columns.toml).

Origin = Literal["firm", "place", "land", "history"]

ALWAYS = ("id", "year", "name", "code", "place", "county", "town", "industry_code", "land")
"""What every kept table holds beside the columns of its scheme: what a reader of the results asks for."""


@dataclass(frozen=True)
class RegisterColumn:
    """A column by its id: where it comes from, its type and, for numbers, its unit.

    `groups`: firms are put together by it, so that it holds one of a few values.
    """

    id: str
    zh: str
    en: str
    type: Literal["number", "text"]
    origin: Origin
    unit: str = ""
    grade: str = ""
    groups: bool = False


@cache
def register_columns() -> dict[str, RegisterColumn]:
    """Every column of the file, by its id."""
    rows = load_rules("tenglong.domain.evaluation", "columns.toml").content["column"]
    return {
        id: RegisterColumn(
            id,
            row["zh"],
            row["en"],
            row["type"],
            row["from"],
            unit=row.get("unit", ""),
            grade=row.get("grade", ""),
            groups=row.get("groups", False),
        )
        for id, row in rows.items()
    }


# Grades over the years: how long a firm has been in a grade.


def years_in(grades: Mapping[int, str], grade: str, *, through: int) -> int:
    """How many years in a row, the last of them `through`, a firm had `grade`; a year without a grade ends the row."""
    count = 0
    while grades.get(through - count) == grade:
        count += 1
    return count


def last_grade(grades: Mapping[int, str], *, through: int) -> str:
    """The latest grade up to and including `through`; "" where there is none."""
    years = [year for year, grade in grades.items() if grade and year <= through]
    return grades[max(years)] if years else ""
