"""What happens to a case, as the offices' ledgers tell it: each fact with the day it became known."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tenglong.demo.firms import Firm

Cell = str | int | Decimal | date | None


@dataclass(frozen=True)
class Fact:
    """A cell of the case ledger (`column` of domain/intake/kinds.toml) and from when the office fills it in."""

    column: str
    value: Cell
    known_on: date


@dataclass
class Story:
    """A case of one list. After `by_hand_from` officers record it on the page, not in the ledger."""

    firm: Firm
    fixed: dict[str, Cell] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    by_hand_from: date | None = None

    def happened(self, column: str, day: date, *, known_on: date | None = None) -> None:
        """`column`'s event was on `day`; known the same day unless said otherwise."""
        self.facts.append(Fact(column, day, known_on or day))

    def states(self, column: str, value: Cell, known_on: date) -> None:
        """From `known_on` the ledger says `value` in `column`."""
        self.facts.append(Fact(column, value, known_on))

    def row(self, day: date) -> dict[str, Cell]:
        """The case's row in a ledger drawn up on `day`, by column id."""
        known = {fact.column: fact.value for fact in self.facts if fact.known_on <= day}
        return {**_who(self.firm), **self.fixed, **known}

    def in_ledger(self, day: date) -> bool:
        """Whether the ledger of `day` still carries the case."""
        return self.by_hand_from is None or day < self.by_hand_from

    def changed(self, after: date, upto: date) -> bool:
        """Whether something became known after `after`, up to and including `upto`."""
        return any(after < fact.known_on <= upto for fact in self.facts)

    def day_of(self, column: str) -> date | None:
        """When `column`'s event was, or None."""
        days = [fact.value for fact in self.facts if fact.column == column and isinstance(fact.value, date)]
        return days[-1] if days else None

    def amount(self, column: str) -> Decimal:
        """The last amount stated in `column`, or zero."""
        found = [
            fact.value for fact in self.facts if fact.column == column and isinstance(fact.value, Decimal)
        ]
        fixed = self.fixed.get(column)
        return found[-1] if found else fixed if isinstance(fixed, Decimal) else Decimal(0)


def hundredths(number: int) -> Decimal:
    """`number` hundredths as an exact amount."""
    return Decimal(number) / 100


def _who(firm: Firm) -> dict[str, Cell]:
    from_county = {"firm_name": firm.name, "code": firm.code, "address": firm.address, "town": firm.town}
    kind = {"subject_type": firm.subject_type, "scale": firm.scale, "industry_code": firm.trade.code}
    return {**from_county, **kind, "industry_name": firm.trade.name}
