from fractions import Fraction
from pathlib import Path

import orjson
import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Plan, choices, gap_between
from tenglong.domain.roadmap.plans_file import read_plan, solution_to_json
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
