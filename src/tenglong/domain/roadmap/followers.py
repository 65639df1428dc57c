"""Firms of a problem that stand for no case: wishes for a zone (2.3), parcels, empty with their last tenant (2.5).

They come after the firms they follow in the order, and begin as soon as all of those have.
"""

from collections.abc import Collection, Sequence

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Ints, Problem
from tenglong.domain.roadmap.problems.rules import WISHES

PARCELS = "parcel"
"""The measure of a parcel, and what its id begins with."""


def followers(problem: Problem) -> list[int]:
    """Their indices, in the order in which one may follow the other."""
    ids = problem.firms.ids
    return [n for n, id in enumerate(ids) if id.startswith((f"{PARCELS}:", f"{WISHES}:"))]


def following(problem: Problem, firms: Collection[int]) -> list[int]:
    """Those that follow one of some firms, at once or through others, in the order in which one may follow another."""
    orders, ahead = problem.orders, np.zeros(len(problem.firms), bool)
    ahead[list(firms)] = True
    found = []
    for follower in followers(problem):
        if ahead[orders.first[orders.then == follower]].any():
            ahead[follower] = True
            found.append(follower)
    return found


def settle(problem: Problem, measure: Ints, start: Ints, those: Sequence[int] | None = None) -> None:
    """Let each (or those only) begin as early as may be when all that it follows have begun, else wait.

    Changes the arrays.
    """
    orders = problem.orders
    for follower in followers(problem) if those is None else those:
        k = int(problem.firms.measure_start[follower])
        mine = orders.then == follower
        before = start[orders.first[mine]]
        begin = max((before + orders.gap[mine]).max(initial=0), int(problem.measures.first[k]))
        begun = bool((before != WAITS).all()) and begin <= problem.measures.last[k]
        measure[follower], start[follower] = (k, begin) if begun else (WAITS, WAITS)
