"""The way of a roadmap from asking for it to being in force: states, steps, who may take them (process.toml)."""

from dataclasses import dataclass
from functools import cache

from tenglong.domain.access.steps import State, Step, read_states, read_steps
from tenglong.domain.kernel.errors import BadRules, Conflict
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

COMPUTING, FAILED, PLANNED, INFEASIBLE = "computing", "failed", "planned", "infeasible"
ADOPTED, REPLACED, WITHDRAWN = "adopted", "replaced", "withdrawn"
SHOWN_TO_ALL = (ADOPTED, REPLACED)
"""What people of a smaller place see of a roadmap of a larger one: drafts are the business of who plans."""


@dataclass(frozen=True)
class Process:
    """The whole file."""

    states: dict[str, State]
    steps: dict[str, Step]
    front_points: int
    front_seconds: int
    what_if_seconds: int
    digest: str


def parse_process(rules: RuleFile) -> Process:
    """The process that a rule file states.

    Raises:
        BadRules: a key is missing, or a step names a state or a permission that does not exist.
    """
    try:
        states = read_states(rules.content)
        steps = read_steps(rules.content, states)
        front, what_if = rules.content["front"], rules.content["what_if"]
        numbers = front["points"], front["seconds"], what_if["seconds"]
    except (KeyError, TypeError, ValueError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对状态、步骤和权限。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error
    return Process(states, steps, *numbers, rules.digest)


@cache
def process() -> Process:
    """The process that ships with the program."""
    return parse_process(load_rules("tenglong.domain.roadmap", "process.toml"))


def check_step(id: str, state: str) -> Step:
    """The step, where a roadmap in `state` allows it.

    Raises:
        Conflict: the roadmap is in another state.
    """
    found, states = process().steps[id], process().states
    if not found.open_in(state):
        problem = "路线图目前是“{state}”，不能办理“{step}”。请刷新页面查看最新状态。"
        raise Conflict(msg(problem, state=label(states[state].zh), step=label(found.zh)))
    return found
