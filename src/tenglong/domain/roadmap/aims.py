"""A list of aims, one after the other (docs/algorithms/roadmap.md 3.2): each is kept, within its tolerance."""

from dataclasses import replace
from fractions import Fraction
from math import floor

from tenglong.domain.roadmap.plans import Solution
from tenglong.domain.roadmap.problems import Floor, Problem


def next_aim(problem: Problem, reached: int, by: Solution | None = None) -> Problem:
    """The problem of the next aim, in which the first must keep what it reached, less its tolerance.

    `by` is the solution that reached it.
    """
    least = reached - floor(Fraction(problem.aim.tolerance) * abs(reached))
    evidence = None if by is None else replace(by, trajectory=())
    return _with_floor(problem, Floor(problem.aim, least, evidence))


def after_aims(problem: Problem, kept: tuple[int, ...]) -> Problem:
    """The problem after as many aims as there are values in `kept`: what a plan file of form 1 says of earlier aims."""
    for least in kept:
        problem = _with_floor(problem, Floor(problem.aim, least))
    return problem


def _with_floor(problem: Problem, kept: Floor) -> Problem:
    return replace(problem, aims=problem.aims[1:], floors=(*problem.floors, kept))
