"""The gate of every step, and what it offers."""

from datetime import date

import pytest

from tenglong.domain.access.policy import (
    Actor,
    Grant,
    Matter,
    Needless,
    check_step,
    check_still,
    holders,
    load_process,
    offers,
    parse_process,
)
from tenglong.domain.access.roles import Permission, Role, roles
from tenglong.domain.kernel.errors import BadRules, BadValue, Bug, Conflict, NotAllowed
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, parse_rules
from tests.unit.domain.kernel.process.small import TEXT, content, letters

TODAY = date(2021, 9, 16)
HERE, THERE = 1, 2


def person(name: str, *places: int, role: str = "county_office") -> Actor:
    return Actor(name, (Grant(role, "330421", frozenset(places or (HERE, THERE))),))


def letter(state: str = "draft", **conditions) -> Matter:
    parts = {"wrote": ["甲"]} if state else {}
    return Matter(letters(), state, {"": HERE, "sender": THERE}, parts, conditions)


def refuse(error: type[Conflict]):
    def condition(actor: Actor, today: date) -> None:
        raise error(msg("今天不行。"))

    return condition


def offered(matter: Matter, actor: Actor) -> list[tuple[str, str]]:
    return [(offer.step.id, str(offer.barred or "")) for offer in offers(matter, actor, TODAY)]


def test_a_step_that_nobody_holds_is_refused_at_start() -> None:
    rules = content()
    rules["step"][1]["permission"] = ["issue", "verify"]  # each is held, but by nobody together
    known = {id: role for id, role in roles().items() if id != "city_office"}
    with pytest.raises(BadRules, match="没有角色拥有步骤“issue”所需的权限（issue、verify）"):
        parse_process(RuleFile("letter.toml", rules, ""), known=known)
    rules["step"][1]["permission"] = "dream"
    with pytest.raises(BadRules, match="没有角色拥有步骤“issue”所需的权限（dream）"):
        parse_process(RuleFile("letter.toml", rules, ""))
    rules["step"][1]["permission"] = []
    with pytest.raises(BadRules, match="没有角色拥有步骤“issue”"):
        parse_process(RuleFile("letter.toml", rules, ""))


def test_holders_have_all_permissions_of_a_step() -> None:
    process = parse_process(parse_rules("letter.toml", TEXT.encode()))
    both = Role("both", "两者", "Both", frozenset({Permission.ISSUE, Permission.VIEW}))
    one = Role("one", "一", "One", frozenset({Permission.ISSUE}))
    assert holders(process.steps["issue"], {"both": both, "one": one}) == ["both"]
    assert load_process("tenglong.domain.intake", "process.toml").id == "import"


def test_the_permission_is_asked_for_at_the_place_that_the_file_names() -> None:
    check_step(letter(), "issue", person("乙", THERE), TODAY)
    with pytest.raises(NotAllowed, match="没有“签发通报”的权限"):
        check_step(letter(), "issue", person("乙", HERE), TODAY)
    with pytest.raises(NotAllowed, match="没有“登记案件进展和佐证”的权限"):
        check_step(letter(), "drop", person("甲", THERE), TODAY, reason="重写")


def test_the_gate_asks_in_its_order() -> None:
    nobody, writer, other = person("丙", role="leader"), person("甲"), person("乙")
    with pytest.raises(NotAllowed, match="权限"):  # before the state
        check_step(letter("gone"), "issue", nobody, TODAY)
    with pytest.raises(Conflict, match="不能办理"):  # before the second person
        check_step(letter("gone"), "issue", writer, TODAY)
    with pytest.raises(NotAllowed, match="须由他人办理"):  # before the condition
        check_step(letter(issue=refuse(Conflict)), "issue", writer, TODAY)
    with pytest.raises(NotAllowed, match="只能由拟稿人"):  # before the reason
        check_step(letter(), "drop", other, TODAY)
    with pytest.raises(BadValue, match="须写明理由"):  # before the condition
        check_step(letter(drop=refuse(Conflict)), "drop", writer, TODAY)
    with pytest.raises(Conflict, match="今天不行"):
        check_step(letter(drop=refuse(Conflict)), "drop", writer, TODAY, reason="重写")
    with pytest.raises(BadValue, match="至少 1 份材料"):
        check_step(letter(""), "write", writer, TODAY)
    assert check_step(letter(), "drop", writer, TODAY, reason=" 重写 ") == "重写"


def test_what_is_offered_is_what_the_gate_lets_pass_and_what_must_wait_says_why() -> None:
    assert offered(letter(), person("甲")) == [
        ("issue", "“签发”须由他人办理：此前的工作是您本人经手的。"),
        ("drop", ""),
    ]
    assert offered(letter(), person("乙")) == [("issue", "")]  # dropping is not theirs: it is not shown
    assert offered(letter("late"), person("甲", HERE)) == []
    assert offered(letter(""), person("乙")) == [("write", "")]
    assert offered(letter(issue=refuse(Conflict)), person("乙")) == [("issue", "今天不行。")]
    assert offered(letter(issue=refuse(Needless)), person("乙")) == []
    assert offered(letter("gone"), person("乙")) == []


def test_an_account_is_known_by_its_number_where_rows_keep_it() -> None:
    wrote = Matter(letters(), "draft", {"": HERE, "sender": THERE}, {"wrote": [7]})
    namesake, same = Actor("甲", user_id=8), Actor("甲", user_id=7)
    assert wrote.played(same, "wrote") and not wrote.played(namesake, "wrote") and not wrote.played(same)
    assert same.known_as == {"甲", 7} and Actor("甲").known_as == {"甲"}
    assert letter().played(namesake, "wrote")  # a name is all that this row keeps


@pytest.mark.parametrize(
    "about",
    [
        {"parts": {}},  # who wrote it is forgotten: they could issue it themselves
        {"parts": {"wrote": [], "rote": []}},
        {"places": {"": HERE}},
        {"conditions": {"isue": refuse(Conflict)}},
    ],
)
def test_a_matter_that_forgets_or_misspells_is_a_mistake_of_the_program(about) -> None:
    whole = {"places": {"": HERE, "sender": THERE}, "parts": {"wrote": ["甲"]}}
    Matter(letters(), "draft", **whole)
    with pytest.raises(Bug):
        Matter(letters(), "draft", **(whole | about))


def test_a_job_asks_whether_the_right_is_still_held() -> None:
    check_still(letter("gone"), "write", person("乙"))
    with pytest.raises(NotAllowed):
        check_still(letter("gone"), "write", person("乙", role="leader"))
