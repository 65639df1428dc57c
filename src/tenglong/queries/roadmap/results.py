"""What a roadmap says of itself as a whole: checks, prices, contradictions, the front, what promises cost, the search.

Numbers are stored as texts. A person who may see a part of the roadmap only gets nothing of it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.process import COMPUTING
from tenglong.domain.roadmap.relaxing import Move, relaxed
from tenglong.domain.roadmap.settings import Settings
from tenglong.domain.roadmap.three_ables.checks import Check
from tenglong.queries.roadmap.overview import printed_gap, sees_all
from tenglong.queries.roadmap.progress import points_so_far
from tenglong.queries.roadmap.settings import settings_of
from tenglong.store.models import Roadmap


def certificate_of(roadmap: Roadmap) -> Message | None:
    """The proof of the plan in one sentence; None where there is no plan or no bound."""
    if not roadmap.gap:
        return None
    gap = Decimal(roadmap.gap)
    if not gap:
        return msg("已证明：在全部可行方案中，没有比它更好的。")
    return msg("已证明：在全部可行方案中，没有比它好 {gap}% 以上的。", gap=printed_gap(gap))


@dataclass(frozen=True)
class PriceRow:
    """A scarce limit: one more `unit` of it is worth `per_unit` of the aim; `sentences` say what a step brings."""

    limit: str
    label: Message
    unit: str
    per_unit: Decimal
    step: Decimal
    per_step: Decimal
    sentences: tuple[Message, ...]

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "PriceRow":
        """The row that `to_json` stored."""
        numbers = {name: Decimal(row[name]) for name in ("per_unit", "step", "per_step")}
        sentences = tuple(Message.from_json(one) for one in row["sentences"])
        return cls(
            limit=row["limit"],
            label=Message.from_json(row["label"]),
            unit=row["unit"],
            sentences=sentences,
            **numbers,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage."""
        return {
            "limit": self.limit,
            "label": self.label.to_json(),
            "unit": self.unit,
            "per_unit": f"{self.per_unit:f}",
            "step": f"{self.step:f}",
            "per_step": f"{self.per_step:f}",
            "sentences": [one.to_json() for one in self.sentences],
        }


@dataclass(frozen=True)
class Relaxed:
    """A limit that the cheapest way out moves from `old` to `new`."""

    limit: str
    amount: str
    unit: str
    old: Decimal
    new: Decimal
    sentence: Message

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Relaxed":
        """The row that `to_json` stored."""
        old, new = Decimal(row["old"]), Decimal(row["new"])
        return cls(row["limit"], row["amount"], row["unit"], old, new, Message.from_json(row["sentence"]))

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage."""
        numbers = {"old": f"{self.old:f}", "new": f"{self.new:f}"}
        said = {"limit": self.limit, "amount": self.amount, "unit": self.unit}
        return {**said, **numbers, "sentence": self.sentence.to_json()}


@dataclass(frozen=True)
class FrontRow:
    """The best plan found when money in all is at most `limit`, with its bound and gap (a share)."""

    limit: Decimal
    value: Decimal
    bound: Decimal | None
    gap: Decimal | None
    amounts: dict[str, Decimal]

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "FrontRow":
        """The row that `to_json` stored."""
        bound, gap = (None if row[name] is None else Decimal(row[name]) for name in ("bound", "gap"))
        amounts = {name: Decimal(text) for name, text in row["amounts"].items()}
        return cls(Decimal(row["limit"]), Decimal(row["value"]), bound, gap, amounts)

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage."""
        numbers = ((name, getattr(self, name)) for name in ("limit", "value", "bound", "gap"))
        texts = {name: None if value is None else f"{value:f}" for name, value in numbers}
        return {**texts, "amounts": {name: f"{value:f}" for name, value in self.amounts.items()}}


@dataclass(frozen=True)
class Stability:
    """What keeping promises costs, in units of the aim: the best plan found without them against this one.

    Without promises no plan is better than this one by more than `most`: the certificate proves it.
    """

    price: Decimal
    most: Decimal | None
    free_value: Decimal
    kept_value: Decimal


@dataclass(frozen=True)
class SearchPoint:
    """Where the search stood after so many seconds; `gap` is a share."""

    seconds: float
    value: Decimal | None
    bound: Decimal | None
    gap: Decimal | None


def checks_of(roadmap: Roadmap, scope: Scope) -> tuple[Check, ...]:
    """The three-ables of the plan as a whole."""
    return tuple(Check.from_json(one) for one in roadmap.checks) if sees_all(roadmap, scope) else ()


def prices_of(roadmap: Roadmap, scope: Scope) -> tuple[PriceRow, ...]:
    """The shadow prices, the one that matters most first."""
    return tuple(PriceRow.from_json(one) for one in roadmap.prices) if sees_all(roadmap, scope) else ()


def conflict_of(roadmap: Roadmap, scope: Scope) -> tuple[Message, ...]:
    """Why there is no feasible plan, and the cheapest way out; nothing for a roadmap that has one."""
    sentences = roadmap.conflict.get("sentences", ()) if sees_all(roadmap, scope) else ()
    return tuple(Message.from_json(one) for one in sentences)


def relaxation_of(roadmap: Roadmap, scope: Scope) -> tuple[Relaxed, ...]:
    """The cheapest relaxation, limit by limit."""
    rows = roadmap.conflict.get("relaxation", ()) if sees_all(roadmap, scope) else ()
    return tuple(Relaxed.from_json(one) for one in rows)


def front_of(roadmap: Roadmap, scope: Scope) -> tuple[FrontRow, ...]:
    """The front between money and benefit, from the least money; nothing before somebody asked for it."""
    return tuple(FrontRow.from_json(one) for one in roadmap.front) if sees_all(roadmap, scope) else ()


def stability_of(roadmap: Roadmap, scope: Scope) -> Stability | None:
    """What keeping the promises that could still be kept of the roadmap that this one replans costs."""
    said = roadmap.stability
    if not said or not sees_all(roadmap, scope):
        return None
    numbers = {name: Decimal(said[name]) for name in ("price", "free_value", "kept_value")}
    return Stability(most=None if said["most"] is None else Decimal(said["most"]), **numbers)


def trajectory_of(roadmap: Roadmap, scope: Scope) -> tuple[SearchPoint, ...]:
    """The search over time: as far as it is while it runs, then as it was kept."""
    if not sees_all(roadmap, scope):
        return ()
    points = points_so_far(roadmap.pk) if roadmap.state == COMPUTING else roadmap.trajectory
    return tuple(_point(*one) for one in points)


def _point(seconds: float, value: str | None, bound: str | None) -> SearchPoint:
    reached, most = (None if text is None else Decimal(text) for text in (value, bound))
    gap = (most - reached) / abs(most) if reached is not None and most else None
    return SearchPoint(seconds, reached, most, gap)


# The settings of a roadmap without a feasible plan, eased as far as the cheapest relaxation says.


def relaxed_settings(roadmap: Roadmap, scope: Scope) -> Settings | None:
    """The eased settings; None where there is no relaxation, or none that settings can say."""
    moves = [Move(one.limit, one.old, one.new) for one in relaxation_of(roadmap, scope)]
    return relaxed(settings_of(roadmap), moves) if moves else None
