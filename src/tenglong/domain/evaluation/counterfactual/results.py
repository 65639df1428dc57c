"""What a search for the cheapest change finds (`counterfactual`)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.results import Group
from tenglong.domain.evaluation.schemes import Adjustment, Column


@dataclass(frozen=True)
class Change:
    """One figure changed."""

    column: str
    label: Column
    before: Decimal
    after: Decimal

    @property
    def relative(self) -> Fraction | None:
        """The size of the change as a part of the figure, positive; None where it was zero."""
        return abs(Fraction(self.after) / Fraction(self.before) - 1) if self.before else None


@dataclass(frozen=True)
class Moved:
    """Another firm whose grade the change would alter."""

    firm: str
    before: str
    after: str


@dataclass(frozen=True)
class Way:
    """A change that works, and what the table looks like then.

    `cut_before`, `cut_after`: the lowest total that the grade by quota which the firm reaches has among its peers,
    None where nobody had it. `benchmarks`: those that the firm's own figures move: indicator, group, before, after.
    """

    changes: tuple[Change, ...]
    total: Decimal
    rank: int
    grade: str
    cut_before: Decimal | None
    cut_after: Decimal | None
    moved: tuple[Moved, ...]
    benchmarks: tuple[tuple[str, Group, Fraction, Fraction], ...]


@dataclass(frozen=True)
class Futile:
    """A column that alone helps nothing: what it was raised or lowered to at most, and the total that this gave.

    `total` equals the present one where an indicator is at its cap.
    """

    column: str
    label: Column
    most: Decimal
    total: Decimal | None


@dataclass(frozen=True)
class Counterfactual:
    """What would lift a firm. `single` has the cheapest first; `pair` changes two figures by the same share,
    `together` all that help, where that needs less than the pair.

    `unreported` are columns without a figure: reporting it counts as reporting, not as a change. `held_by` are
    rules after the quota without one of which the firm would have a better grade, and vetoes that forbid it one;
    where `hopeless` is set no change of figures can help as long as they hold, and nothing was searched.
    """

    firm: str
    grade: str
    total: Decimal | None
    single: tuple[Way, ...] = ()
    pair: Way | None = None
    together: Way | None = None
    futile: tuple[Futile, ...] = ()
    unreported: tuple[Column, ...] = ()
    held_by: tuple[Adjustment, ...] = ()
    hopeless: bool = False
