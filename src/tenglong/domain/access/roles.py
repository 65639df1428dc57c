"""Permissions and roles as data (roles.toml)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules


class Permission(StrEnum):
    """What a person may be allowed to do."""

    VIEW = "view"
    EXPORT = "export"
    IMPORT = "import"
    ACCEPT = "accept"
    RECORD = "record"
    REVIEW = "review"
    MATCH = "match"
    WRITE_OFF = "write_off"
    CORRECT = "correct"
    FREEZE = "freeze"
    ISSUE = "issue"
    MANAGE = "manage"
    ORGANISE = "organise"
    CALENDAR = "calendar"
    RULES = "rules"
    VERIFY = "verify"
    EVALUATION_DRAFT = "evaluation_draft"
    EVALUATION_PUBLICISE = "evaluation_publicise"
    EVALUATION_OBJECT = "evaluation_object"
    EVALUATION_DECIDE = "evaluation_decide"
    EVALUATION_FINALISE = "evaluation_finalise"
    ROADMAP_PLAN = "roadmap_plan"
    ROADMAP_ADOPT = "roadmap_adopt"


@dataclass(frozen=True)
class Role:
    """A set of permissions with a name that offices know."""

    id: str
    zh: str
    en: str
    grants: frozenset[Permission]


def parse_roles(rules: RuleFile) -> dict[str, Role]:
    """The roles that a rule file states.

    Raises:
        BadRules: a role grants a permission that does not exist.
    """
    roles = {}
    for row in rules.content["role"]:
        try:
            grants = frozenset(Permission(name) for name in row["grants"])
        except ValueError as error:
            problem = "规则文件 {name} 中角色 {role} 的权限有误：{why}。请改用 permissions 中列出的权限。"
            raise BadRules(msg(problem, name=rules.name, role=row["id"], why=error)) from error
        roles[row["id"]] = Role(row["id"], row["zh"], row["en"], grants)
    return roles


@cache
def permission_labels() -> dict[Permission, str]:
    """Each permission in words, as roles.toml has it."""
    labels = load_rules("tenglong.domain.access", "roles.toml").content["permissions"]
    return {permission: labels[permission.value]["zh"] for permission in Permission}


@cache
def roles() -> dict[str, Role]:
    """The roles that ship with the program, in the order of the file."""
    return parse_roles(load_rules("tenglong.domain.access", "roles.toml"))
