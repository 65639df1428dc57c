"""Firms in a file get their grades without a database."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tenglong.cli.__main__ import main
from tenglong.cli.evaluation.results import write_frame
from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, SCHEME, write_table

BAD = ("演示四厂", "X4", "2022", "不详", "1", "1", "17", "否")
ROWS = [HEADER, *FIRMS, BAD]

Run = Callable[..., int]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scheme and the same firms as CSV, workbook and Parquet, in which commands run."""
    (tmp_path / "scheme.toml").write_text(SCHEME, encoding="utf-8")
    for suffix in (".csv", ".xlsx", ".parquet"):
        write_table(tmp_path / f"firms{suffix}", ROWS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_every_input_and_engine_gives_the_same_bytes(files: Path, suffix: str) -> None:
    results = []
    for source in ("csv", "xlsx", "parquet"):
        for engine in ("polars", "duckdb", "reference"):
            output = f"{source}-{engine}.{suffix}"
            arguments = [
                "evaluate",
                "scheme.toml",
                f"firms.{source}",
                output,
                "--engine",
                engine,
                "--details",
            ]
            assert main([*arguments, "--memory", "1GiB"]) == 0
            results.append((files / output).read_bytes())
    assert len(set(results)) == 1


def test_rows_in_are_rows_out(files: Path) -> None:
    assert main(["evaluate", "scheme.toml", "firms.csv", "out.parquet"]) == 0
    rows = pl.read_parquet(files / "out.parquet").select("id", "status", "reason", "grade").rows()
    assert rows == [
        ("X1", "rated", "", "A"),
        ("X2", "rated", "", "B"),
        ("X3", "not_rated", "fresh_firm", ""),
        ("X4", "not_rated", "unreadable", ""),
    ]


def test_the_summary_says_what_was_used_and_what_came_out(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "scheme.toml", "firms.xlsx", "out.csv"]) == 0
    said = capsys.readouterr().out
    for word in (
        "demo 第 1 版",
        "4 行，2022 年",
        "台账!D5",
        "已评",
        "新上规企业",
        "亩均税收",
        "分数线",
        "内存峰值",
    ):
        assert word in said


def test_the_workbook_is_for_people(files: Path) -> None:
    assert main(["evaluate", "scheme.toml", "firms.csv", "out.xlsx"]) == 0
    book = openpyxl.load_workbook(files / "out.xlsx")
    assert book.sheetnames == ["评价结果", "基准值与分数线", "未评企业"]
    listed = book["评价结果"]
    assert listed.freeze_panes == "C4"
    assert [cell.value for cell in listed[3]][:4] == ["企业编号", "企业名称", "等级", "总分"]
    assert [cell.value for cell in listed[4]][:3] == ["X1", "演示一厂", "A"]
    assert listed["C4"].fill.fgColor.rgb == "FFC6E7CB"
    left = {row[0].value: (row[1].value, row[2].value) for row in book["未评企业"].iter_rows(min_row=4)}
    assert left["X3"] == ("演示三厂", "新上规企业（按办法不参评）")
    assert left["X4"][0] == "演示四厂" and "D5" in str(left["X4"][1])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere", "firms.csv", "out.csv"], 6, "没有内置评价办法"),
        (["nowhere.toml", "firms.csv", "out.csv"], 3, "无法打开"),
        (["scheme.toml", "nowhere.csv", "out.csv"], 3, "无法打开"),
        (["scheme.toml", "scheme.toml", "out.csv"], 3, "请另存为其中一种"),
        (["scheme.toml", "firms.csv", "out.pdf"], 2, "结尾"),
        (["scheme.toml", "firms.csv", "nowhere/out.csv"], 2, "不存在"),
        (["scheme.toml", "firms.csv", "firms.csv"], 2, "会覆盖企业表"),
        (["scheme.toml", "firms.csv", "out.csv", "--year", "1999"], 2, "没有 1999 年的企业"),
        (["huangyan-2022", "firms.csv", "out.csv"], 3, "缺少“"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    files: Path, arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *arguments]) == code
    told = capsys.readouterr()
    assert said in told.err and told.err.count("\n") == 1
    assert not (files / "out.csv").exists()


def test_a_wrong_amount_of_memory(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["evaluate", "scheme.toml", "firms.csv", "out.csv", "--memory", "lots"])
    assert "2GiB" in capsys.readouterr().err


@pytest.mark.slow
def test_neither_django_nor_a_database_is_needed(files: Path) -> None:
    program = (
        "import sys; sys.modules['django'] = None; from tenglong.cli.__main__ import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", program, "evaluate", "scheme.toml", "firms.csv", "out.csv"]
    done = subprocess.run(command, cwd=files, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_missing_figures_and_odd_weights_are_said(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [HEADER, [*FIRMS[0]], [*FIRMS[1]]]
    at = next(number for number, text in enumerate(HEADER) if "税收" in text)
    rows[1][at] = None
    write_table(Path("gaps.csv"), rows)
    Path("odd.toml").write_text(SCHEME.replace("weight = 60", "weight = 50"), encoding="utf-8")
    assert main(["evaluate", "odd.toml", "gaps.csv", "out.csv"]) == 0
    said = capsys.readouterr().out
    assert "有 1 家没有填写" in said
    assert "权重合计为 90，不是 100" in said


def test_a_csv_for_excel_holds_no_formulas(files: Path) -> None:
    frame = pl.LazyFrame({"id": ["=HYPERLINK(1)", "+1", "甲"], "total": [1.0, -2.0, None]})
    write_frame(frame, Path("safe.csv"))
    assert Path("safe.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "id,total",
        "'=HYPERLINK(1),1.0",
        "'+1,-2.0",
        "甲,",
    ]
