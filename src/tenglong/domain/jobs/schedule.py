"""What is due when, by itself (schedule.toml): moments computed from a rule, the last of them and now."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from tenglong.domain.jobs.lanes import lanes
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

EVERY_DAY = frozenset(range(1, 8))
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Work:
    """A job of `kind` at a time of China on `weekdays` (1 is Monday)."""

    id: str
    zh: str
    en: str
    kind: str
    at: time
    weekdays: frozenset[int]

    def last_until(self, now: datetime) -> datetime:
        """The latest of its moments that is not after `now`."""
        moment = datetime.combine(now.astimezone(CHINA).date(), self.at, CHINA)
        while moment > now or moment.isoweekday() not in self.weekdays:
            moment -= DAY
        return moment

    def next_after(self, moment: datetime) -> datetime:
        """The earliest of its moments after `moment`."""
        found = datetime.combine(moment.astimezone(CHINA).date(), self.at, CHINA)
        while found <= moment or found.isoweekday() not in self.weekdays:
            found += DAY
        return found


def due(work: Work, last: datetime, now: datetime) -> datetime | None:
    """The moment that is due: the latest until `now`, where it is later than `last`; of several missed only one."""
    moment = work.last_until(now)
    return moment if moment > last else None


def parse_schedule(rules: RuleFile) -> dict[str, Work]:
    """The works that a rule file states, by id.

    Raises:
        BadRules: a key is missing or unknown, a work stands twice, its kind has no lane, or no such time or day.
    """
    found: dict[str, Work] = {}
    try:
        for row in rules.content["work"]:
            work = _work(**row)
            if work.id in found or not work.weekdays or not work.weekdays <= EVERY_DAY:
                raise ValueError(work.id)
            lanes().check_kinds([work.kind], whole=False)
            found[work.id] = work
    except (KeyError, TypeError, ValueError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对任务、时间（如 02:30）和星期（1 至 7）。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error
    return found


@cache
def schedule() -> dict[str, Work]:
    """The works that ship with the program, in the order of the file."""
    return parse_schedule(load_rules("tenglong.domain.jobs", "schedule.toml"))


def _work(*, at: str, weekdays: Any = EVERY_DAY, **rest: Any) -> Work:
    return Work(at=time.fromisoformat(at), weekdays=frozenset(weekdays), **rest)
