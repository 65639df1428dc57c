"""The way of a roadmap from asking for it to being in force: its process and the limits of searches (process.toml)."""

from dataclasses import dataclass
from functools import cache

from tenglong.domain.access.policy import parse_process
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.process import Process
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

COMPUTING, FAILED, PLANNED, INFEASIBLE = "computing", "failed", "planned", "infeasible"
ADOPTED, APPROVED, REPLACED, WITHDRAWN = "adopted", "approved", "replaced", "withdrawn"
SHOWN_TO_ALL = (ADOPTED, REPLACED)
"""What people of a smaller place see of a roadmap of a larger one: drafts are the business of who plans."""


@dataclass(frozen=True)
class Rules:
    """The whole file: the process, and how long a worker may look for a front and for an answer."""

    process: Process
    front_points: int
    front_seconds: int
    what_if_seconds: int


def parse_roadmap_rules(rules: RuleFile) -> Rules:
    """The rules that a file states.

    Raises:
        BadRules: the process is refused, or a number is missing.
    """
    process = parse_process(rules, own=("front", "what_if"))
    try:
        front, what_if = rules.content["front"], rules.content["what_if"]
        return Rules(process, front["points"], front["seconds"], what_if["seconds"])
    except (KeyError, TypeError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对求解的点数和时间。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error


@cache
def roadmap_rules() -> Rules:
    """The rules that ship with the program."""
    return parse_roadmap_rules(load_rules("tenglong.domain.roadmap", "process.toml"))
