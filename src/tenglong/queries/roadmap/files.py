"""The kept files of a roadmap: the problem and the plan as `tenglong plan` reads and writes them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.db.models import QuerySet

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadFile, Conflict, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.files.facts import facts_from_json
from tenglong.domain.roadmap.files.plans import read_plan
from tenglong.domain.roadmap.files.problems import read_problem
from tenglong.domain.roadmap.generation.building import Generated, LinePlan, generate, lines
from tenglong.domain.roadmap.generation.parts import SIGNED_BEFORE
from tenglong.domain.roadmap.plans import Certificate, Plan, Reason, Solution, Status
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.promises import Arranged, begun, passed
from tenglong.domain.roadmap.three_ables.judging import ThreeAbles, judge
from tenglong.queries.files import path_of, whole
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.queries.roadmap.overview import check_sees_all
from tenglong.queries.roadmap.settings import settings_of
from tenglong.store.models import Roadmap, RoadmapLine


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
    problem_of(roadmap)
    return _solution(_kept(roadmap, roadmap.plan_digest), roadmap.plan_digest, roadmap.problem_digest)


def known_solution(roadmap: Roadmap) -> tuple[Problem, Solution]:
    """The plan as a solution that a search may begin from, with its problem; raises like `problem_of`."""
    problem, plan, certificate = solution_of(roadmap)
    return problem, Solution(Status.FEASIBLE, Reason.CERTIFIED, roadmap.method, plan, certificate)


def _kept(roadmap: Roadmap, digest: str) -> Path:
    if not digest:
        raise NotFound(msg("第 {number} 号路线图没有方案文件。", number=roadmap.number))
    return whole(digest, f"{roadmap.roster.code}-{roadmap.number}")


@lru_cache(maxsize=8)
def _problem(path: Path, digest: str) -> Problem:
    found = read_problem(path, kept=True)
    if found.bytes_digest != digest:
        raise BadFile(msg("路线图的问题文件已被改动，请从备份恢复。"))
    return found


@lru_cache(maxsize=8)
def _solution(path: Path, digest: str, problem_digest: str) -> tuple[Problem, Plan, Certificate | None]:
    return read_plan(path, _problem(path_of(problem_digest), problem_digest))


# What a roadmap was generated from, made again from its kept facts: options, days, checks, earlier
# promises.

ANNOUNCED = "announced"


def generated_for(roadmap: Roadmap, facts: Sequence[FirmFacts]) -> Generated:
    """Options for these cases under the settings of the roadmap, with what the roadmap it replans announced; days are
    counted with the calendar as it was known then.

    Raises:
        BadValue: nobody is left to plan for, or a duty cannot be met by anybody in time.
    """
    settings, calendar = settings_of(roadmap), working_calendar(roadmap.known_at)
    return with_promises(generate(facts, settings, calendar, roadmap.facts_on), roadmap)


def generated_of(roadmap: Roadmap) -> Generated:
    """The same, once it is planned, from its kept facts.

    Raises:
        BadFile: the kept file is missing; Conflict: the rules by which options are made have changed since.
    """
    return _generated(roadmap.pk, roadmap.facts_digest, roadmap.problem_digest)


def facts_kept(roadmap: Roadmap) -> list[FirmFacts]:
    """What was known of the cases when the roadmap was planned.

    Raises:
        BadFile: the kept file is missing or was changed.
    """
    path = path_of(roadmap.facts_digest) if roadmap.facts_digest else None
    if path is None or not path.exists():
        raise BadFile(msg("第 {number} 号路线图的文件不在文件库中，请从备份恢复。", number=roadmap.number))
    return facts_from_json(path.read_bytes())


def in_days(generated: Generated, problem: Problem, plan: Plan) -> tuple[list[LinePlan], ThreeAbles]:
    """A plan in days, line by line, and the three-ables of it."""
    planned = lines(generated, problem, plan)
    owed = {firm.id: firm.owed for firm in generated.left_out}
    facts, settings = list(generated.facts.values()), generated.settings
    return planned, judge(facts, planned, settings, generated.calendar, owed=owed)


def with_promises(generated: Generated, roadmap: Roadmap) -> Generated:
    """The problem with what the roadmap that is replanned announced and can still be kept; itself where none is.

    What was missed is no promise any more, and a contract needs none. Who has begun goes on in the first period.
    """
    if roadmap.replans_id is None:
        return generated
    starts, facts = generated.settings.periods, generated.facts
    said = [
        {
            "firm": id,
            "measure": one.measure,
            "start": 1 if begun(facts[id]) else max(bisect_right(starts, one.start_on), 1),
        }
        for id, one in announced_by(roadmap.replans_id).items()
        if id in generated.offers
        and generated.fixed.get(id) != SIGNED_BEFORE
        and not passed(one, facts[id], roadmap.facts_on)
        and one.start_on
    ]
    price = generated.settings.stability
    announced = {"per_period": float(price.per_period), "other": float(price.other), "choices": said}
    return replace(generated, problem={**generated.problem, ANNOUNCED: announced})


def announced_by(roadmap_id: int) -> dict[str, Arranged]:
    """What a roadmap announced, by case; cases that wait are left out."""
    rows = RoadmapLine.objects.filter(roadmap_id=roadmap_id).exclude(measure="").order_by("case_id")
    return arranged(rows)


def arranged(lines: QuerySet[RoadmapLine]) -> dict[str, Arranged]:
    """What lines of a roadmap say, by case."""
    columns = lines.values_list("case_id", "measure", "start_on", "done_on")
    return {str(case): Arranged(measure, start, done) for case, measure, start, done in columns}


def without_promises(generated: Generated) -> Generated:
    """The problem as it would be if nothing had been announced."""
    rest = {key: said for key, said in generated.problem.items() if key != ANNOUNCED}
    return replace(generated, problem=rest)


def promises_of(generated: Generated) -> dict[str, tuple[str, int]]:
    """The announced measure and start (from 1) of each firm that had one."""
    said = generated.problem.get(ANNOUNCED, {}).get("choices", ())
    return {one["firm"]: (one["measure"], one["start"]) for one in said}


@lru_cache(maxsize=4)
def _generated(roadmap_id: int, facts_digest: str, problem_digest: str) -> Generated:
    roadmap = Roadmap.objects.get(pk=roadmap_id)
    found = generated_for(roadmap, facts_kept(roadmap))
    if sha256(found.to_bytes()).hexdigest() != problem_digest:
        problem = "第 {number} 号路线图是用另一版规则编制的，不能再手工调整，请重新编制。"
        raise Conflict(msg(problem, number=roadmap.number))
    return found
