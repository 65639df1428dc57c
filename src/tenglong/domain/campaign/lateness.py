"""By when a case is to be done, and how late it is: the one rule behind lists, files, bulletins and the API."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Due:
    """The day by which a case is to be done; `by_roster`: nobody set one, so that the roster's deadline counts."""

    on: date
    by_roster: bool

    def days_late(self, day: date, *, is_target: bool, is_done: bool) -> int:
        """How many days late the case is on `day`; 0 when it is done, not a target, or not late."""
        return max((day - self.on).days, 0) if is_target and not is_done else 0


def due(said: date | None, deadline: date) -> Due:
    """By when a case is to be done: the day that was `said`, without one the `deadline` of its roster."""
    return Due(deadline, True) if said is None else Due(said, False)
