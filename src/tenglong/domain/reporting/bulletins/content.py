"""What a bulletin says, as plain values: the content that a snapshot freezes and stores as JSON.

Nothing is computed here. Figures, ranks, rates and differences come from the caller, rounded as they are to
be printed; `bulletins_wording.py` makes the sentences and `bulletins_pages.py` the document.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from tenglong.domain.campaign.calibres import Calibre
from tenglong.domain.campaign.figures import Figure

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True)
class PrintedFigure:
    """One figure. `printed` is the rounded value without unit, "—" where there is none; `exact` the value for
    machines, empty where there is none."""

    id: str
    name: str
    printed: str
    unit: str
    exact: str

    @classmethod
    def of(cls, figure: Figure) -> "PrintedFigure":
        """The figure as it is printed."""
        return cls(figure.id, figure.name, figure.printed, figure.unit, figure.exact_text or "")

    def still_holds(self, now: "PrintedFigure") -> bool:
        """Whether nothing else is known now. Until 30 November 2026 what nobody had stated was printed as 0."""
        return now.exact == self.exact or (now.exact == "" and self.exact == "0")


@dataclass(frozen=True)
class WeeklyDelta:
    """What a figure gained this week; `last_week` is the gain of the week before, None where there is none."""

    id: str
    name: str
    unit: str
    this_week: Decimal
    last_week: Decimal | None


@dataclass(frozen=True)
class RosterProgress:
    """The figures of one roster at one date. `reference` names the series the lead is measured against."""

    calibre: Calibre
    territory: str
    as_of: date
    figures: tuple[PrintedFigure, ...]
    week_start: date | None = None
    weekly: tuple[WeeklyDelta, ...] = ()
    reference: str = "全省平均"


@dataclass(frozen=True)
class RankingRow:
    """One unit of the ranking, in the order printed.

    `rate` (%) and `pace_diff` (percentage points) are rounded for print; both and `rank` are None for a unit
    without target. Land is in mu, energy in tce, exact, None where nobody stated any. `change` is positive where
    the unit rose. `card` is the printed label.
    """

    unit: str
    target: int | None
    done: int
    new: int
    land: Decimal | None
    energy: Decimal | None
    rank: int | None = None
    rate: Decimal | None = None
    pace_diff: Decimal | None = None
    last_rank: int | None = None
    change: int | None = None
    card: str = ""


@dataclass(frozen=True)
class OverdueItem:
    """A milestone past its day: which unit and firm, what was due, since when, who answers for it."""

    unit: str
    firm: str
    item: str
    days: int
    responsible: str


@dataclass(frozen=True)
class Correction:
    """更正: a figure printed earlier that is now known to be different, why, and which cases moved it."""

    figure: str
    issue: int
    printed: str
    now: str
    reason: str
    cases: tuple[str, ...]


@dataclass(frozen=True)
class UnitMilestones:
    """Milestones of a unit that were due: how many, how many are reached, and the longest delay in days."""

    unit: str
    due: int
    done: int
    most_days: int

    @property
    def late(self) -> int:
        """How many are not reached."""
        return self.due - self.done


@dataclass(frozen=True)
class LateMilestone:
    """A milestone that was due and is not reached: whose, what, since when, and which team answers for it.

    `provisional`: the day may move with a notice of holidays to come.
    """

    unit: str
    firm: str
    item: str
    due_on: date
    days: int
    team: str
    provisional: bool = False


@dataclass(frozen=True)
class RoadmapCourse:
    """How the roadmap that is in force is carried out: in all, by unit, and the latest milestones.

    `unit_kind` says what the units are: "town", "zone" or "team"; `money` how the money of the roadmap adds up.
    """

    title: str
    adopted_on: date
    whole: UnitMilestones
    unit_kind: str
    units: tuple[UnitMilestones, ...]
    latest: tuple[LateMilestone, ...]
    money: str = ""


@dataclass(frozen=True)
class EditedSection:
    """A section that somebody worded before issue: `computed` is what stood there, `by` the name to sign in with."""

    section: str
    computed: tuple[str, ...]
    by: str
    name: str
    at: datetime

    def typed(self, content: "BulletinContent") -> tuple[str, ...]:
        """The sentences of the section that are not computed ones."""
        return tuple(one for one in getattr(content, self.section) if one not in self.computed)


@dataclass(frozen=True)
class BulletinContent:
    """Everything a bulletin prints. Equal contents give equal documents.

    `known_at` (with time zone) is the latest moment of knowledge the figures rest on; `issued_on` the date
    printed. `notice` marks the whole bulletin, for example （演示数据）.
    `checkpoint` names the signed statement of how far every book went when it was issued.
    `rules` are the digests of the rule files of the city that counted for it: it is drawn again under these.
    `done_word` is what the roster counts (销号, 腾退, 关停). `highlights`, `problems` and `next_steps` are finished
    sentences: generated, typed by an officer, or both; `edited` says which sections were typed, by whom and when.
    """

    series: str
    issue: int
    title: tuple[str, ...]
    office: str
    recipients: str
    copies: tuple[str, ...]
    issued_on: date
    known_at: datetime
    main: RosterProgress
    ranking: tuple[RankingRow, ...]
    total: RankingRow | None
    highlights: tuple[str, ...]
    problems: tuple[str, ...]
    next_steps: tuple[str, ...]
    corrections: tuple[Correction, ...] = ()
    others: tuple[RosterProgress, ...] = ()
    attachments: tuple[str, ...] = ()
    document_number: str = ""
    done_word: str = "销号"
    notice: str = ""
    roadmap: RoadmapCourse | None = None
    checkpoint: str = ""
    edited: tuple[EditedSection, ...] = ()
    rules: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage: numbers as strings, so that nothing is lost; no word of a roadmap without one."""
        stored: dict[str, Any] = _adapter().dump_python(self, mode="json")
        if self.roadmap is None:
            del stored["roadmap"]
        if not self.checkpoint:
            del stored["checkpoint"]
        if not self.edited:
            del stored["edited"]
        if not self.rules:
            del stored["rules"]
        return stored

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "BulletinContent":
        """The content that `to_json` stored, equal to the original.

        Raises:
            pydantic.ValidationError: the data is not a stored bulletin.
        """
        return _adapter().validate_python(data)


@cache
def _adapter() -> "TypeAdapter[BulletinContent]":
    from pydantic import TypeAdapter

    return TypeAdapter(BulletinContent)
