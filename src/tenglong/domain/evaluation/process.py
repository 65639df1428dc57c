"""The way of a run from draft to final: states, steps, publicity, the second pair of eyes (process.toml)."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from tenglong.domain.access.steps import State, Step, read_states, read_steps
from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.errors import BadRules, BadValue, Conflict
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

COMPUTING, DRAFT, PUBLICISED, FINAL = "computing", "draft", "publicised", "final"
REPLACED, WITHDRAWN, FAILED = "replaced", "withdrawn", "failed"
FREEZE, RECOMPUTE = "freeze", "recompute"


@dataclass(frozen=True)
class Way:
    """What an upheld objection does to the others; `publicity`: the revised result must be shown again."""

    id: str
    zh: str
    en: str
    publicity: bool


@dataclass(frozen=True)
class Process:
    """The whole file. Days are working days."""

    states: dict[str, State]
    steps: dict[str, Step]
    usual_days: int
    least_days: int
    most_days: int
    files: int
    decide_within: int
    ways: dict[str, Way]
    usual_way: str
    digest: str


def parse_process(rules: RuleFile) -> Process:
    """The process that a rule file states.

    Raises:
        BadRules: a key is missing, or a step names a state or a permission that does not exist.
    """
    content = rules.content
    try:
        states = read_states(content)
        ways = {row["id"]: Way(**row) for row in content["upheld"]["way"]}
        found = Process(
            states=states,
            steps=read_steps(content, states),
            usual_days=content["publicity"]["usual"],
            least_days=content["publicity"]["least"],
            most_days=content["publicity"]["most"],
            files=content["objection"]["files"],
            decide_within=content["objection"]["decide_within"],
            ways=ways,
            usual_way=ways[content["upheld"]["usual"]].id,
            digest=rules.digest,
        )
    except (KeyError, TypeError, ValueError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对状态、步骤、权限和天数。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error
    return found


@cache
def process() -> Process:
    """The process that ships with the program."""
    return parse_process(load_rules("tenglong.domain.evaluation", "process.toml"))


def check_step(id: str, state: str) -> Step:
    """The step, where a run in `state` allows it.

    Raises:
        Conflict: the run is in another state.
    """
    found, states = process().steps[id], process().states
    if not found.open_in(state):
        problem = "评价结果目前是“{state}”，不能办理“{step}”。请刷新页面查看最新状态。"
        raise Conflict(msg(problem, state=label(states[state].zh), step=label(found.zh)))
    return found


def publicity(published_on: date, calendar: WorkingCalendar, days: int) -> Window:
    """From the day of publication to the last working day on which objections are taken.

    Raises:
        BadValue: fewer or more days than the rules allow.
    """
    rules = process()
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
    ways = process().ways
    chosen = id or process().usual_way
    if chosen not in ways:
        raise BadValue(msg("“{id}”不是异议成立后的处理方式，请从列表中选择。", id=id))
    return ways[chosen]
