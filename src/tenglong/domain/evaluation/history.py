"""Grades over the years: how long a firm has been in a grade."""

from collections.abc import Mapping


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
