"""The race board: done against target, against the pace of the window, ranked with ties, with its cards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.quantities import share
from tenglong.domain.kernel.rulebook import Rule, Rulebook
from tenglong.domain.kernel.rulefiles import RuleFile

# Cards by a policy file: how far behind the pace is how bad.

CARDS = Rule("cards", "tenglong.domain.race", "cards.toml")


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


@lru_cache(maxsize=100)
def parse_policy(rules: RuleFile) -> Policy:
    """The policy that a rule file states.

    Raises:
        BadRules: a threshold is no number, or the last card has one, so that some differences would get no card.
    """
    cards = tuple(
        Card(
            row["id"], row["zh"], row["en"], *(_threshold(rules.name, row, key) for key in ("from", "above"))
        )
        for row in rules.content["card"]
    )
    if not cards or cards[-1].from_ is not None or cards[-1].above is not None:
        problem = "规则文件 {name} 的最后一张牌不能有门槛，否则有的进度无牌可亮，请去掉 from/above。"
        raise BadRules(msg(problem, name=rules.name))
    return Policy(cards, rules.digest)


def _threshold(name: str, row: Mapping[str, str], key: str) -> Decimal | None:
    try:
        found = Decimal(row[key]) if key in row else None
    except InvalidOperation:
        found = Decimal("NaN")
    if found is not None and not found.is_finite():
        problem = '规则文件 {name} 中“{card}”的 {key} 应为引号内的数字，如 "-10"，现为“{value}”。'
        raise BadRules(msg(problem, name=name, card=row["zh"], key=key, value=row[key]))
    return found


def policy(book: Rulebook) -> Policy:
    """The policy that counts by a rulebook."""
    return parse_policy(book.file(CARDS))


# The race board: done against target, against the pace of the window, ranked with ties.


@dataclass(frozen=True)
class Entrant:
    """One unit: its target in its window (None: it takes no part), and what it has done; official `order`."""

    code: str
    name: str
    order: int
    target: Fraction | None
    window: Window
    done: Fraction
    new: Fraction
    land: Fraction | None
    energy: Fraction | None


@dataclass(frozen=True)
class Row:
    """One line of the board. Rates, pace and difference are exact percent and percentage points.

    `change` is last rank minus rank: positive is upwards. Units without a target have no rank and no card.
    """

    entrant: Entrant
    rate: Fraction | None
    pace: Fraction
    difference: Fraction | None
    rank: int | None
    last_rank: int | None
    card: Card | None

    @property
    def change(self) -> int | None:
        """How many ranks the unit has climbed since the last board."""
        return None if self.rank is None or self.last_rank is None else self.last_rank - self.rank


def rate_of(entrant: Entrant, as_of: date) -> Fraction | None:
    """完成率 in percent; None (不参与排名) without a target, for a target of zero, and before its window begins."""
    if not entrant.target or as_of < entrant.window.start:
        return None
    ratio = share(entrant.done, entrant.target)
    return None if ratio is None else ratio * 100


def ranks(rates: Mapping[str, Fraction | None]) -> dict[str, int]:
    """The rank of each code by falling rate: equal exact rates share a rank, the next is skipped (1, 2, 2, 4)."""
    ranked = {code: rate for code, rate in rates.items() if rate is not None}
    return {code: 1 + sum(other > rate for other in ranked.values()) for code, rate in ranked.items()}


def board(
    entrants: Iterable[Entrant], as_of: date, policy: Policy, last_ranks: Mapping[str, int] | None = None
) -> list[Row]:
    """The board as of a day: ranked units first by rank, equal ranks and unranked units in official order."""
    units: Sequence[Entrant] = list(entrants)
    places, before = ranks({unit.code: rate_of(unit, as_of) for unit in units}), last_ranks or {}
    rows = []
    for unit in units:
        rate, pace = rate_of(unit, as_of), unit.window.pace(as_of) * 100
        difference = None if rate is None else rate - pace
        rank = places.get(unit.code)
        last = before.get(unit.code) if rank else None
        rows.append(Row(unit, rate, pace, difference, rank, last, policy.card(difference)))
    return sorted(
        rows, key=lambda row: (row.rank is None, row.rank or 0, row.entrant.order, row.entrant.code)
    )
