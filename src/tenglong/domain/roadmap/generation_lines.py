"""A plan in days: what each firm does when, with its milestones and payments (docs/algorithms/roadmap.md 10)."""

from tenglong.domain.roadmap.generation_parts import Generated, LinePlan
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Problem


def lines(generated: Generated, problem: Problem, plan: Plan) -> list[LinePlan]:
    """One line for each firm of the problem, in its order; firms that wait have an empty one."""
    raise NotImplementedError
