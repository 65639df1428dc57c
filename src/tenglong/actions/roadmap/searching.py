"""The search for a plan in its own process: told to those who wait, ended when somebody says so."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.plans import Point, Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.process import COMPUTING
from tenglong.domain.roadmap.solvers.choose import solve_aims
from tenglong.queries.roadmap.progress import Stored, forget_points, tell_points
from tenglong.queries.roadmap.settings import settings_of
from tenglong.store.models import Roadmap

Say = Callable[[Message], None]
EVERY = 0.5
"""Seconds of search between two looks at whether somebody wants it to end."""


def search(
    roadmap: Roadmap, problem: Problem, say: Say, *, share: float = 1.0, first_aim: bool = False
) -> tuple[Problem, Solution] | None:
    """The plan of the last aim (or of the first only), and its problem, found with a share of the time and work that
    the settings allow.

    None when the roadmap was withdrawn meanwhile; when somebody stopped the search, the best plan so far.
    """
    limits = settings_of(roadmap).solver
    if first_aim:
        problem = replace(problem, aims=problem.aims[:1])
    listener = _Listener(roadmap.pk, problem, say)
    say(msg("正在求解"))
    try:
        found = solve_aims(
            problem,
            seconds=limits.seconds * share,
            work=None if limits.work is None else float(limits.work) * share,
            seed=limits.seed,
            gap=float(limits.gap),
            on_progress=listener,
        )
    finally:
        forget_points(roadmap.pk)
    return None if listener.withdrawn else found


def point_row(problem: Problem, point: Point) -> list[Any]:
    """A point as it is kept: [seconds, value, bound], in units of the aim as texts."""
    numbers = (None if one is None else f"{problem.aim.natural(one):f}" for one in (point.value, point.bound))
    return [round(point.seconds, 3), *numbers]


class _Listener:
    """Hears every point of the search. Who stops it before there is a plan waits for the first one."""

    def __init__(self, roadmap_id: int, problem: Problem, say: Say):
        self._id, self._problem, self._say = roadmap_id, problem, say
        self._points: Stored = []
        self._told = -1.0
        self._stopped = False
        self.withdrawn = False

    def __call__(self, point: Point) -> bool:
        """Whether the search is to end."""
        self._points.append(point_row(self._problem, point))
        if abs(point.seconds - self._told) >= EVERY:
            self._told = point.seconds
            self._tell(point)
            self._ask()
        return self.withdrawn or (self._stopped and point.value is not None)

    def _tell(self, point: Point) -> None:
        tell_points(self._id, self._points)
        seconds = half_up(Decimal(repr(point.seconds)), 1)
        gap = _gap(point)
        if gap is None:
            self._say(msg("正在求解：已用 {seconds} 秒，还没有可行方案", seconds=seconds))
        else:
            self._say(msg("正在求解：已用 {seconds} 秒，差距 {gap}%", seconds=seconds, gap=gap))

    def _ask(self) -> None:
        row = Roadmap.objects.filter(pk=self._id).values_list("state", "stopped_by").first()
        self.withdrawn = row is None or row[0] != COMPUTING
        self._stopped = bool(row and row[1])


def _gap(point: Point) -> Decimal | None:
    """The certified gap in per cent."""
    if point.value is None or not point.bound:
        return None
    return half_up(Fraction(100 * (point.bound - point.value), abs(point.bound)), 3)
