"""What a roadmap rests on that no source states."""

from datetime import date
from typing import Any

from tenglong.domain.roadmap.assumptions import Assumption, assumptions_of
from tenglong.domain.roadmap.settings import default_settings


def found(**stated: Any) -> list[Assumption]:
    return list(assumptions_of(default_settings(date(2021, 5, 1), date(2021, 12, 31), **stated)))


def about(rows: list[Assumption], subject: str) -> list[Assumption]:
    return [row for row in rows if str(row.about) == subject]


def test_every_assumption_names_its_subject_and_its_reason() -> None:
    rows = found()
    assert all(str(row.about) and row.why for row in rows)
    assert ("20", "每组4人、每周5个工作日") in [(row.value, row.why) for row in about(rows, "人力")]
    assert about(rows, "土地补偿")[0].value == "30 万元/亩"
    assert about(rows, "未填报的数据") and about(rows, "关停淘汰") and about(rows, "先后次序")


def test_what_an_office_states_is_no_assumption_any_more() -> None:
    stated = {"prices": {"land": "35"}, "estimates": {"workshop": "280"}, "capacity": {"legal_per_week": 9}}
    rows = found(**stated)
    assert about(rows, "土地补偿") == [] and "7" not in [row.value for row in about(rows, "人力")]
    assert len(about(rows, "人力")) == len(about(found(), "人力")) - 1
    assert "300" not in [row.value for row in about(rows, "未填报的数据")]


def test_what_an_office_assumes_itself_is_told_with_its_own_reason() -> None:
    rows = found(capacity={"legal_per_week": 9, "assumed": {"legal_per_week": "从邻县借用两支执法队"}})
    assert ("9", "从邻县借用两支执法队") in [(row.value, row.why) for row in about(rows, "人力")]


def test_measures_that_may_not_be_taken_are_left_out() -> None:
    rows = found(measures=["vacate_recover"])
    assert about(rows, "腾退收回") and not about(rows, "关停淘汰")
