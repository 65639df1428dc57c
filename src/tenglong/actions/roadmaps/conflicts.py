"""Why a roadmap has no feasible plan, and the cheapest way out, as it is kept."""

from typing import Any

from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.infeasible_child import contradiction
from tenglong.domain.roadmap.infeasible_rules import Relaxation
from tenglong.domain.roadmap.infeasible_words import new_bound, relaxation_in_words, rules_in_words
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.wording import Names
from tenglong.queries.roadmaps_results import Relaxed


def conflict_json(problem: Problem, names: Names) -> dict[str, Any]:
    """The sentences, and the limits that the cheapest relaxation moves."""
    found = contradiction(problem)
    relaxation = [_relaxed(problem, one, names) for one in found.relaxation]
    sentences = list(rules_in_words(problem, found.rules, names))
    if relaxation:
        sentences += [msg("代价最小的放宽："), *(one.sentence for one in relaxation)]
    else:
        sentences.append(msg("只放宽限制的数量不能解决，请取消必须启动的要求或调整次序。"))
    return {
        "sentences": [one.to_json() for one in sentences],
        "relaxation": [one.to_json() for one in relaxation],
    }


def _relaxed(problem: Problem, one: Relaxation, names: Names) -> Relaxed:
    limit = problem.limits[one.limit]
    amount = problem.amounts[limit.amount]
    return Relaxed(
        limit=limit.id,
        amount=amount.id,
        unit=amount.unit,
        old=amount.natural(limit.bound),
        new=amount.natural(new_bound(problem, one)),
        sentence=relaxation_in_words(problem, one, names),
    )
