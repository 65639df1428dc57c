"""Energy to standard coal on the command line."""

import pytest

from tenglong.cli.__main__ import main


def test_lines_and_total(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert-energy", "电力=120万千瓦时", "raw_coal=50吨", "--basis", "calorific"]) == 0
    said = capsys.readouterr().out
    assert "147.48" in said and "35.715" in said and "合计 183.195 吨标准煤（当量值）" in said


def test_the_year_states_its_equivalent_factor(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["convert-energy", "电力=120万千瓦时", "--basis", "equivalent"]
    assert main(arguments) == 2
    assert main([*arguments, "--factor", "电力=0.305"]) == 0
    assert "366" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["电力"], "无法识别"),
        (["电力=1亩"], "无法折标"),
        (["风=1吨"], "风"),
        (["电力=1度", "--factor", "x"], "系数“x”"),
    ],
)
def test_what_cannot_be_converted(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert-energy", *arguments, "--basis", "calorific"]) == 2
    assert said in capsys.readouterr().err
