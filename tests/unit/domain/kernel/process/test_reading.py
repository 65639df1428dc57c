"""A process that does not fit together is refused, with the file's name and a sentence."""

from collections.abc import Callable
from typing import Any

import pytest

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.process import check_rows, read_process, unreachable
from tenglong.domain.kernel.rulefiles import RuleFile
from tests.unit.domain.kernel.process.small import content, letters

Spoil = Callable[[dict[str, Any]], object]
NEW = {"zh": "新", "en": "New"}

REFUSED: list[tuple[str, Spoil]] = [
    ("文件中没有“stat”这一项", lambda rules: rules.update(stat=[])),
    ("process中没有“name”这一项", lambda rules: rules["process"].update(name="x")),
    ("process缺少“zh”", lambda rules: rules["process"].pop("zh")),
    ("state late中没有“lookof”这一项", lambda rules: rules["state"][1].update(lookof="draft")),
    ("step issue中没有“permisson”这一项", lambda rules: rules["step"][1].update(permisson="issue")),
    ("step issue缺少“permission”", lambda rules: rules["step"][1].pop("permission")),
    ("event expired中没有“reason”这一项", lambda rules: rules["event"][0].update(reason=True)),
    ("parts wrote缺少“en”", lambda rules: rules["parts"]["wrote"].pop("en")),
    ("step issue写了两次", lambda rules: rules["step"].append(dict(rules["step"][1]))),
    ("state gone写了两次", lambda rules: rules["state"].append(dict(rules["state"][3]))),
    ("event expired写了两次", lambda rules: rules["event"].append(dict(rules["event"][0]))),
    ("state须写成 \\[\\[state\\]\\]|“state”须写成", lambda rules: rules.update(state=rules["state"][0])),
    ("step issue的“within”写法不对：3 天", lambda rules: rules["step"][1].update(within="3 天")),
    ("step issue的“within”写法不对：True", lambda rules: rules["step"][1].update(within=True)),
    ("step issue的“not_by”写法不对", lambda rules: rules["step"][1].update(not_by=[1])),
    ("“issue”用了没有定义的状态“dreamt”", lambda rules: rules["step"][1].update({"from": ["dreamt"]})),
    ("“expired”用了没有定义的状态“dust”", lambda rules: rules["event"][0].update(to="dust")),
    ("“expired”不能到达状态“late”", lambda rules: rules["event"][0].update(to="late")),
    ("状态“late”的 look_of 须为一个实际保存的状态", lambda rules: rules["state"][1].update(look_of="dust")),
    ("步骤“issue”用了没有定义的经手人“wrot”", lambda rules: rules["step"][1].update(not_by="wrot")),
    ("步骤“drop”用了没有定义的经手人“read”", lambda rules: rules["step"][2].update(only_by="read")),
    ("步骤“issue”用了没有定义的地点“nowhere”", lambda rules: rules["step"][1].update(at="nowhere")),
    ("“write”没有写明到哪里", lambda rules: rules["step"][0].pop("to")),
    ("“expired”没有写明到哪里", lambda rules: rules["event"][0].update(to=[])),
    ("步骤“write”没有 from，此前没有人经手", lambda rules: rules["step"][0].update(only_by="wrote")),
    ("步骤“write”没有 from，此前没有人经手", lambda rules: rules["step"][0].update(not_by="wrote")),
    ("step write的“files”写法不对：-1", lambda rules: rules["step"][0].update(files=-1)),
    ("“event”须写成", lambda rules: rules.update(event=["expired"])),
    ("状态“draft”有开始的步骤，请标为初态", lambda rules: rules["state"][0].pop("initial")),
    ("初态“issued”没有开始的步骤", lambda rules: rules["state"][2].update(initial=True)),
    (
        "没有任何步骤或事件到达状态“island”",
        lambda rules: rules["state"].append({"id": "island", **NEW, "final": True}),
    ),
    (
        "没有任何步骤或事件到达状态“one”",  # two that only lead to each other
        lambda rules: (
            rules["state"].extend([{"id": "one", **NEW}, {"id": "two", **NEW}]),
            rules["event"].append({"id": "there", "from": "one", "to": "two"}),
            rules["event"].append({"id": "back", "from": "two", "to": "one"}),
        ),
    ),
    ("状态“issued”是终态", lambda rules: rules["state"][2].update(final=True)),
    ("状态“gone”没有后续步骤或事件", lambda rules: rules["state"][3].pop("final")),
]


@pytest.mark.parametrize(("said", "spoil"), REFUSED, ids=[said for said, _ in REFUSED])
def test_a_file_with_a_mistake_is_refused(said: str, spoil: Spoil) -> None:
    rules = content()
    spoil(rules)
    with pytest.raises(BadRules, match=f"规则文件 letter.toml 有误：.*({said})"):
        read_process(RuleFile("letter.toml", rules, ""))


def test_one_name_does_where_a_list_may_stand() -> None:
    process = letters()
    assert process.steps["issue"].permissions == ("issue", "view") and process.steps["issue"].not_by == (
        "wrote",
    )
    assert process.steps["write"].permissions == ("record",) and process.events["expired"].to == ("gone",)
    assert [state.id for state in process.states.values() if state.initial] == ["draft"]


def test_tables_of_the_topic_itself_are_let_through() -> None:
    rules = RuleFile("letter.toml", {**content(), "paper": {"size": 4}}, "")
    assert read_process(rules, own=("paper",)).id == "letter"
    with pytest.raises(BadRules, match="没有“paper”这一项"):
        read_process(rules)


def test_rows_of_other_files_are_checked_in_the_same_way() -> None:
    check_rows("f.toml", "move", [{"kind": "a"}, {"kind": "b", "to": "x"}], "kind", {"kind", "to"})
    with pytest.raises(BadRules, match="move a中没有“too”这一项"):
        check_rows("f.toml", "move", [{"kind": "a", "too": 1}], "kind", {"kind", "to"})
    with pytest.raises(BadRules, match="move a写了两次"):
        check_rows("f.toml", "move", [{"kind": "a"}, {"kind": "a"}], "kind", {"kind", "to"})


def test_what_no_way_leads_to_is_found() -> None:
    assert unreachable("abcd", ["a"], [("a", "b"), ("c", "d"), ("d", "c")]) == ["c", "d"]
