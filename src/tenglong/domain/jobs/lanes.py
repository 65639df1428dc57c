"""Lanes: which kind of job waits for which others (lanes.toml)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules


@dataclass(frozen=True)
class Lane:
    """Jobs that wait for each other: `at_once` run at a time on a server; `alone`, one over all servers."""

    id: str
    zh: str
    en: str
    at_once: int
    alone: bool


@dataclass(frozen=True)
class Kind:
    """A kind of job and the lane it runs in."""

    id: str
    zh: str
    en: str
    lane: str


@dataclass(frozen=True)
class Lanes:
    """The whole file: `lease` is how long a job is held without a sign of life, `beat` how often one is given."""

    lanes: dict[str, Lane]
    kinds: dict[str, Kind]
    lease: timedelta
    beat: timedelta

    def lane_of(self, kind: str) -> Lane:
        """The lane of a kind of job.

        Raises:
            BadRules: the kind has none.
        """
        self.check_kinds([kind], whole=False)
        return self.lanes[self.kinds[kind].lane]

    def check_kinds(self, handled: Iterable[str], *, whole: bool = True) -> None:
        """Raises BadRules where a kind that is `handled` has no lane or (with `whole`) a lane's kind no handler."""
        known = set(handled)
        if without := sorted(known - self.kinds.keys()):
            raise BadRules(msg("后台任务“{kind}”没有队列，请在 lanes.toml 中写明。", kind=without[0]))
        if whole and (unknown := sorted(self.kinds.keys() - known)):
            problem = "lanes.toml 中的后台任务“{kind}”没有程序办理，请核对拼写或删去。"
            raise BadRules(msg(problem, kind=unknown[0]))


def parse_lanes(rules: RuleFile) -> Lanes:
    """The lanes that a rule file states.

    Raises:
        BadRules: a key is missing or unknown, something stands twice, a kind names no lane, a number is not positive.
    """
    content = rules.content
    try:
        found = Lanes(
            lanes=_once(Lane(**row) for row in content["lane"]),
            kinds=_once(Kind(**row) for row in content["kind"]),
            lease=timedelta(seconds=content["lease"]["seconds"]),
            beat=timedelta(seconds=content["lease"]["beat"]),
        )
        _check(found)
    except (KeyError, TypeError, ValueError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对队列、任务和时长。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error
    return found


@cache
def lanes() -> Lanes:
    """The lanes that ship with the program."""
    return parse_lanes(load_rules("tenglong.domain.jobs", "lanes.toml"))


def _once(rows: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        if row.id in found:
            raise ValueError(row.id)
        found[row.id] = row
    return found


def _check(found: Lanes) -> None:
    if not timedelta() < 2 * found.beat < found.lease:
        raise ValueError("lease")
    for lane in found.lanes.values():
        if not 1 <= lane.at_once <= 16:
            raise ValueError(lane.id)
    for kind in found.kinds.values():
        if kind.lane not in found.lanes:
            raise ValueError(kind.lane)
