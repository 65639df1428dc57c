"""Who bears the four duties of a task by name, and which of its words name nobody who is registered."""

from datetime import UTC, date, datetime
from typing import Any

from tenglong.domain.registry.duties import Task, four_duties, unit_named, unregistered
from tenglong.domain.registry.organisation import Chart, Fact, Organisation, Subject

DAY, LATER = date(2021, 4, 27), date(2021, 9, 1)
KNOWN = datetime(2021, 4, 27, tzinfo=UTC)
COUNTY, TOWN = "330421", "330421102"
UNIT, PERSON, POST = Subject.UNIT, Subject.PERSON, Subject.POST
TOLD: tuple[tuple[Subject, int, date, dict[str, Any]], ...] = (
    (UNIT, 1, DAY, {"kind": "headquarters", "name": "演示指挥部", "place": COUNTY}),
    (UNIT, 2, DAY, {"kind": "department", "name": "演示经信局", "place": COUNTY, "function": "industry"}),
    (UNIT, 3, DAY, {"kind": "department", "name": "演示自规局", "place": COUNTY, "function": "land"}),
    (UNIT, 2, LATER, {"name": "演示工信局"}),
    (PERSON, 1, DAY, {"name": "演示甲", "place": COUNTY}),
    (PERSON, 2, DAY, {"name": "演示乙", "place": COUNTY}),
    (POST, 1, DAY, {"person": 1, "unit": 1, "kind": "head"}),
    (POST, 2, DAY, {"person": 2, "unit": 1, "kind": "deputy", "acts_for": 1}),
)


def chart(day: date = LATER) -> Chart:
    return Organisation(
        Fact(id, subject, number, since, said, KNOWN, None)
        for id, (subject, number, since, said) in enumerate(TOLD, 1)
    ).at(day)


def test_duties_are_borne_by_name_with_who_acts_for_them() -> None:
    task = Task((TOWN, COUNTY), batch="vacate", department="演示工信局")
    duties = {duty.rule.id: duty.units for duty in four_duties(task, chart())}
    (main,), (lead,), (join,) = duties["main"], duties["lead"], duties["join"]
    assert [(one.name, one.deputies) for one in main.people] == [("演示甲", ("演示乙",))]
    assert (lead.name, lead.people) == ("演示工信局", ())
    assert join.name == "演示自规局"


def test_a_unit_is_meant_by_its_name_of_the_day_or_an_earlier_one_of_its_places() -> None:
    for text in ("演示工信局", "演示经信局"):
        found = unit_named(text, "department", (TOWN, COUNTY), chart())
        assert found is not None and found.id == 2
    assert unit_named("演示工信局", "department", ("330482",), chart()) is None
    assert unit_named("", "department", (COUNTY,), chart()) is None


def test_words_that_name_nobody_are_told() -> None:
    task = Task((COUNTY,), department="演示经信局", team="无此组", responsible="演示丙")
    assert unregistered(task, chart()) == ("team", "responsible")
    assert unregistered(Task((COUNTY,), responsible="演示甲"), chart()) == ()
