"""How near is near, and how wrong figures may be, in the review before publication (review.toml)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from tenglong.domain.kernel.rulefiles import load_rules


@dataclass(frozen=True)
class Extent:
    """The values that a reviewer may choose from, and the usual one."""

    choices: tuple[Decimal, ...]
    usual: Decimal

    def chosen(self, text: str) -> Decimal:
        """The choice that `text` names, else the usual one."""
        return next((one for one in self.choices if str(one) == text), self.usual)


@dataclass(frozen=True)
class Review:
    """The whole file: points to a threshold, errors in percent, points by which weights are changed."""

    points: Extent
    percent: Extent
    weight: Decimal


@cache
def review_rules() -> Review:
    """The rules that ship with the program."""
    content = load_rules("tenglong.domain.evaluation", "review.toml").content
    return Review(
        _extent(content["points"]), _extent(content["percent"]), Decimal(content["weight"]["change"])
    )


def _extent(row: dict[str, Any]) -> Extent:
    return Extent(tuple(Decimal(one) for one in row["choices"]), Decimal(row["usual"]))
