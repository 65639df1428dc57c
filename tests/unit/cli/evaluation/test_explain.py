"""Why a firm got its grade, from files."""

from pathlib import Path

import docx
import pytest

from tenglong.cli.__main__ import main
from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, SCHEME, write_csv

BAD = ("演示四厂", "X4", "2022", "不详", "1", "1", "17", "否")
TWICE = ("演示一厂", "X9", "2022", "1", "1", "1", "17", "否")


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """The arguments that name scheme and firms."""
    (tmp_path / "scheme.toml").write_text(SCHEME, encoding="utf-8")
    write_csv(tmp_path / "firms.csv", [HEADER, *FIRMS, BAD, TWICE])
    return ["--scheme", str(tmp_path / "scheme.toml"), "--input", str(tmp_path / "firms.csv")]


@pytest.mark.slow
@pytest.mark.parametrize("firm", ["X2", "演示二厂"])
def test_marks_and_the_cheapest_change(
    firm: str, asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", firm, *asked, "--letter", str(tmp_path / "letter.docx")]) == 0
    said = capsys.readouterr().out
    assert "演示二厂（X2）" in said and "亩均税收：6.4 万元/亩" in said and "缺少数据" in said
    letter = "\n".join(
        paragraph.text for paragraph in docx.Document(str(tmp_path / "letter.docx")).paragraphs
    )
    assert "演示二厂" in letter


@pytest.mark.parametrize(
    ("firm", "code", "said"),
    [("X7", 6, "没有“X7”"), ("X4", 2, "无法读取"), ("演示一厂", 2, "请改用企业编号：X1、X9")],
)
def test_firms_that_cannot_be_explained(
    firm: str, code: int, said: str, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", firm, *asked]) == code
    assert said in capsys.readouterr().err


def test_a_firm_that_is_not_rated(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "X3", *asked]) == 0
    assert "新上规企业" in capsys.readouterr().out


def test_a_firm_without_land_is_told_so(
    tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bare = ("演示五厂", "X5", "2022", "10", "1", "0", "17", "否")
    strict = SCHEME.replace("weight = 60", 'weight = 60\nmissing = "not_rated"')
    (tmp_path / "scheme.toml").write_text(strict, encoding="utf-8")
    write_csv(tmp_path / "firms.csv", [HEADER, *FIRMS, bare])
    assert main(["explain", "X5", *asked]) == 0
    assert "“用地面积”为零" in capsys.readouterr().out


def test_a_firm_without_a_grade_is_told_what_to_report(
    tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bare = ("演示五厂", "X5", "2022", "", "1", "", "17", "否")
    strict = SCHEME.replace("weight = 60", 'weight = 60\nmissing = "not_rated"')
    (tmp_path / "scheme.toml").write_text(strict, encoding="utf-8")
    write_csv(tmp_path / "firms.csv", [HEADER, *FIRMS, bare])
    assert main(["explain", "X5", *asked]) == 0
    said = capsys.readouterr().out
    assert "缺少数据，按办法不参评" in said and "请补报“实缴税收、用地面积”" in said


@pytest.mark.slow
def test_a_graded_firm_is_told_what_it_has_not_reported(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "X2", *asked]) == 0
    assert "没有“综合能耗（等价值）”的数据，补报后按实际数据计分" in capsys.readouterr().out


def test_without_a_scheme(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "X1"]) == 2
    assert "--scheme" in capsys.readouterr().err
