"""What a token for programs may do and for how long, as data (tokens.toml)."""

from dataclasses import dataclass
from functools import cache

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

EVERYTHING = "all"


@dataclass(frozen=True)
class TokenScope:
    """What a token may be used for, at most: its owner's rights are the outer bound."""

    id: str
    zh: str
    en: str
    permissions: frozenset[Permission]


@dataclass(frozen=True)
class TokenRules:
    """The scopes in the order of the file, narrowest first; days that a token lasts unless told, and at most."""

    scopes: dict[str, TokenScope]
    usual_days: int
    longest_days: int

    def check(self, scope: str, days: int) -> None:
        """Raises BadValue when there is no such scope, or when a token may not last so long."""
        if scope not in self.scopes:
            raise BadValue(msg("没有令牌范围“{scope}”，请从列表中选择。", scope=scope))
        if not 1 <= days <= self.longest_days:
            problem = "令牌有效期应为 1 至 {longest} 天，收到 {days} 天，请改短；到期前可新建一个。"
            raise BadValue(msg(problem, longest=self.longest_days, days=days))


def parse_token_rules(rules: RuleFile) -> TokenRules:
    """The rules of a file.

    Raises:
        BadRules: a scope names a permission that does not exist, or days that are not 1 ≤ usual ≤ longest.
    """
    scopes = {row["id"]: _scope(rules, row) for row in rules.content["scope"]}
    usual, longest = rules.content["days"]["usual"], rules.content["days"]["longest"]
    if not 1 <= usual <= longest:
        problem = "规则文件 {name} 的 days 有误：应为 1 ≤ usual（{usual}）≤ longest（{longest}），请改正。"
        raise BadRules(msg(problem, name=rules.name, usual=usual, longest=longest))
    return TokenRules(scopes, usual, longest)


@cache
def token_rules() -> TokenRules:
    """The rules that ship with the program."""
    return parse_token_rules(load_rules("tenglong.domain.access", "tokens.toml"))


def _scope(rules: RuleFile, row: dict[str, object]) -> TokenScope:
    named = row["permissions"]
    try:
        held = frozenset(Permission if named == EVERYTHING else map(Permission, named))  # type: ignore[call-overload]
    except (ValueError, TypeError) as error:
        problem = "规则文件 {name} 中令牌范围 {scope} 的权限有误：{why}。请改用 roles.toml 中列出的权限。"
        raise BadRules(msg(problem, name=rules.name, scope=row["id"], why=error)) from error
    return TokenScope(str(row["id"]), str(row["zh"]), str(row["en"]), held)
