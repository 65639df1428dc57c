"""How old a value of the reference series may be to be held against a figure (references.toml)."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from tenglong.domain.kernel.rulefiles import load_rules


@dataclass(frozen=True)
class Age:
    """How many days a reference value is older than the figure, and whether that is more than the rule allows."""

    days: int
    too_old: bool


@cache
def days_allowed() -> int:
    """Days by which a reference value may be older than the figure."""
    return int(load_rules("tenglong.domain.campaign", "references.toml").content["age"]["allowed"])


def age_of(day: date, as_of: date) -> Age:
    """The age of a value of `day` beside a figure as of `as_of`."""
    days = (as_of - day).days
    return Age(days, days > days_allowed())
