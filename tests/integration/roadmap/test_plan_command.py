"""`tenglong plan`: solves, writes, checks; a user error is a sentence, a plan that does not hold is exit code 1."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tenglong.cli.__main__ import main
from tenglong.domain.roadmap.plans import Reason, Solution, Status
from tenglong.domain.roadmap.solvers import child
from tests.unit.domain.roadmap.small import content

pytestmark = pytest.mark.slow


def problem_file(folder: Path, **changes: object) -> Path:
    path = folder / "problem.json"
    path.write_bytes(orjson.dumps(content(**changes)))
    return path


def test_a_plan_is_written_and_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, plan = str(problem_file(tmp_path)), str(tmp_path / "plan.json")
    assert main(["plan", problem, plan, "--seconds", "120"]) == 0
    assert "最优" in capsys.readouterr().out
    assert main(["plan", problem, plan, "--check"]) == 0
    assert "方案可行；目标 benefit：价值 5.9；证书成立，上界 5.9，差距 0.00000000" in capsys.readouterr().out


def test_a_tampered_plan_does_not_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, plan = str(problem_file(tmp_path)), tmp_path / "plan.json"
    main(["plan", problem, str(plan), "--seconds", "120"])
    written = orjson.loads(plan.read_bytes())
    plan.write_bytes(orjson.dumps(written | {"choices": written["choices"][1:]}))
    assert main(["plan", problem, str(plan), "--check"]) == 1
    plan.write_bytes(orjson.dumps(written | {"aims": [written["aims"][0] | {"value": "6.9"}]}))
    assert main(["plan", problem, str(plan), "--check"]) == 1
    assert "value：文件写的是 6.9，重新计算为 5.9" in capsys.readouterr().out


def test_a_contradiction_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 12}, {"id": "l", "amount": "land", "at_least": 8}]
    problem = problem_file(tmp_path, limits=limits)
    assert main(["plan", str(problem), str(tmp_path / "plan.json"), "--seconds", "30"]) == 1
    said = capsys.readouterr().out
    assert "以下" in said and "代价最小的放宽" in said


def test_a_run_that_finds_no_plan_writes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Solution(Status.STOPPED, Reason.TIME, "exact", None, None)
    monkeypatch.setattr(child, "solve", lambda *asked: none)
    assert main(["plan", str(problem_file(tmp_path)), str(tmp_path / "plan.json")]) == 1
    assert not (tmp_path / "plan.json").exists()
    assert "没有写出方案文件" in capsys.readouterr().err


def test_aims_are_taken_one_after_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    aims = [
        {"kind": "benefit", "weights": {"land": 1}, "tolerance": 0.5},
        {"kind": "cost", "amount": "money"},
    ]
    problem, plan = str(problem_file(tmp_path, aim=aims)), str(tmp_path / "plan.json")
    assert main(["plan", problem, plan, "--seconds", "60"]) == 0
    said = capsys.readouterr().out
    assert "目标 benefit" in said and said.count("最优（证书证明）") == 2
    assert main(["plan", problem, plan, "--check"]) == 0


def test_the_checker_is_handed_out_and_judges_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem, plan = str(problem_file(tmp_path)), str(tmp_path / "plan.json")
    assert main(["plan", problem, plan, "--seconds", "30"]) == 0
    capsys.readouterr()
    assert main(["plan", "--checker"]) == 0
    (tmp_path / "check.py").write_text(capsys.readouterr().out, encoding="utf-8")
    command = [sys.executable, "-I", str(tmp_path / "check.py"), problem, plan]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_a_public_instance_is_solved_and_checked_as_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items, plan, single = (str(tmp_path / name) for name in ("t.txt", "plan.json", "single.json"))
    Path(items).write_text("2 2 1\n5\n1\n4.5 3\n1.0 1\n2\n7.0 4\n3.0 2\n", encoding="utf-8")
    assert main(["plan", "--from", "mmkp", items, plan, "--seconds", "30"]) == 0
    assert main(["plan", "--from", "mmkp", items, plan, "--check"]) == 0
    assert main(["plan", "--from", "mmkp", items, single, "--single"]) == 0
    assert main(["plan", single, plan, "--check"]) == 0


def test_what_a_float_would_have_rounded_is_planned_to_the_last_unit(tmp_path: Path) -> None:
    firm = {"id": "甲厂", "measures": [{"name": "腾退", "amounts": {"land": 10, "money": 600000000}}]}
    amounts = {"land": {"kind": "brings", "decimals": 0}, "money": {"kind": "takes", "decimals": 6}}
    limits = [{"id": "资金", "amount": "money", "at_most": 600000000}]
    problem, plan = (
        problem_file(tmp_path, firms=[firm], amounts=amounts, limits=limits, orders=[]),
        tmp_path / "p",
    )
    assert main(["plan", str(problem), str(plan), "--seconds", "30"]) == 0
    assert orjson.loads(plan.read_bytes())["aims"][0]["value"] == "10"
    assert main(["plan", str(problem), str(plan), "--check"]) == 0


def test_a_wrong_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = problem_file(tmp_path, aim={"kind": "best"})
    assert main(["plan", str(problem), str(tmp_path / "plan.json")]) == 3
    assert "problem.json 的 aim：kind 应为其中之一" in capsys.readouterr().err
