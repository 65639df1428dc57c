"""Suspects from a file, with the reasons."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tenglong.cli.__main__ import main
from tests.unit.domain.evaluation.tables.samples import write_csv

HEADER = ["企业名称", "统一社会信用代码", "年度", "行业门类", "规模", "实际用地(㎡)", "税收(元)"]
FIRMS = [
    ["演示一厂", "X1", "2022", "C", "规上", "66666", "10000"],
    ["演示二厂", "X2", "2022", "C", "规上", "6666.7", "90000000"],
    ["演示三厂", "X3", "2022", "C", "规上", "未知", "1"],
    ["演示四厂", "X4", "2021", "C", "规上", "66666", "10000"],
]


def run(tmp_path: Path, output: str, *rules: str) -> Path:
    write_csv(tmp_path / "firms.csv", [HEADER, *FIRMS])
    assert (
        main(["screen", *(rules or ("default",)), str(tmp_path / "firms.csv"), str(tmp_path / output)]) == 0
    )
    return tmp_path / output


def test_hits_untested_rules_and_unread_rows_are_all_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = pl.read_csv(run(tmp_path, "out.csv"), infer_schema=False)
    assert set(rows["result"]) >= {"未能检验", "无法读取"}
    hits = rows.filter(pl.col("result") == "疑似")
    assert set(hits["id"]) == {"X1"}, "X4 is of another year"
    assert all(hits["sentence"]) and all(hits["source"])
    assert "疑似企业 1 家" in capsys.readouterr().out


def test_the_workbook(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(run(tmp_path, "out.xlsx")).active
    assert [cell.value for cell in page[3]][:3] == ["企业编号", "企业名称", "结果"]


def test_a_county_changes_thresholds(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('id = "own"\nsource = "示例"\n[rule.R99]\nenabled = false\n', encoding="utf-8")
    write_csv(tmp_path / "firms.csv", [HEADER, *FIRMS])
    assert main(["screen", str(own), str(tmp_path / "firms.csv"), str(tmp_path / "out.csv")]) == 4
