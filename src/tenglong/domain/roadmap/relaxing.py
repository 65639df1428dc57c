"""The cheapest relaxation (docs/algorithms/roadmap.md 6.2), carried back into the settings a problem was made from.

The ids of limits are those of generation_limits.py. Limits of single periods come from one number for all periods: it
grows by the largest share that any of them needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from tenglong.domain.roadmap.settings import Settings

PLACES = Decimal("0.01")
EVERYWHERE = "all"
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Move:
    """A limit of the problem and its bound before and after, in the unit of its amount."""

    limit: str
    old: Decimal
    new: Decimal

    @property
    def by(self) -> Decimal:
        """By how much the bound moves."""
        return self.new - self.old


def relaxed(settings: Settings, moves: Sequence[Move]) -> Settings | None:
    """The settings with limits eased at least as far as `moves` say; None where they have no number for one."""
    easing = _Easing(settings)
    if not all(easing.ease(move) for move in moves):
        return None
    return easing.settings()


class _Easing:
    """Settings while they are being eased; what was stated stays to be compared with."""

    def __init__(self, stated: Settings):
        self._stated, self._content = stated, stated.model_dump()
        self._months: dict[str, Decimal] = {}

    def ease(self, move: Move) -> bool:
        """Ease one limit; False where the settings have no number for it."""
        kind, _, rest = move.limit.partition(":")
        match kind:
            case "money":
                return self._money(rest, move)
            case "staff":
                return self._staff(rest.rpartition(":")[0], move)
            case "appraisals" | "legal":
                return self._capacity(
                    {"appraisals": "appraisals_per_day", "legal": "legal_per_week"}[kind], move
                )
            case "space":
                return self._space(rest, move)
            case "target":
                return self._target(rest, move)
            case "jobs":
                return self._jobs(rest, move)
            case "tax":
                self._content["caps"]["tax"] = _up(self._content["caps"]["tax"] + move.by)
                return True
        return False

    def settings(self) -> Settings:
        """Months are eased together, because what one leaves goes on to the next."""
        cash, given = self._content["fund"]["cash"], NOTHING
        for month in sorted(cash):
            more = max(self._months.get(month, NOTHING) - given, NOTHING)
            cash[month], given = _up(cash[month] + more), given + more
        return Settings.model_validate(self._content)

    def _money(self, month: str, move: Move) -> bool:
        fund = self._content["fund"]
        if month:
            self._months[month] = move.by
            return month in fund["cash"]
        fund["total"] = _up(fund["total"] + move.by)
        return True

    def _staff(self, team: str, move: Move) -> bool:
        stated = self._stated.capacity
        usual = stated.teams.get(team, stated.staff_days_per_week)
        teams = self._content["capacity"]["teams"]
        return _grow(teams, team, usual, move)

    def _capacity(self, key: str, move: Move) -> bool:
        return _grow(self._content["capacity"], key, getattr(self._stated.capacity, key), move)

    def _space(self, name: str, move: Move) -> bool:
        """Of a park, or of the first of several that firms choose from."""
        parks = self._content["parks"]
        meant = [park for park in parks if park["name"] == name]
        meant = meant or [park for park in parks if park["name"] in name.split("、")]
        for park in meant[:1]:
            park["vacant"] = _up(park["vacant"] + move.by)
        return bool(meant)

    def _target(self, rest: str, move: Move) -> bool:
        amount, _, where = rest.partition(":")
        place, _, by = where.rpartition(":")
        targets = [
            one
            for one in self._content["targets"]
            if (one["amount"], _place(one), one["by"].isoformat()) == (amount, place, by)
        ]
        for one in targets:
            one["at_least"] = max((one["at_least"] + move.by).quantize(PLACES, ROUND_FLOOR), NOTHING)
        return bool(targets)

    def _jobs(self, place: str, move: Move) -> bool:
        caps = [one for one in self._content["caps"]["jobs"] if _place(one) == place]
        for one in caps:
            one["at_most"] = _up(one["at_most"] + move.by)
        return bool(caps)


def _grow(table: dict[str, Any], key: str, stated: Decimal | None, move: Move) -> bool:
    """A number by the share by which a limit grows; one that was 0 in a period cannot be told from its share."""
    if stated is None or not move.old:
        return False
    table[key] = max(table.get(key) or stated, _up(stated * move.new / move.old))
    return True


def _place(row: dict[str, Any]) -> str:
    return str(row["zone"] or row["town"] or EVERYWHERE)


def _up(number: Decimal) -> Decimal:
    return number.quantize(PLACES, ROUND_CEILING)
