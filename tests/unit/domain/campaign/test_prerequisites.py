"""What must stand on file before a person records an entry."""

from datetime import date

import pytest

from tenglong.domain.campaign.prerequisites import check_prerequisites, hindrance, parse_prerequisites
from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.kernel.errors import BadRules, Conflict
from tenglong.domain.kernel.rulefiles import RuleFile
from tenglong.domain.ledger.entries import Draft

FRIDAY = date(2021, 9, 24)
"""The week after it: a working Sunday (26 September), four days, then the National Day holidays until the 7th."""


def told(*kinds: str, day: date = FRIDAY) -> list[Draft]:
    return [Draft(1, kind, day) for kind in ("targeted", *kinds)]


def said(kind: str, history: list[Draft], day: date = FRIDAY) -> str:
    return str(hindrance(kind, day, history, shipped_calendar) or "")


@pytest.mark.parametrize(
    ("kind", "before", "sentence"),
    [
        ("paid_amount", ["signed"], "请先登记“抵押查封核查无碍”"),
        ("paid_amount", ["signed", "unencumbered"], ""),
        ("paid_amount", ["signed", "unencumbered", "encumbered"], "请先登记“抵押查封核查无碍”"),
        ("power_cut", ["signed", "power_shared"], "请先登记“电表已分户”"),
        ("power_cut", ["signed", "power_shared", "power_split"], ""),
        ("water_cut", ["signed", "power_shared"], ""),
        ("water_cut", ["signed", "water_shared"], "请先登记“水表已分户”"),
        ("decided", [], "请先登记“下达告知书”"),
        ("decided", ["noticed", "hearing_waived"], ""),
        ("decided", ["noticed", "hearing_requested"], "请先登记“举行听证”"),
        ("decided", ["noticed", "hearing_requested", "hearing_held"], ""),
        ("decided", ["noticed", "hearing_waived", "noticed"], "工作日"),
        ("note", [], ""),
    ],
)
def test_what_is_missing_is_named(kind: str, before: list[str], sentence: str) -> None:
    found = said(kind, told(*before))
    assert sentence in found and bool(sentence) == bool(found)


def test_the_time_to_request_a_hearing_is_counted_in_working_days() -> None:
    history = told("noticed")
    assert "到 2021-09-30 止" in said("decided", history, date(2021, 9, 30))
    assert said("decided", history, date(2021, 10, 1)) == ""
    with pytest.raises(Conflict, match="听证申请期限内"):
        check_prerequisites("decided", FRIDAY, history, shipped_calendar)


def test_what_happened_later_does_not_speak_for_an_earlier_day() -> None:
    history = [*told("signed"), Draft(1, "unencumbered", date(2021, 10, 8))]
    assert said("paid_amount", history, date(2021, 9, 30)) and not said(
        "paid_amount", history, date(2021, 10, 8)
    )


@pytest.mark.parametrize(
    "row", [{"kind": "nothing"}, {"kind": "note", "any_of": ["nothing"], "zh": "", "en": ""}]
)
def test_a_wrong_rule_file_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(BadRules, match="need 有误"):
        parse_prerequisites(RuleFile("x.toml", {"need": [row]}, ""))
