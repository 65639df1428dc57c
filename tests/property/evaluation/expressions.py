"""Random conditions and quantities over the columns that random firms have."""

from collections.abc import Callable, Sequence
from random import Random

NUMBERS = ("tax", "land", "added", "staff", "energy", "area")
TEXTS = ("county", "industry", "size", "parcel")
FLAGS = ("accident", "new")
GROUPS = ("county", "industry", "size")


class Expressions:
    """Random expressions over the columns and the names given."""

    def __init__(self, random: Random, ids: Sequence[str], texts: Sequence[str] = ("size", "industry")):
        self.random = random
        self.ids = ids
        self.texts = texts

    def quantity(self, depth: int) -> str:
        """A number."""
        if depth == 0:
            numbers = ["1.5", "2", "0.1", *NUMBERS[:5], *self.ids, *self.ids]
            return self.random.choice(numbers)
        makers: list[Callable[[], str]] = [
            lambda: f"({self.quantity(depth - 1)} {self.random.choice('+-*/')} {self.quantity(0)})",
            lambda: f"{self.random.choice(('min', 'max'))}({self.quantity(depth - 1)}, {self.quantity(0)})",
            lambda: f"(-{self.quantity(0)})",
        ]
        return self.random.choice([*makers, self.aggregate] if self.texts else makers)()

    def aggregate(self) -> str:
        """A number over peers."""
        by = f"by {', '.join(self.random.sample(GROUPS, self.random.choice((1, 1, 2))))}"
        by = by if self.random.random() < 0.6 else ""
        number = self.random.choice((*NUMBERS[:5], *self.ids, "(tax / land)"))
        test = f"{number} > 1"
        inside = self.random.choice(
            (
                f"average({number}|)",
                f"total({number}|)",
                f"quantile({number}, 0.8|)",
                "count(|)",
                f"count({test}|)",
            )
        )
        between = "" if inside == "count(|)" else ", "
        return inside.replace("|", between + by if by else "")

    def condition(self, depth: int) -> str:
        """Something that is true, false or unknown."""
        random = self.random
        if depth == 0:
            return random.choice(
                (*FLAGS, f"{random.choice(NUMBERS)} is missing", self.compared(), self.told())
            )
        inner = self.condition(depth - 1)
        return random.choice(
            (
                f"({inner} and {self.condition(depth - 1)})",
                f"({inner} or {self.condition(depth - 1)})",
                f"not {inner}",
                f"{self.quantity(depth)} {random.choice(('<', '<=', '>', '>=', '=', '!='))} {self.quantity(1)}",
                f"{self.quantity(depth)} {random.choice(('<', '<=', '>', '>='))} {random.choice(('1', '2.5', '5'))}",
                self.compared(),
                self.told(),
            )
        )

    def compared(self) -> str:
        """A number against others, often equal to one of them."""
        random, number = self.random, self.quantity(0)
        return random.choice(
            (
                f"{number} in (1, 2, 5, 0)",
                f"{number} not in (1, -1.5)",
                f"5 {random.choice(('<=', '=', '>'))} {number}",
                f"{number} = 15.3 / 3.06",
            )
        )

    def told(self) -> str:
        """A text against others."""
        random, text = self.random, self.random.choice(self.texts or ("size",))
        return random.choice(
            (
                f"{text} = 'big'",
                f"{text} != 'steel'",
                f'{text} in ("dye", "silk", "A", "small")',
                f"{text} not in ('steel', 'B')",
                f"{text} is missing",
                f"{text} is not missing",
                f"size = {text}",
            )
        )
