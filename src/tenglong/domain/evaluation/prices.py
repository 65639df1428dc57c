"""What a grade costs or saves: rates by place, year and lever, the highest surcharge only, refunds (prices.toml)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulebook import Rule as OwnedRule
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.kernel.rulefiles import RuleFile

PRICES = OwnedRule("prices", "tenglong.domain.evaluation", "prices.toml")
EVALUATION, ENVIRONMENT_CREDIT = "evaluation", "environment_credit"


@dataclass(frozen=True)
class Lever:
    """Something that a grade makes dearer (`surcharge`) or cheaper, and the unit of its rates."""

    id: str
    zh: str
    en: str
    unit: str
    unit_en: str
    surcharge: bool


@dataclass(frozen=True)
class RatesPlace:
    """What a place is called whose rates are stated."""

    zh: str
    en: str


@dataclass(frozen=True)
class Rule:
    """What a document states for a lever and a grade, where and in which years.

    `verified` False: it was taken from a draft or a copy; check the document first.
    """

    id: str
    place: str
    first_year: int
    last_year: int | None
    lever: str
    grade: str
    source: str
    verified: bool

    def fits(self, place: str, year: int) -> bool:
        """Whether the rule is one for `place` in `year`."""
        last = self.last_year or year
        return place.startswith(self.place) and self.first_year <= year <= last


@dataclass(frozen=True)
class Rate(Rule):
    """A rate of a lever for a grade, from `consecutive` years in a row on."""

    value: Decimal
    rating: str = EVALUATION
    consecutive: int = 1


@dataclass(frozen=True)
class Refund(Rule):
    """What is given back to a firm that left `grade` for one of `now`: `share` percent of a year's surcharge."""

    now: tuple[str, ...]
    share: Decimal


@dataclass(frozen=True)
class Charge:
    """What one firm pays: the rate that counts, and those that do not because it is higher."""

    rate: Rate
    passed_over: tuple[Rate, ...] = ()


@dataclass(frozen=True)
class Prices:
    """The whole file; `places` are named by the code that rates give."""

    levers: dict[str, Lever]
    places: dict[str, RatesPlace]
    rates: tuple[Rate, ...]
    refunds: tuple[Refund, ...]
    digest: str


def parse_prices(rules: RuleFile) -> Prices:
    """The rates that a rule file states.

    Raises:
        BadRules: a key is missing, a value is no number, a lever or a rating does not exist.
    """
    content = rules.content
    try:
        return Prices(
            levers={id: Lever(id, **row) for id, row in content["lever"].items()},
            places={code: RatesPlace(**row) for code, row in content["place"].items()},
            rates=tuple(_rate(row, content) for row in content["rate"]),
            refunds=tuple(_refund(row, content) for row in content.get("refund", ())),
            digest=rules.digest,
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        problem = "规则文件 {name} 有误：{why}，请核对每条价格的键、年份、杠杆和数值。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error


def _rate(row: dict[str, Any], content: dict[str, Any]) -> Rate:
    rating = row.get("rating", EVALUATION)
    if rating not in content["rating"]:
        raise ValueError(rating)
    if row.get("consecutive", 1) < 1:
        raise ValueError(row["consecutive"])
    return Rate(
        **_common(row, content),
        value=Decimal(row["value"]),
        rating=rating,
        consecutive=row.get("consecutive", 1),
    )


def _refund(row: dict[str, Any], content: dict[str, Any]) -> Refund:
    return Refund(**_common(row, content), now=tuple(row["now"]), share=Decimal(row["share"]))


def _common(row: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    first, *last = row["years"]
    if row["lever"] not in content["lever"]:
        raise ValueError(row["lever"])
    same = {key: row[key] for key in ("id", "place", "lever", "grade", "source", "verified")}
    return {**same, "first_year": first, "last_year": last[0] if last else None}


def prices(book: Rulebook) -> Prices:
    """The rates that count by a rulebook."""
    return _parsed(book.file(PRICES))


@lru_cache(maxsize=100)
def _parsed(rules: RuleFile) -> Prices:
    return parse_prices(rules)


def lever(prices: Prices, id: str) -> Lever:
    """The lever `id`.

    Raises:
        BadValue: there is none.
    """
    if id not in prices.levers:
        raise BadValue(msg("没有名为“{id}”的政策杠杆，请从列表中选择。", id=id))
    return prices.levers[id]


def policy_rate(
    prices: Prices,
    place: str,
    year: int,
    grade: str,
    consecutive_years: int,
    *,
    lever: str,
    rating: str = EVALUATION,
) -> Rate | None:
    """The rate of `lever` for a firm that has had `grade` for so many years in a row; None where the place has none.

    The most local rule counts: a county's own rates for a grade take the place of the province's.
    """
    fitting = [
        rate
        for rate in prices.rates
        if rate.fits(place, year) and (rate.lever, rate.rating, rate.grade) == (lever, rating, grade)
    ]
    local = max((len(rate.place) for rate in fitting), default=0)
    reached = [rate for rate in fitting if len(rate.place) == local and rate.consecutive <= consecutive_years]
    return max(reached, key=lambda rate: rate.consecutive, default=None)


def highest(rates: Iterable[Rate | None]) -> Charge | None:
    """Several surcharges on one firm: only the highest is charged [S23]; of equal ones the first."""
    found = sorted((rate for rate in rates if rate), key=lambda rate: -rate.value)
    return Charge(found[0], tuple(found[1:])) if found else None


def refund(prices: Prices, place: str, year: int, lever: str, *, before: str, now: str) -> Refund | None:
    """What a firm gets back of the surcharge for the year before, when its grade went from `before` to `now`."""
    for rule in prices.refunds:
        if rule.fits(place, year) and (rule.lever, rule.grade) == (lever, before) and now in rule.now:
            return rule
    return None
