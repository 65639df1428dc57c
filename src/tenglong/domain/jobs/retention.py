"""How long working data is kept (retention.toml)."""

from datetime import timedelta
from functools import cache

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

CLEARED = ("answered_writes", "finished_jobs", "unconfirmed_imports")
"""What tidying knows how to clear."""


def parse_retention(rules: RuleFile) -> dict[str, timedelta]:
    """How long each thing is kept, by id.

    Raises:
        BadRules: something is missing, unknown or stands twice, or is not kept for a whole day at least.
    """
    rows = rules.content.get("kept", [])
    days = {row.get("id"): row.get("days") for row in rows}
    if sorted(map(str, days)) != sorted(CLEARED) or len(rows) != len(CLEARED):
        problem = "规则文件 {file}：保留期限应恰为 {expected}，请改正。"
        raise BadRules(msg(problem, file=rules.name, expected="、".join(CLEARED)))
    if any(type(number) is not int or number < 1 for number in days.values()):
        raise BadRules(msg("规则文件 {file}：days 应是不小于 1 的整数，请改正。", file=rules.name))
    return {id: timedelta(days=number) for id, number in days.items()}


@cache
def retention() -> dict[str, timedelta]:
    """The rules of this program."""
    return parse_retention(load_rules("tenglong.domain.jobs", "retention.toml"))
