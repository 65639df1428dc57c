"""Every kind of job has its lane, and a wrong file is refused with a sentence."""

from typing import Any

import pytest

from tenglong.domain.jobs.lanes import lanes, parse_lanes
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import RuleFile

LANE = {"id": "short", "zh": "短", "en": "Short", "at_once": 1, "alone": False}
KIND = {"id": "look", "zh": "看", "en": "Look", "lane": "short"}
GOOD = {"lease": {"seconds": 60, "beat": 10}, "lane": [LANE], "kind": [KIND]}


def parsed(**changes: Any) -> Any:
    return parse_lanes(RuleFile("lanes.toml", {**GOOD, **changes}, ""))


def test_solvers_and_evaluations_keep_nobody_waiting() -> None:
    short = {id for id, kind in lanes().kinds.items() if kind.lane == "short"}
    assert {"stage_import", "issue_bulletin", "verify_ledger"} <= short
    for kind in ("plan_roadmap", "find_front", "what_if", "evaluate", "find_cheapest"):
        assert lanes().lane_of(kind).id == "long"
    assert lanes().lane_of("accept_import").alone


def test_a_kind_without_a_lane_or_without_a_handler_is_refused() -> None:
    found = parsed()
    found.check_kinds(["look"])
    with pytest.raises(BadRules, match="“listen”没有队列"):
        found.check_kinds(["look", "listen"])
    with pytest.raises(BadRules, match="“look”没有程序办理"):
        found.check_kinds([])
    with pytest.raises(BadRules, match="没有队列"):
        found.lane_of("listen")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": [KIND | {"lane": "fast"}]},
        {"kind": [KIND, KIND]},
        {"kind": [KIND | {"speed": 1}]},
        {"lane": [LANE, LANE]},
        {"lane": [LANE | {"at_once": 0}]},
        {"lane": [{"id": "short"}]},
        {"lease": {"seconds": 20, "beat": 10}},
        {"lease": {"seconds": 20}},
    ],
)
def test_a_wrong_file_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadRules, match=r"lanes\.toml 有误"):
        parsed(**changes)
