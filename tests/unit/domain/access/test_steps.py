"""States, and the steps between them."""

from typing import Any

import pytest

from tenglong.domain.access.roles import Permission
from tenglong.domain.access.steps import Step, check_other_person, given_reason, read_states, read_steps
from tenglong.domain.kernel.errors import BadValue, NotAllowed

FILE: dict[str, Any] = {
    "state": [{"id": "draft", "zh": "草稿", "en": "Draft"}, {"id": "issued", "zh": "已签发", "en": "Issued"}],
    "step": [
        {
            "id": "issue",
            "zh": "签发",
            "en": "Issue",
            "permission": "issue",
            "from": ["draft"],
            "to": "issued",
            "not_by": ["requested"],
        },
        {"id": "ask", "zh": "申请", "en": "Ask", "permission": "view", "reason": True},
    ],
}


def steps() -> dict[str, Step]:
    return read_steps(FILE, read_states(FILE))


def test_a_step_is_open_in_its_states_and_one_without_states_always() -> None:
    issue, ask = steps()["issue"], steps()["ask"]
    assert issue.permission is Permission.ISSUE and issue.to == "issued"
    assert issue.open_in("draft") and not issue.open_in("issued") and ask.open_in("issued")


@pytest.mark.parametrize(("key", "value"), [("to", "gone"), ("from", ["gone"]), ("permission", "dream")])
def test_a_step_names_what_there_is(key: str, value: object) -> None:
    rows = [{**FILE["step"][0], key: value}]
    with pytest.raises((KeyError, ValueError)):
        read_steps({"step": rows}, read_states(FILE))


def test_nobody_approves_their_own_work() -> None:
    check_other_person(steps()["issue"], "乙", {"requested": "甲"})
    check_other_person(steps()["ask"], "甲", {"requested": "甲"})
    with pytest.raises(NotAllowed, match="“签发”须由他人办理"):
        check_other_person(steps()["issue"], "甲", {"requested": "甲"})


def test_a_reason_is_words() -> None:
    assert given_reason(steps()["ask"], "  数据有误 ") == "数据有误"
    with pytest.raises(BadValue, match="“申请”须写明理由"):
        given_reason(steps()["ask"], "  ")
