"""Cards by a policy file: how far behind the pace is how bad."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules


@dataclass(frozen=True)
class Card:
    """A colour for pace differences of at least `from_` or strictly above `above`; without both, for the rest."""

    id: str
    zh: str
    en: str
    from_: Decimal | None = None
    above: Decimal | None = None

    def fits(self, difference: Fraction) -> bool:
        """Whether a pace difference (percentage points, exact) gets this card."""
        if self.from_ is not None:
            return difference >= Fraction(self.from_)
        return self.above is None or difference > Fraction(self.above)


@dataclass(frozen=True)
class Policy:
    """The cards in the order in which they are tried, with the digest of their file."""

    cards: tuple[Card, ...]
    digest: str

    def card(self, difference: Fraction | None) -> Card | None:
        """The card for a pace difference; none where there is nothing to compare."""
        if difference is None:
            return None
        return next(card for card in self.cards if card.fits(difference))


def parse_policy(rules: RuleFile) -> Policy:
    """The policy that a rule file states.

    Raises:
        BadRules: the last card has a threshold, so that some differences would get no card.
    """
    cards = tuple(
        Card(row["id"], row["zh"], row["en"], *(_threshold(row.get(key)) for key in ("from", "above")))
        for row in rules.content["card"]
    )
    if not cards or cards[-1].from_ is not None or cards[-1].above is not None:
        problem = "规则文件 {name} 的最后一张牌不能有门槛，否则有的进度无牌可亮，请去掉 from/above。"
        raise BadRules(msg(problem, name=rules.name))
    return Policy(cards, rules.digest)


def _threshold(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@cache
def policy() -> Policy:
    """The policy that ships with the program."""
    return parse_policy(load_rules("tenglong.domain.race", "cards.toml"))
