"""The file of measures, and what is refused in one."""

import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import RuleFile
from tenglong.domain.roadmap.measures import batch_labels, measure_labels, measures, parse_measures
from tests.unit.domain.roadmap.invented import firm


def content() -> dict[str, Any]:
    text = resources.files("tenglong.domain.roadmap").joinpath("measures.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_every_measure_of_the_ledger_is_described() -> None:
    assert set(measures().measures) == set(measure_labels())
    assert measure_labels()["vacate_recover"] == "腾退收回"
    assert batch_labels()["upgrade"] == "提升"


def test_every_number_that_no_source_states_says_why() -> None:
    rows = [*content()["measure"], *content()["price"]]
    assert [row["id"] for row in rows if not row.get("assumed") and not row.get("source")] == []


def test_a_disabled_measure_is_not_offered() -> None:
    assert measures().suitable(firm("1", party="owner", grade="D"), ("close",)) == (
        measures().measures["close"],
    )
    assert measures().suitable(firm("1", measure="upgrade"), ("close",)) == ()


def test_a_figure_that_is_not_known_fits_no_range() -> None:
    offered = measures().suitable(firm("1", party="owner", grade="C"), ("upgrade", "legalise"))
    assert [measure.id for measure in offered] == ["upgrade"]


def test_a_contract_is_for_the_measure_that_the_case_names_if_it_is_one_with_a_contract() -> None:
    assert measures().contract("relocate_park").id == "relocate_park"
    assert measures().contract("close").id == measures().contract("").id == "vacate_recover"


def staff(row: dict[str, Any]) -> None:
    row["step"][0]["staff"] = "0.5"


WRONG: list[Callable[[dict[str, Any]], Any]] = [
    lambda row: row.pop("pays"),
    lambda row: row.update(id="shut"),
    lambda row: row.update(batches=["other"]),
    lambda row: row.update(pays=["gold"]),
    lambda row: row.update(paid="signed"),
    lambda row: row.update(bonus=True),
    lambda row: row["frees"].update(energy="1.5"),
    lambda row: row["frees"].update(money="1"),
    lambda row: row["suits"][0].update(size={"min": "1"}),
    lambda row: row["step"][0].update(kind="unheard_of"),
    lambda row: row["step"][0].update(calendar="lunar"),
    lambda row: row["step"][0].update(uses=["luck"]),
    staff,
]


@pytest.mark.parametrize("spoil", WRONG)
def test_a_file_that_does_not_fit_is_refused(spoil: Callable[[dict[str, Any]], Any]) -> None:
    given = content()
    close = given["measure"][0]
    assert close["id"] == "close"
    spoil(close)
    with pytest.raises(BadRules, match=r"规则文件 m\.toml 有误"):
        parse_measures(RuleFile("m.toml", given, ""))
