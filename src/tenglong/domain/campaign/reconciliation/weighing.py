"""How much each agreement or difference weighs, and the probability that two rows are one firm.

Fellegi-Sunter: every level of a field has m, its share among rows of one firm, and u, its share among
rows of two different firms; odds = prior odds x product of m/u. The numbers are fixed, from a documented
training run on invented firms, so that a pair gets the same probability in any list and on any day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import prod

from tenglong.domain.campaign.reconciliation.comparison import Field, Levels, name_levels
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules


@dataclass(frozen=True)
class Odds:
    """Shares of one level among rows of one firm (m) and of two firms (u)."""

    m: float
    u: float


@dataclass(frozen=True)
class Weights:
    """`prior` is the probability that two rows that share a blocking key are one firm."""

    prior: float
    levels: Mapping[Field, Mapping[str, Odds]]

    def probability(self, levels: Levels) -> float:
        """The probability that two rows with these levels are one firm."""
        found = (self.levels[field][level] for field, level in levels.items() if level is not None)
        odds = self.prior / (1 - self.prior) * prod(weight.m / weight.u for weight in found)
        return odds / (1 + odds)


def field_levels() -> dict[Field, tuple[str, ...]]:
    """Every level of every field, most alike first."""
    either = ("same", "different")
    return {
        Field.NAME: name_levels(),
        Field.CODE: either,
        Field.COUNTY: either,
        Field.REPRESENTATIVE: either,
        Field.ADDRESS: ("same", "same_road", "different"),
    }


@cache
def weights() -> Weights:
    """The weights that ship with the program."""
    return read_weights(load_rules("tenglong.domain.campaign.reconciliation", "weights.toml"))


def read_weights(rules: RuleFile) -> Weights:
    """Weights from a rule file.

    Raises:
        BadRules: a level is missing, or a number is not strictly between 0 and 1.
    """
    content = rules.content
    try:
        table = {
            field: {level: Odds(**content[field.value][level]) for level in levels}
            for field, levels in field_levels().items()
        }
        prior = content["prior"]
    except (KeyError, TypeError) as error:
        problem = "规则文件 {name} 缺少权重 {why}，请重新运行训练。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error
    numbers = [number for field in table.values() for odds in field.values() for number in (odds.m, odds.u)]
    if not all(0 < number < 1 for number in (prior, *numbers)):
        raise BadRules(msg("规则文件 {name} 的权重应大于 0 小于 1，请重新运行训练。", name=rules.name))
    return Weights(prior, table)
