import pickle
from pathlib import Path

import orjson
import pytest

from tenglong.domain.roadmap.plans import Solution, Status
from tenglong.domain.roadmap.solvers.job import main
from tenglong.domain.roadmap.solvers.job_files import DONE, JOB
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import problem


def test_a_job_tells_its_points_and_leaves_its_solution(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / JOB).write_bytes(pickle.dumps((problem(), "exact", Limits(), None)))
    main(tmp_path)
    solution: Solution = pickle.loads((tmp_path / DONE).read_bytes())
    assert solution.status == Status.OPTIMAL
    lines = [orjson.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line[1] for line in lines] == [point.value for point in solution.trajectory]
