from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.files.mmkp import read_mmkp
from tenglong.domain.roadmap.plans import Status
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search_limits import Limits

TINY = "2 2 1\n5\n1\n4.5 3\n1.0 1\n2\n7.0 4\n3.0 2\n"


def file(folder: Path, text: str) -> Path:
    path = folder / "t.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_class_is_a_firm_that_must_take_one_item(tmp_path: Path) -> None:
    problem = read_mmkp(file(tmp_path, TINY))
    assert problem.firms.must.all()
    solution = run(problem, "exact", Limits(), lambda search, point: None)
    assert solution.plan is not None
    assert problem.aim.natural(solution.plan.value) == 8


@pytest.mark.parametrize(
    "text",
    [
        "2\n2\n2\n5 6\n1\n4.5 3 1\n1.0 1 1\n2\n7.0 4 2\n3.0 2 2\n",
        "2 2 2\n5\n6\n4.5 3 1\n1.0 1 1\n7.0 4 2\n3.0 2 2\n",
        "2 2 2 5 6\n1 2\n4.5 3 1\n1.0 1 1\n\n2 2\n7.0 4 2\n3.0 2 2\n",
        "2 2 2\n5 6\n2\n4.5 3 1\n1.0 1 1\n2\n7.0 4 2\n3.0 2 2\n",
        "2 2 2\n5 6\n1\n4.5 3 1\n1.0 1 1\n2\n7.0 4 2\n3.0 2 2\nSolution 8.0\n2 1\n",
        "2 2 2\n5 6\n4.5 3 1\n1.0 1 1\n7.0 4 2\n3.0 2 2\n8.0\n2 1\n",
    ],
)
def test_the_variants_of_the_format_are_read_alike(tmp_path: Path, text: str) -> None:
    plain = read_mmkp(file(tmp_path, "2 2 2\n5 6\n1\n4.5 3 1\n1.0 1 1\n2\n7.0 4 2\n3.0 2 2\n"))
    problem = read_mmkp(file(tmp_path, text))
    assert [limit.bound for limit in problem.limits] == [limit.bound for limit in plain.limits]
    assert problem.parts.value.tolist() == plain.parts.value.tolist()
    assert problem.firms.measure_start.tolist() == plain.firms.measure_start.tolist() == [0, 2, 4]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "best"), [("I01", 173), ("I02", 364), ("I03", 1602)])
def test_public_instances_are_proven_optimal(shared: Path, name: str, best: int) -> None:
    problem = read_mmkp(shared / f"data/06_worked/mmkp/{name}.txt")
    solution = run(problem, "exact", Limits(), lambda search, point: None)
    assert solution.plan is not None and solution.certificate is not None
    assert (solution.plan.value, solution.certificate.bound, solution.status) == (best, best, Status.OPTIMAL)
    assert check(problem, solution.plan, solution.certificate) == ()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("2 2 1", "2 2", 1),
        ("5\n1", "5 6\n1", 2),
        ("4.5 3", "4.5", 4),
        ("4.5 3", "4.5 x", 4),
        ("2 2 1", "3 2 1", 8),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, before: str, after: str, line: int) -> None:
    path = file(tmp_path, TINY.replace(before, after, 1))
    with pytest.raises(BadFile, match="类的个数" if after == "4.5" else f"第 {line} 行"):
        read_mmkp(path)
