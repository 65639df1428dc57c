"""The way of a roadmap from asking for it to being in force: states, steps, who may take them (process.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadRules, Conflict, NotAllowed
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

COMPUTING, FAILED, PLANNED, INFEASIBLE = "computing", "failed", "planned", "infeasible"
ADOPTED, REPLACED, WITHDRAWN = "adopted", "replaced", "withdrawn"
SHOWN_TO_ALL = (ADOPTED, REPLACED)
"""What people of a smaller place see of a roadmap of a larger one: drafts are the business of who plans."""


@dataclass(frozen=True)
class State:
    """Where a roadmap stands."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Step:
    """A thing a person does to a roadmap in one of `sources`, which goes `to` another state where one is named.

    `not_by`: the parts whose player may not take it. `reason` asks for a reason in words.
    """

    id: str
    zh: str
    en: str
    permission: Permission
    sources: tuple[str, ...] = ()
    to: str = ""
    not_by: tuple[str, ...] = ()
    reason: bool = False


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
        states = {row["id"]: State(row["id"], row["zh"], row["en"]) for row in rules.content["state"]}
        steps = {row["id"]: _step(row, states) for row in rules.content["step"]}
        front, what_if = rules.content["front"], rules.content["what_if"]
        numbers = front["points"], front["seconds"], what_if["seconds"]
    except (KeyError, TypeError, ValueError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对状态、步骤和权限。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error
    return Process(states, steps, *numbers, rules.digest)


def _step(row: Mapping[str, Any], states: Mapping[str, State]) -> Step:
    return Step(
        id=row["id"],
        zh=row["zh"],
        en=row["en"],
        permission=Permission(row["permission"]),
        sources=tuple(states[id].id for id in row.get("from", ())),
        to=states[row["to"]].id if "to" in row else "",
        not_by=tuple(row.get("not_by", ())),
        reason=row.get("reason", False),
    )


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
    if found.sources and state not in found.sources:
        problem = "路线图目前是“{state}”，不能办理“{step}”。请刷新页面查看最新状态。"
        raise Conflict(msg(problem, state=label(states[state].zh), step=label(found.zh)))
    return found


def check_other_person(step: Step, person: str, parts: Mapping[str, str]) -> None:
    """Where the rules ask for a second person, nobody approves their own work; `parts` are who did what before.

    Raises:
        NotAllowed: `person` did what the step approves.
    """
    if any(parts.get(part) == person for part in step.not_by):
        problem = "“{step}”须由他人办理：此前的工作是您本人经手的。"
        raise NotAllowed(msg(problem, step=label(step.zh)))
