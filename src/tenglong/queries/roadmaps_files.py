"""The kept files of a roadmap: the problem and the plan as `tenglong plan` reads and writes them."""

from functools import lru_cache
from pathlib import Path

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadFile, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.plans import Certificate, Plan, Reason, Solution, Status
from tenglong.domain.roadmap.plans_file import read_plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.problems_reading import read_problem
from tenglong.queries.files import path_of
from tenglong.queries.roadmaps import check_sees_all
from tenglong.store.models import Roadmap


def problem_file(roadmap: Roadmap, scope: Scope) -> Path:
    """Where the problem file lies, for downloads.

    Raises:
        NotFound: the person may see a part of the roadmap only, or it has not been planned.
        BadFile: the file is missing.
    """
    check_sees_all(roadmap, scope)
    return _kept(roadmap, roadmap.problem_digest)


def plan_file(roadmap: Roadmap, scope: Scope) -> Path:
    """Where the plan file lies; raises like `problem_file`."""
    check_sees_all(roadmap, scope)
    return _kept(roadmap, roadmap.plan_digest)


def problem_of(roadmap: Roadmap) -> Problem:
    """The problem; whole places stand in it, so what is shown of it is narrowed by who asks.

    Raises:
        NotFound: the roadmap has not been planned; BadFile: the file is missing or was changed.
    """
    return _problem(_kept(roadmap, roadmap.problem_digest), roadmap.problem_digest)


def solution_of(roadmap: Roadmap) -> tuple[Problem, Plan, Certificate | None]:
    """The plan with the problem it is checked against (of a list of aims the last); raises like `problem_of`."""
    problem = problem_of(roadmap)
    return _solution(_kept(roadmap, roadmap.plan_digest), roadmap.plan_digest, problem.digest)


def known_solution(roadmap: Roadmap) -> tuple[Problem, Solution]:
    """The plan as a solution that a search may begin from, with its problem; raises like `problem_of`."""
    problem, plan, certificate = solution_of(roadmap)
    return problem, Solution(Status.FEASIBLE, Reason.CERTIFIED, roadmap.method, plan, certificate)


def _kept(roadmap: Roadmap, digest: str) -> Path:
    if not digest:
        raise NotFound(msg("第 {number} 号路线图没有方案文件。", number=roadmap.number))
    path = path_of(digest)
    if not path.exists():
        raise BadFile(msg("第 {number} 号路线图的文件不在文件库中，请从备份恢复。", number=roadmap.number))
    return path


@lru_cache(maxsize=8)
def _problem(path: Path, digest: str) -> Problem:
    found = read_problem(path)
    if found.digest != digest:
        raise BadFile(msg("路线图的问题文件已被改动，请从备份恢复。"))
    return found


@lru_cache(maxsize=8)
def _solution(path: Path, digest: str, problem_digest: str) -> tuple[Problem, Plan, Certificate | None]:
    return read_plan(path, _problem(path_of(problem_digest), problem_digest))
