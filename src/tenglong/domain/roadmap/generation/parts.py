"""What comes out of generation: a problem with what is needed to say its plan in days, and the plan in days."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.timing import Parts, Timetable
from tenglong.domain.roadmap.settings import Settings

_EXPONENT = re.compile(rb'"(?:[^"\\]|\\.)*"|(?P<number>-?[0-9.]+e-?[0-9]+)')
DONE, OUT = "done", "out"
SIGNED_BEFORE, CHOSEN = "signed", "chosen"
UNSUITED, TOO_LATE = "unsuited", "too_late"


@dataclass(frozen=True, slots=True)
class Offer:
    """A measure that a firm may take, with its amounts; `money` is for each start period from `first` to `last`.

    `bonus` is the part of the money that rewards early signing, likewise. Periods count from 0.
    """

    timetable: Timetable
    batch: str
    first: int
    last: int
    amounts: Mapping[str, Decimal]
    money: tuple[Decimal, ...]
    bonus: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A firm that takes no part: DONE, or OUT of the list; `owed` is what its contract still pays, by day."""

    id: str
    why: str
    owed: Parts = ()


@dataclass(frozen=True)
class Generated:
    """A problem, as `tenglong plan` reads it, and what it was made of.

    `offers` by firm and measure. `fixed`: firms that must, and why (SIGNED_BEFORE, CHOSEN). `idle`: firms that can
    only wait, and why: no measure suits them (UNSUITED), or none can be done in time (TOO_LATE). `unknown`: figures
    that are not known and so estimated or counted as nothing, by firm. `raised`: capacities that contracts already
    signed take more of than there is, with what they take: the limit in the problem is that. `gone`: by limit on money
    what was paid before and what finished cases are owed. `parcels`: by landlord the firm of the problem that carries
    its land, where tenants are yet to leave.
    """

    settings: Settings
    calendar: WorkingCalendar
    problem: dict[str, Any]
    facts: Mapping[str, FirmFacts]
    offers: Mapping[str, Mapping[str, Offer]]
    fixed: Mapping[str, str] = field(default_factory=dict)
    idle: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    raised: Mapping[str, Decimal] = field(default_factory=dict)
    gone: Mapping[str, Decimal] = field(default_factory=dict)
    parcels: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The problem file; the same facts, settings and calendar give the same bytes.

        A float stands for the shortest number that is it; the few that a library writes with an exponent are spelt out.
        """
        return _EXPONENT.sub(_plainly, orjson.dumps(self.problem))


def _plainly(found: re.Match[bytes]) -> bytes:
    number = found["number"]
    return found[0] if number is None else format(Decimal(number.decode()), "f").encode()


@dataclass(frozen=True)
class LinePlan:
    """What a plan says of one firm, in days; without a measure it waits and everything else is empty.

    `amounts` as in the problem, and `bonus`, the part of the money that rewards early signing. Milestones are kinds of
    ledger entries with the days by which they are due. `cash` are payments by day, which add up to the money; `staff`,
    `appraisals` and `legal` what the steps take, by the day on which the step is due.
    """

    id: str
    measure: str = ""
    batch: str = ""
    start_on: date | None = None
    done_on: date | None = None
    fixed: bool = False
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    milestones: tuple[tuple[str, date], ...] = ()
    cash: Parts = ()
    staff: Parts = ()
    appraisals: Parts = ()
    legal: Parts = ()
