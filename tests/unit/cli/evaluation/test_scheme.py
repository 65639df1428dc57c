"""Schemes are listed, shown, checked and compared without a database."""

from pathlib import Path

import pytest

from tenglong.cli.__main__ import main
from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, SCHEME, write_csv

Said = pytest.CaptureFixture[str]


def written(folder: Path, name: str, text: str) -> str:
    """The path of a file with this text."""
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_the_shipped_ones_are_listed(capsys: Said) -> None:
    assert main(["scheme", "list"]) == 0
    assert "huangyan-2022" in capsys.readouterr().out


def test_a_shipped_one_is_shown_as_it_is_and_passes_its_check(tmp_path: Path, capsys: Said) -> None:
    assert main(["scheme", "show", "huangyan-2022"]) == 0
    text = capsys.readouterr().out
    assert "24.097" in text
    assert main(["scheme", "check", written(tmp_path, "own.toml", text)]) == 0
    assert main(["scheme", "show", "nowhere"]) == 6


def test_every_problem_is_named_at_once(tmp_path: Path, capsys: Said) -> None:
    text = SCHEME.replace("weight = 60", "wieght = 60").replace("share = 20 }", 'share = "x" }')
    assert main(["scheme", "check", written(tmp_path, "own.toml", text)]) == 4
    said = capsys.readouterr().out
    assert "indicator[tax_per_mu].wieght" in said and "indicator[tax_per_mu].weight" in said
    assert "grades.steps[A].share" in said and "共 4 处" in said


def test_expressions_that_do_not_fit_are_all_named(tmp_path: Path, capsys: Said) -> None:
    text = SCHEME.replace('denominator = "land"', 'denominator = "lamd"').replace(
        'when = "fresh"', 'when = "tax"'
    )
    assert main(["scheme", "check", written(tmp_path, "own.toml", text)]) == 4
    said = capsys.readouterr().out
    assert "lamd" in said and "exempt[fresh_firm].when" in said and "共 2 处" in said


def test_a_good_one_says_where_numbers_come_from_and_what_conditions_mean(
    tmp_path: Path, capsys: Said
) -> None:
    text = SCHEME.replace("weight = 60", 'weight = 60\nassumed = { weight = "试行" }')
    assert main(["scheme", "check", written(tmp_path, "own.toml", text)]) == 0
    said = capsys.readouterr().out
    assert "假定：试行" in said and "其中 1 个是假定" in said
    assert "实缴税收 ÷ 用地面积" in said


def test_an_empty_table_has_the_headers_that_are_recognised(tmp_path: Path, capsys: Said) -> None:
    scheme, table = written(tmp_path, "own.toml", SCHEME), str(tmp_path / "firms.xlsx")
    assert main(["scheme", "template", scheme, table]) == 0
    assert main(["evaluate", scheme, table, str(tmp_path / "out.csv")]) == 1
    assert "0 行" in capsys.readouterr().out
    assert main(["scheme", "template", scheme, "firms.csv"]) == 2


def test_differences_and_what_they_do_to_firms(tmp_path: Path, capsys: Said) -> None:
    one = written(tmp_path, "one.toml", SCHEME)
    draft = SCHEME.replace("weight = 60", "weight = 10").replace("weight = 40", "weight = 90")
    two = written(tmp_path, "two.toml", draft)
    firms = write_csv(tmp_path / "firms.csv", [HEADER, *FIRMS])
    assert main(["scheme", "compare", one, one]) == 0
    assert "计算规则相同" in capsys.readouterr().out
    assert main(["scheme", "compare", one, two, str(firms)]) == 0
    said = capsys.readouterr().out
    assert "亩均税收 60 → 10" in said and "现行 → 草案" in said and "家企业等级变动" in said
