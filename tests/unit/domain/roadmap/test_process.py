"""States and steps of a roadmap."""

from typing import Any

import pytest

from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.roadmap.process import parse_roadmap_rules, roadmap_rules


def content() -> dict[str, Any]:
    """The shipped file, to be changed."""
    return load_rules("tenglong.domain.roadmap", "process.toml").content


def test_a_roadmap_is_planned_adopted_and_replaced_and_goes_nowhere_else() -> None:
    process = roadmap_rules().process
    changing = {
        state: [step.id for step in process.steps.values() if step.open_in(state) and step.to]
        for state in process.states
    }
    assert changing == {
        "computing": ["withdraw"],
        "failed": ["retry", "withdraw"],
        "planned": ["adopt", "withdraw"],
        "infeasible": ["withdraw"],
        "adopted": [],
        "approved": [],
        "replaced": [],
        "withdrawn": [],
    }
    assert process.steps["withdraw"].reason and process.after("replaced", "adopted") == "replaced"


def test_a_department_plans_but_only_offices_adopt() -> None:
    planners = {id for id, role in roles().items() if Permission.ROADMAP_PLAN in role.grants}
    adopters = {id for id, role in roles().items() if Permission.ROADMAP_ADOPT in role.grants}
    assert planners == {"city_office", "county_office", "department"}
    assert adopters == {"city_office", "county_office"}


def test_a_second_person_is_asked_for_only_where_the_rules_say_so() -> None:
    steps = roadmap_rules().process.steps
    assert steps["adopt"].not_by == () and steps["approve"].not_by == ("requested", "adopted")


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file["step"][0].update({"permission": "roadmap_dream"}),
        lambda file: file["step"][1].update({"from": ["dreamt"]}),
        lambda file: file["state"][0].pop("zh"),
        lambda file: file["front"].pop("points"),
    ],
)
def test_a_file_with_a_mistake_is_refused(change: Any) -> None:
    broken = content()
    change(broken)
    with pytest.raises(BadRules, match=r"process\.toml"):
        parse_roadmap_rules(RuleFile("process.toml", broken, "digest"))
