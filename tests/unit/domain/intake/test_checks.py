"""Checks of a row as a whole."""

from pathlib import Path
from typing import Any

from tests.intake_files import parse, write_xlsx


def problems(path: Path, kind: str, *rows: list[Any]) -> list[tuple[str, str]]:
    parsed, _ = parse(write_xlsx(path / "t.xlsx", rows), kind)
    return [(problem.ref, str(problem.message)) for row in parsed for problem in row.problems]


def test_an_empty_required_cell_is_named_by_its_own_reference(tmp_path: Path) -> None:
    rows = [["企业名称", "信用代码", "备注"], [None, "91330421MATE5T017P", "x"]]
    assert problems(tmp_path, "case_ledger", *rows) == [("A2", "“企业名称”不能为空，请填写。")]


OBSERVED = ["企业名称", "年度", "综合能耗(吨标煤)"]


def test_energy_without_a_basis_is_asked_for(tmp_path: Path) -> None:
    found = problems(tmp_path, "observations", OBSERVED, ["演示一厂", 2020, 5])
    assert [ref for ref, _ in found] == ["C2"] and "没有说明“能耗口径”" in found[0][1]


def test_a_basis_in_the_header_or_beside_is_enough_but_must_agree(tmp_path: Path) -> None:
    assert problems(tmp_path, "observations", [*OBSERVED, "能耗口径"], ["演示一厂", 2020, 5, "当量"]) == []
    headers = ["企业名称", "年度", "综合能耗(吨标煤,等价)"]
    rows, _ = parse(write_xlsx(tmp_path / "h.xlsx", [headers, ["演示一厂", 2020, 5]]), "observations")
    assert rows[0].value("energy_basis") == "equivalent" and rows[0].cells["energy_basis"].ref == "C1"
    found = problems(tmp_path, "observations", [*headers, "能耗口径"], ["演示一厂", 2020, 5, "当量"])
    assert "请改成一致" in found[0][1]


def test_the_case_ledger_does_not_ask_for_a_basis(tmp_path: Path) -> None:
    assert problems(tmp_path, "case_ledger", ["企业名称", "综合能耗(吨标煤)"], ["演示一厂", 5]) == []


def test_the_year_in_a_header_must_be_the_rows(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "observations", ["企业名称", "年度", "2020年税收(万元)"], ["演示一厂", 2021, 5]
    )
    assert found == [("C2", "表头写的是 2020 年，这一行的年度是 2021，请核对后分行填写。")]


EVENTS = ["企业名称", "事项", "日期", "数量", "数量指标", "计量单位"]


def test_an_events_quantity_is_converted_by_the_unit_beside_it(tmp_path: Path) -> None:
    row = ["演示一厂", "签约", "2021-11-09", 2, "签约面积", "公顷"]
    rows, _ = parse(write_xlsx(tmp_path / "e.xlsx", [EVENTS, row]), "events")
    assert (rows[0].value("event"), rows[0].value("quantity"), rows[0].problems) == ("signed", 30, ())


def test_an_events_quantity_without_measure_or_unit_is_refused(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "events",
        EVENTS,
        ["演示一厂", "签约", "2021-11-09", 2, None, "亩"],
        ["演示一厂", "签约", "2021-11-09", 2, "签约面积", "吨"],
    )
    assert [ref for ref, _ in found] == ["D2", "D3"]
