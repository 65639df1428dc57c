from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import orjson
import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.files.plans import read_plan, solution_to_json
from tenglong.domain.roadmap.plans import Plan, choices, gap_between
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import problem


def written(folder: Path) -> Path:
    path = folder / "plan.json"
    solution = run(problem(), "exact", Limits(), lambda search, point: None)
    path.write_bytes(solution_to_json(problem(), solution))
    return path


def test_the_gap_is_a_share_of_the_bound() -> None:
    plan = Plan.waiting(1)
    assert gap_between(plan, 4) == 1
    assert gap_between(Plan(plan.measure, plan.start, 3), 4) == Fraction(1, 4)
    assert gap_between(Plan(plan.measure, plan.start, -5), -4) == Fraction(1, 4)
    assert gap_between(plan, 0) == 0
    assert gap_between(None, 4) is None


def test_a_plan_comes_back_from_its_file_and_passes(tmp_path: Path) -> None:
    _, plan, certificate = read_plan(written(tmp_path), problem())
    assert certificate is not None
    assert check(problem(), plan, certificate) == ()
    assert choices(problem(), plan) == orjson.loads((tmp_path / "plan.json").read_bytes())["choices"]


def test_equal_plans_give_equal_files_however_long_the_search_took() -> None:
    solution = run(problem(), "exact", Limits(), lambda search, point: None)
    slower = tuple(replace(point, seconds=point.seconds + 7) for point in solution.trajectory)
    again = replace(solution, trajectory=(*slower, *slower))
    assert solution_to_json(problem(), again) == solution_to_json(problem(), solution)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"B"', b'"Q"'),
        (b'"close"', b'"open"'),
        (b'"problem": "', b'"problem": "0'),
        (b"plan/1", b"plan/2"),
        (b"{", b""),
    ],
)
def test_a_changed_file_is_refused(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = written(tmp_path)
    raw = path.read_bytes()
    assert before in raw
    path.write_bytes(raw.replace(before, after, 1))
    with pytest.raises(BadFile):
        read_plan(path, problem())


@pytest.mark.parametrize(("change", "said"), [
    ({"choices": None}, "里没有方案"),
    ({"problem": ""}, "属于另一个问题文件"),
    ({"format": "tenglong-roadmap-plan/0"}, "不是方案文件"),
    ({"value": "0.00000001"}, "不完整或被改动过"),
    ({"kept": ["x"]}, "不完整或被改动过"),
    ({"choices": [{"firm": "B", "measure": "close", "start": 1}] * 2}, "不完整或被改动过"),
    ({"choices": [{"firm": "B", "measure": "upgrade", "start": 1}]}, "不完整或被改动过"),
    ({"certificate": {"limits": {"nowhere": 1}, "orders": [], "floors": [], "denominator": 1, "bound": 1}}, "不完整"),
])  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = written(tmp_path)
    path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | change))
    with pytest.raises(BadFile, match=said):
        read_plan(path, problem())


def test_a_plan_without_a_certificate_comes_back_without_one(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | {"certificate": None}))
    assert read_plan(path, problem())[2] is None


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="无法读取"):
        read_plan(tmp_path / "nothing.json", problem())
