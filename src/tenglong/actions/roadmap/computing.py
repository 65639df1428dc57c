"""Planning a roadmap: options, the search in its own process, the checker, the three-ables, saving."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

import tenglong
from tenglong.actions.files import keep
from tenglong.actions.roadmap.courses import ROADMAP
from tenglong.actions.roadmap.preparing import LARGEST_FILE, Prepared, judged, prepare
from tenglong.actions.roadmap.saving import Outcome, fill, put_lines
from tenglong.actions.roadmap.searching import search
from tenglong.actions.steps import happen, leave
from tenglong.domain.access.policy import Actor, check_still
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, Progress, msg, silent
from tenglong.domain.roadmap import check
from tenglong.domain.roadmap.checking import arrivals, worth_of
from tenglong.domain.roadmap.files.plans import solution_to_json
from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.infeasible.child import contradiction
from tenglong.domain.roadmap.infeasible.rules import Relaxation
from tenglong.domain.roadmap.infeasible.wording import Bound, new_bound, relaxation_in_words, rules_in_words
from tenglong.domain.roadmap.plans import Plan, Reason, Solution, Status
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.process import COMPUTING, INFEASIBLE, PLANNED
from tenglong.domain.roadmap.wording import Names
from tenglong.queries.roadmap.files import promises_of, without_promises
from tenglong.queries.roadmap.results import Relaxed
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.roadmap.steps import roadmap_matter
from tenglong.store.models import Roadmap

# What keeping the promises of an earlier roadmap costs.


def price_of_promises(free: tuple[Problem, Solution], kept: Plan) -> dict[str, Any]:
    """As it is stored: the best plan found without promises against the one that keeps them.

    The plan with promises is a plan without them too, so the price is never below nothing; the certificate of the free
    problem says how much it may be at most.
    """
    problem, solution = free
    aim = problem.aim
    value = worth_of(aim.worth, arrivals(problem, kept))
    best = value if solution.plan is None else max(value, solution.plan.value)
    most = None if solution.certificate is None else aim.natural(solution.certificate.bound - value)
    return {
        "price": f"{aim.natural(best - value):f}",
        "most": None if most is None else f"{most:f}",
        "free_value": f"{aim.natural(best):f}",
        "kept_value": f"{aim.natural(value):f}",
    }


# Why a roadmap has no feasible plan, and the cheapest way out, as it is kept.


def conflict_json(prepared: Prepared) -> dict[str, Any]:
    """The sentences, and the limits that the cheapest relaxation moves."""
    problem, names, bound = prepared.problem, prepared.names, prepared.bound
    found = contradiction(problem)
    relaxation = [_relaxed(problem, one, names, bound) for one in found.relaxation]
    sentences = list(rules_in_words(problem, found.rules, names, bound))
    if relaxation:
        sentences += [msg("代价最小的放宽："), *(one.sentence for one in relaxation)]
    else:
        sentences.append(msg("只放宽限制的数量不能解决，请取消必须启动的要求或调整次序。"))
    return {
        "sentences": [one.to_json() for one in sentences],
        "relaxation": [one.to_json() for one in relaxation],
    }


def _relaxed(problem: Problem, one: Relaxation, names: Names, bound: Bound) -> Relaxed:
    limit = problem.limits[one.limit]
    amount = problem.amounts[limit.amount]
    return Relaxed(
        limit=limit.id,
        amount=amount.id,
        unit=amount.unit,
        old=amount.natural(limit.bound),
        new=amount.natural(new_bound(problem, one)),
        sentence=relaxation_in_words(problem, one, names, bound),
    )


STAGES = 5
Say = Callable[[Message], None]


def carry_out(roadmap_id: int, *, actor: Actor, at: datetime, progress: Progress = silent) -> Roadmap:
    """Plan a roadmap and keep it. One that is planned or withdrawn is left as it is, so that a job whose worker died
    may do it again: the same seed and work give the same plan.

    Raises:
        NotAllowed: the person no longer may.
        BadValue: nobody is left to plan for, or no plan was found within the limit of time.
    """
    roadmap = Roadmap.objects.select_related("roster__place", "place", "replans").get(pk=roadmap_id)
    if roadmap.state != COMPUTING:
        return roadmap
    check_still(roadmap_matter(roadmap), "plan", actor)
    progress(0, STAGES, msg("正在汇集案件情况，生成每家企业可选的措施和日期"))
    prepared = prepare(roadmap)
    stability = _Stability(roadmap, prepared, lambda said: progress(2, STAGES, said))
    found = search(
        roadmap, prepared.problem, lambda said: progress(1, STAGES, said), share=stability.rest_of_time
    )
    if found is None:  # withdrawn meanwhile
        return Roadmap.objects.get(pk=roadmap_id)
    problem, solution = found
    if solution.plan is None:
        progress(3, STAGES, msg("没有找到方案，正在查找互相矛盾的限制"))
        return _without_plan(roadmap, prepared, solution, at)
    cost = stability.cost(solution)
    progress(3, STAGES, msg("正在核对方案和证书，检查三可"))
    _prove(prepared, problem, solution)
    outcome = judged(prepared.generated, problem, solution)
    progress(4, STAGES, msg("正在保存路线图"))
    return finish(roadmap, prepared, outcome, at, stability=cost)


def _prove(prepared: Prepared, problem: Problem, solution: Solution) -> None:
    """Raises BadValue unless the checker, which reads both files itself, accepts what is to be kept."""
    verdict = check.check(prepared.generated.to_bytes(), solution_to_json(problem, solution))
    if verdict.code != check.PROVEN:
        said = "独立核对程序不接受求得的方案（{why}），没有保存。请把问题文件交管理员处理。"
        raise BadValue(msg(said, why=verdict.chinese))


@transaction.atomic
def finish(
    roadmap: Roadmap, prepared: Prepared, outcome: Outcome, at: datetime, *, stability: dict[str, Any]
) -> Roadmap:
    """Keep the plan, all or nothing; a roadmap that was withdrawn meanwhile stays as it is."""
    locked = Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    if locked.state != COMPUTING:
        return locked
    put_lines(locked, outcome)
    fill(locked, outcome)
    plan = solution_to_json(outcome.problem, outcome.solution)
    locked.plan_digest, _ = keep([plan], limit=LARGEST_FILE)
    locked.stability = stability
    happen(ROADMAP, "computed", locked, PLANNED)
    return _sign_off(locked, prepared, at)


@transaction.atomic
def _finish_without(
    roadmap: Roadmap, prepared: Prepared, solution: Solution, conflict: dict[str, Any], at: datetime
) -> Roadmap:
    locked = Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    if locked.state != COMPUTING:
        return locked
    locked.status, locked.reason, locked.method = solution.status, solution.reason, solution.method
    locked.conflict = conflict
    happen(ROADMAP, "computed", locked, INFEASIBLE)
    return _sign_off(locked, prepared, at)


def _sign_off(roadmap: Roadmap, prepared: Prepared, at: datetime) -> Roadmap:
    roadmap.facts_digest, roadmap.problem_digest = prepared.facts_digest, prepared.problem_digest
    roadmap.software, roadmap.computed_at = tenglong.__version__, at
    roadmap.save()
    leave(
        by=roadmap.requested_by,
        at=at,
        deed="plan_roadmap",
        about=f"roadmap:{roadmap.pk}",
        state=roadmap.state,
        problem=roadmap.problem_digest,
        plan=roadmap.plan_digest,
    )
    return roadmap


def _without_plan(roadmap: Roadmap, prepared: Prepared, solution: Solution, at: datetime) -> Roadmap:
    """Infeasible is an answer; anything else is a failure of the job, which may be tried again."""
    if solution.reason == Reason.CONFLICT or solution.status == Status.INFEASIBLE:
        conflict = conflict_json(prepared)
        return _finish_without(roadmap, prepared, solution, conflict, at)
    if solution.reason == Reason.INTERRUPTED:
        raise BadValue(msg("求解被停止时还没有找到可行的方案，请重新编制。"))
    if solution.reason == Reason.MEMORY:
        raise BadValue(msg("求解程序用尽内存，没有得出方案。请把名单按县分开编制，或为服务器增加内存。"))
    if solution.reason == Reason.CRASHED:
        problem = "求解程序意外退出，没有得出方案；这与所设限制无关。原因已写入服务日志，请交管理员处理。"
        raise BadValue(msg(problem))
    limits = settings_of(roadmap).solver
    if solution.reason == Reason.WORK:
        problem = (
            "工作量上限 {work} 用完时还没有找到可行的方案，也没有证明无解。请提高或取消工作量上限后重新编制。"
        )
        raise BadValue(msg(problem, work=limits.work))
    problem = "在 {seconds} 秒内没有找到可行的方案，也没有证明无解。请放宽限制，或延长求解时间后重新编制。"
    raise BadValue(msg(problem, seconds=limits.seconds))


class _Stability:
    """What keeping promises costs: a second search, without them, in half of the time."""

    def __init__(self, roadmap: Roadmap, prepared: Prepared, say: Say):
        self._roadmap, self._prepared, self._say = roadmap, prepared, say
        self._promised = promises_of(prepared.generated)
        self.rest_of_time = 0.5 if self._promised else 1.0

    def cost(self, kept: Solution) -> dict[str, Any]:
        """As it is stored; nothing where nothing was promised, or where the roadmap was withdrawn meanwhile."""
        if not self._promised or kept.plan is None:
            return {}
        self._say(msg("正在求解不受原方案约束的方案，以比较代价"))
        problem = parse_problem(without_promises(self._prepared.generated).to_bytes(), "problem.json")
        free = search(self._roadmap, problem, self._say, share=0.5, first_aim=True)
        if free is None:
            return {}
        return price_of_promises(free, kept.plan)
