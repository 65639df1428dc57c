"""The way of a run from draft to final: its processes, publicity, and what an upheld objection does (process.toml)."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from tenglong.domain.access.policy import load_process, parse_process
from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.errors import BadRules, BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.process import Process
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

COMPUTING, DRAFT, PUBLICISED, FINAL = "computing", "draft", "publicised", "final"
REPLACED, WITHDRAWN, FAILED, REVISED = "replaced", "withdrawn", "failed", "revised"
FREEZE, RECOMPUTE = "freeze", "recompute"
PACKAGE = "tenglong.domain.evaluation"


@dataclass(frozen=True)
class Way:
    """What an upheld objection does to the others; `publicity`: the revised result must be shown again."""

    id: str
    zh: str
    en: str
    publicity: bool


@dataclass(frozen=True)
class Rules:
    """The whole file: the process of a run, and what stands beside it. Days are working days."""

    process: Process
    usual_days: int
    least_days: int
    most_days: int
    ways: dict[str, Way]
    usual_way: str


def parse_run_rules(rules: RuleFile) -> Rules:
    """The rules of a run that a file states.

    Raises:
        BadRules: the process is refused, or a number or a way is missing.
    """
    process = parse_process(rules, own=("publicity", "upheld"))
    content = rules.content
    try:
        ways = {row["id"]: Way(**row) for row in content["upheld"]["way"]}
        return Rules(
            process=process,
            usual_days=content["publicity"]["usual"],
            least_days=content["publicity"]["least"],
            most_days=content["publicity"]["most"],
            ways=ways,
            usual_way=ways[content["upheld"]["usual"]].id,
        )
    except (KeyError, TypeError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对公示天数和异议成立后的处理方式。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error


@cache
def run_rules() -> Rules:
    """The rules of a run that ship with the program."""
    return parse_run_rules(load_rules(PACKAGE, "process.toml"))


@cache
def objection_process() -> Process:
    """The way of an objection to a run."""
    return load_process(PACKAGE, "objection_process.toml")


@cache
def scheme_process() -> Process:
    """The way of a version of a scheme."""
    return load_process(PACKAGE, "scheme_process.toml")


def publicity(published_on: date, calendar: WorkingCalendar, days: int) -> Window:
    """From the day of publication to the last working day on which objections are taken.

    Raises:
        BadValue: fewer or more days than the rules allow.
    """
    rules = run_rules()
    if not rules.least_days <= days <= rules.most_days:
        problem = "公示期须为 {least} 至 {most} 个工作日，填写的是 {days}，请改正。"
        raise BadValue(msg(problem, least=rules.least_days, most=rules.most_days, days=days))
    return Window(published_on, calendar.add_working_days(published_on, days))


def publicity_anew(window: Window, calendar: WorkingCalendar, days: int, today: date) -> Window:
    """A publicity counted anew because a notice was entered `today`.

    A last day that was announced and has not passed never becomes one that has.
    """
    last = calendar.add_working_days(window.start, days)
    return Window(window.start, max(last, min(window.deadline, today)))


def check_taking_objections(window: Window, today: date, calendar: WorkingCalendar) -> None:
    """Raises Conflict when the publicity is over."""
    if today > window.deadline:
        problem = "公示已于 {day} 结束，不再受理异议。"
        raise Conflict(msg(problem, day=calendar.said(window.deadline, window.start)))


def check_over(window: Window, today: date, calendar: WorkingCalendar) -> None:
    """Raises Conflict while the publicity runs."""
    if today <= window.deadline:
        problem = "公示到 {day} 结束，结束后方可定稿。"
        raise Conflict(msg(problem, day=calendar.said(window.deadline, window.start)))


def way_of(id: str) -> Way:
    """The way `id`, or the usual one for "".

    Raises:
        BadValue: there is no such way.
    """
    ways = run_rules().ways
    chosen = id or run_rules().usual_way
    if chosen not in ways:
        raise BadValue(msg("“{id}”不是异议成立后的处理方式，请从列表中选择。", id=id))
    return ways[chosen]
