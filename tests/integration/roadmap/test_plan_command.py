"""`tenglong plan`: solves, writes, checks; a user error is a sentence, a plan that does not hold is exit code 1."""

from pathlib import Path

import orjson
import pytest

from tenglong.cli.__main__ import main
from tests.unit.domain.roadmap.small import content

pytestmark = pytest.mark.slow


def problem_file(folder: Path, **changes: object) -> Path:
    path = folder / "problem.json"
    path.write_bytes(orjson.dumps(content(**changes)))
    return path


def test_a_plan_is_written_and_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, plan = str(problem_file(tmp_path)), str(tmp_path / "plan.json")
    assert main(["plan", problem, plan, "--seconds", "30"]) == 0
    assert "最优" in capsys.readouterr().out
    assert main(["plan", problem, plan, "--check"]) == 0
    assert "方案可行，价值 5.900000；证书成立" in capsys.readouterr().out


def test_a_tampered_plan_does_not_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, plan = str(problem_file(tmp_path)), tmp_path / "plan.json"
    main(["plan", problem, str(plan), "--seconds", "30"])
    written = orjson.loads(plan.read_bytes())
    plan.write_bytes(orjson.dumps(written | {"choices": written["choices"][1:]}))
    assert main(["plan", problem, str(plan), "--check"]) == 1
    plan.write_bytes(orjson.dumps(written | {"value": "6.9"}))
    assert main(["plan", problem, str(plan), "--check"]) == 1
    assert "重新相加" in capsys.readouterr().out


def test_a_contradiction_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 12}, {"id": "l", "amount": "land", "at_least": 8}]
    problem = problem_file(tmp_path, limits=limits)
    assert main(["plan", str(problem), str(tmp_path / "plan.json"), "--seconds", "30"]) == 1
    said = capsys.readouterr().out
    assert "以下" in said and "代价最小的放宽" in said


def test_aims_are_taken_one_after_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    aims = [
        {"kind": "benefit", "weights": {"land": 1}, "tolerance": 0.5},
        {"kind": "cost", "amount": "money"},
    ]
    problem, plan = str(problem_file(tmp_path, aim=aims)), str(tmp_path / "plan.json")
    assert main(["plan", problem, plan, "--seconds", "60"]) == 0
    assert main(["plan", problem, plan, "--check"]) == 0


def test_a_wrong_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = problem_file(tmp_path, aim={"kind": "best"})
    assert main(["plan", str(problem), str(tmp_path / "plan.json")]) == 3
    assert "problem.json 的 aim：kind 应为其中之一" in capsys.readouterr().err
