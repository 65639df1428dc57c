"""A list of aims, one after the other (docs/algorithms/roadmap.md 3.2): each is kept, within its tolerance."""

from dataclasses import replace
from fractions import Fraction
from math import floor

from tenglong.domain.roadmap.problems import Floor, Problem


def next_aim(problem: Problem, reached: int) -> Problem:
    """The problem of the next aim, in which the first must keep what it reached, less its tolerance."""
    aim = problem.aim
    least = reached - floor(Fraction(aim.tolerance) * abs(reached))
    return replace(problem, aims=problem.aims[1:], floors=(*problem.floors, Floor(aim, least)))


def after_aims(problem: Problem, kept: tuple[int, ...]) -> Problem:
    """The problem after as many aims as there are floors in `kept`: what a plan file says of its earlier aims."""
    floors = tuple(Floor(aim, least) for aim, least in zip(problem.aims, kept, strict=False))
    return replace(problem, aims=problem.aims[len(kept) :], floors=(*problem.floors, *floors))
