"""Measures and days as the tables beside this file say."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.building import generate
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.settings import default_settings


def cases(name: str) -> list[dict[str, Any]]:
    content = tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return content["case"]


def firm(known: dict[str, Any]) -> FirmFacts:
    found = {key: tuple(value) if isinstance(value, list) else value for key, value in known.items()}
    found |= {key: Decimal(found[key]) for key in ("land", "energy") if key in found}
    return replace(FirmFacts("1", 1, "演示", "330421103"), **found)


@pytest.mark.parametrize("case", cases("suits.toml"), ids=lambda case: case["name"])
def test_measures_suit_whom_the_table_says(case: dict[str, Any]) -> None:
    suitable = measures().suitable(firm(case["known"]), tuple(measures().measures))
    assert [measure.id for measure in suitable] == case["offered"]


@pytest.mark.parametrize("case", cases("steps.toml"), ids=lambda case: case["name"])
def test_steps_are_due_when_the_table_says(case: dict[str, Any]) -> None:
    start: date = case["start"]
    known = firm({"measure": case["measure"], "state": case.get("state", "")})
    settings = default_settings(start, start + timedelta(days=300), period="month")
    offer = generate([known], settings, shipped_calendar()).offers["1"][case["measure"]]
    kinds = [step.kind for step in offer.timetable.steps]
    assert dict(zip(kinds, offer.timetable.days[0], strict=True)) == case["days"]
