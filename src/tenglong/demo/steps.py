"""What somebody does at some instant: the words of the replay's script."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.periods import CHINA


@dataclass(frozen=True)
class Step:
    """Somebody (`who`, a user name) does something at an instant of China's clock."""

    at: datetime
    who: str


@dataclass(frozen=True)
class Found(Step):
    """Create the roster that campaign.toml describes under `key`, in the territory `code`."""

    key: str
    code: str


@dataclass(frozen=True)
class Upload(Step):
    """Hand a file in, have it staged, and let `accepted_by` take it over."""

    accepted_by: str
    kind: str
    roster: str
    code: str
    filename: str
    content: Callable[[], bytes]


@dataclass(frozen=True)
class Freeze(Step):
    """Freeze the roster's members as a version."""

    roster: str
    note: str


@dataclass(frozen=True)
class SetTargets(Step):
    """Give each unit its number of cases to write off, or the whole roster its own."""

    roster: str
    targets: tuple[tuple[str, Decimal], ...]
    figure: str


@dataclass(frozen=True)
class Reference(Step):
    """Note the province's average of a day."""

    roster: str
    day: date
    percent: Decimal


@dataclass(frozen=True)
class Record(Step):
    """Record one entry on the page, with a proof where the rules ask for one."""

    roster: str
    firm: str
    kind: str
    effective_on: date
    quantity: Decimal | None = None
    reason: str = ""

    @property
    def details(self) -> dict[str, Any]:
        """What the entry says beside its date."""
        return {"reason": self.reason} if self.reason else {}


@dataclass(frozen=True)
class CompleteFile(Step):
    """Hand in every piece of evidence that lacks in the file of a case and is a file; `waived_by` waives what else
    depends on a condition."""

    roster: str
    firm: str
    waived_by: str


@dataclass(frozen=True)
class TakeBack(Step):
    """Void the last entry of each of `kinds` of a case."""

    roster: str
    firm: str
    kinds: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Issue(Step):
    """Issue the bulletin of a day for a territory."""

    roster: str
    code: str
    as_of: date
    notice: str = "（演示数据：企业、人员和各项数据均为虚构，仅供演示）"


@dataclass(frozen=True)
class Adopt(Step):
    """Bring in the scheme of a year for a territory, and let `in_force_by` put it in force."""

    in_force_by: str
    code: str
    year: int


@dataclass(frozen=True)
class Rate(Step):
    """Compute a draft run of the year's scheme."""

    year: int


@dataclass(frozen=True)
class Publicise(Step):
    """Show the year's draft to the public."""

    year: int


@dataclass(frozen=True)
class Protest(Step):
    """Record the objection of the town's worst firm to its result, with the stamped form."""

    year: int
    town: str
    claim: str


@dataclass(frozen=True)
class Finalise(Step):
    """Make the year's publicised results final."""

    year: int


@dataclass(frozen=True)
class PlanRoadmap(Step):
    """Plan the roadmap of a roster from what is known at that moment."""

    roster: str


@dataclass(frozen=True)
class AdoptRoadmap(Step):
    """Put the planned roadmap in force, and let `approved_by` approve the plans of its cases."""

    roster: str
    approved_by: str


@dataclass(frozen=True)
class Organise(Step):
    """Record the units and people of a county, or with "" those of every county but one."""

    code: str


@dataclass(frozen=True)
class AssignAll(Step):
    """Give every case of a roster a department, a team and a responsible person."""

    roster: str


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant on the clock of China."""
    return datetime.combine(day, time(hour, minute), CHINA)
