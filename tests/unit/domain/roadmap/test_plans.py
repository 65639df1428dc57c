from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import orjson
import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap import check as checker
from tenglong.domain.roadmap.aims import after_aims
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.files.plans import read_plan, solution_to_json
from tenglong.domain.roadmap.plans import Certificate, Plan, choices, gap_between
from tenglong.domain.roadmap.solvers.choose import solve_aims
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import content, problem


def written(folder: Path, *, alone: bool = False) -> Path:
    """A plan file; `alone`: with the prices of its certificate only."""
    path = folder / "plan.json"
    solution = run(problem(), "exact", Limits(), lambda search, point: None)
    if alone and solution.certificate is not None:
        solution = replace(solution, certificate=solution.certificate.without_tree())
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


def test_a_tree_comes_back_from_its_file(tmp_path: Path) -> None:
    certificate = run(problem(), "exact", Limits(), lambda search, point: None).certificate
    assert certificate is not None and certificate.tree
    assert read_plan(written(tmp_path), problem())[2] == certificate
    assert read_plan(written(tmp_path, alone=True), problem())[2] == certificate.without_tree()


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
        (b"plan/2", b"plan/3"),
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
    ({"aims": [{"value": "0.00000001"}]}, "不完整或被改动过"),
    ({"aims": []}, "不完整或被改动过"),
    ({"choices": [{"firm": "B", "measure": "close", "start": 1}] * 2}, "不完整或被改动过"),
    ({"choices": [{"firm": "B", "measure": "upgrade", "start": 1}]}, "不完整或被改动过"),
    ({"aims": [{"value": "1", "bound": "1", "certificate": {"limits": {"nowhere": 1}, "orders": []}}]}, "不完整"),
])  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = written(tmp_path)
    path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | change))
    with pytest.raises(BadFile, match=said):
        read_plan(path, problem())


def test_a_plan_of_form_1_is_still_read(tmp_path: Path) -> None:
    path = written(tmp_path, alone=True)
    found = read_plan(path, problem())
    old = form_1(orjson.loads(path.read_bytes()), problem().bytes_digest, found[2])
    path.write_bytes(orjson.dumps(old))
    again = read_plan(path, problem())
    assert (again[1].measure.tolist(), again[1].value) == (found[1].measure.tolist(), found[1].value)
    assert again[2] == found[2]
    path.write_bytes(orjson.dumps(old | {"certificate": None}))
    assert read_plan(path, problem())[2] is None
    path.write_bytes(orjson.dumps(old | {"problem": problem().digest}))
    with pytest.raises(BadFile, match="另一个问题"):
        read_plan(path, problem())


def form_1(new: dict[str, Any], bytes_digest: str, certificate: Certificate | None) -> dict[str, Any]:
    """The same plan as it was written before."""
    assert certificate is not None
    (aim,) = new["aims"]
    return {
        "format": "tenglong-roadmap-plan/1",
        "problem": bytes_digest,
        "status": new["status"],
        "reason": "certified",
        "method": "exact",
        "aim": aim["name"],
        "kept": [],
        "value": aim["value"],
        "bound": aim["bound"],
        "gap": aim["gap"],
        "claimed": None,
        "choices": new["choices"],
        "certificate": aim["certificate"] | {"bound": certificate.bound},
    }


def test_the_checker_says_that_it_checked_under_form_1(tmp_path: Path) -> None:
    path, raw = written(tmp_path, alone=True), orjson.dumps(content())
    _, _, certificate = read_plan(path, problem())
    old = form_1(orjson.loads(path.read_bytes()), problem().bytes_digest, certificate)
    claim = {"solver": "HiGHS", "bound": old["value"], "gap": "0.00000000"}

    def code(**changes: Any) -> int:
        verdict = checker.check(raw, orjson.dumps(old | changes))
        assert verdict.code == checker.REFUSED or "旧格式 1" in verdict.chinese
        return verdict.code

    half_up = (
        f"{round(float(certificate.bound - 5_900_000) / certificate.bound, 8):.8f}" if certificate else ""
    )
    old["gap"] = half_up
    assert code() == checker.PROVEN
    assert (code(claimed=claim), code(status="optimal")) == (checker.CLAIMED, checker.CLAIMED)
    assert [code(kept=[0]), code(certificate=None), code(gap="0.00000000"), code(value="5.8")] == [1] * 4
    assert [code(aim="profit"), code(status="proven"), code(more=1), code(problem=problem().digest)] == [
        1
    ] * 4


def test_each_aim_of_a_list_comes_back_with_its_own_certificate(tmp_path: Path, in_process: None) -> None:
    aims = [{"kind": "benefit", "weights": {"land": 1}, "tolerance": 0.5}, {"kind": "cost"}]
    path, first = tmp_path / "plan.json", problem(aim=aims)
    raw = solution_to_json(*solve_aims(first, seconds=60))
    path.write_bytes(raw)
    assert checker.check(orjson.dumps(content(aim=aims)), raw).code == checker.PROVEN
    found, plan, certificate = read_plan(path, first)
    assert [floor.least for floor in found.floors] == [3_000_000]
    assert check(found, plan, certificate) == ()
    with pytest.raises(BadFile, match="旧格式"):
        solution_to_json(
            after_aims(first, (1,)), run(first, "exhaustive", Limits(), lambda search, point: None)
        )


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="无法读取"):
        read_plan(tmp_path / "nothing.json", problem())
