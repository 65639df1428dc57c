"""States and steps of a roadmap."""

from typing import Any

import pytest

from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.access.steps import Step, check_other_person
from tenglong.domain.kernel.errors import BadRules, Conflict, NotAllowed
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.roadmap.process import check_step, parse_process, process


def content() -> dict[str, Any]:
    """The shipped file, to be changed."""
    return load_rules("tenglong.domain.roadmap", "process.toml").content


def test_a_roadmap_is_planned_adopted_and_replaced_and_goes_nowhere_else() -> None:
    assert check_step("adopt", "planned").to == "adopted"
    assert check_step("adopt", "planned").permission is Permission.ROADMAP_ADOPT
    assert check_step("withdraw", "computing").reason
    for step, state in (
        ("adopt", "adopted"),
        ("adopt", "infeasible"),
        ("withdraw", "adopted"),
        ("retry", "planned"),
        ("replan", "replaced"),
    ):
        with pytest.raises(Conflict, match="不能办理"):
            check_step(step, state)


def test_nothing_leaves_an_ended_state() -> None:
    ended = {"replaced", "withdrawn", "failed"}
    assert not [step.id for step in process().steps.values() if ended & set(step.sources)]


def test_a_department_plans_but_only_offices_adopt() -> None:
    planners = {id for id, role in roles().items() if Permission.ROADMAP_PLAN in role.grants}
    adopters = {id for id, role in roles().items() if Permission.ROADMAP_ADOPT in role.grants}
    assert planners == {"city_office", "county_office", "department"}
    assert adopters == {"city_office", "county_office"}


def test_a_second_person_is_asked_for_only_where_the_rules_say_so() -> None:
    check_other_person(check_step("adopt", "planned"), "甲", {"requested": "甲"})
    strict = Step("adopt", "采纳", "Adopt", Permission.ROADMAP_ADOPT, not_by=("requested",))
    check_other_person(strict, "乙", {"requested": "甲"})
    with pytest.raises(NotAllowed, match="他人"):
        check_other_person(strict, "甲", {"requested": "甲"})


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file["step"][0].update({"permission": "roadmap_dream"}),
        lambda file: file["step"][1].update({"from": ["dreamt"]}),
        lambda file: file["state"][0].pop("zh"),
    ],
)
def test_a_file_with_a_mistake_is_refused(change: Any) -> None:
    broken = content()
    change(broken)
    with pytest.raises(BadRules, match=r"process\.toml"):
        parse_process(RuleFile("process.toml", broken, "digest"))
