"""The days of a roadmap as the calendar is known now: what was planned over holidays not yet known is counted anew."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.roadmap.legal import due_anew, due_days
from tenglong.domain.roadmap.measures import measures
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.queries.roadmap.settings import settings_of
from tenglong.store.models import Roadmap


@dataclass(frozen=True)
class Counting:
    """The calendar by which a roadmap was planned, and the one by which its milestones count; none before `start`."""

    planned: WorkingCalendar
    now: WorkingCalendar
    start: date

    @property
    def moved(self) -> bool:
        """Whether a notice was entered since."""
        return self.planned != self.now

    def days(
        self, measure: str, start_on: date, kinds: tuple[str, ...], planned: tuple[date, ...]
    ) -> tuple[date, ...]:
        """The days of the milestones of a line, in their order."""
        return _anew(self, measure, start_on, kinds, planned) if self.moved else planned

    def provisional(self, start_on: date | None, day: date | None) -> bool:
        """Whether a day that was counted from the start of a line may move with a notice to come."""
        return start_on is not None and day is not None and self.now.is_provisional(start_on, day)


def counting_of(roadmap: Roadmap, known_at: datetime | None = None) -> Counting:
    """How the days of a roadmap count, as known at a moment; with everything that was ever entered unless told."""
    planned = working_calendar(roadmap.known_at)
    return Counting(planned, working_calendar(known_at), settings_of(roadmap).start)


@lru_cache(maxsize=10_000)
def _anew(
    counting: Counting, measure: str, start_on: date, kinds: tuple[str, ...], planned: tuple[date, ...]
) -> tuple[date, ...]:
    steps = {step.kind: step for step in measures().measures[measure].steps}
    wanted = [steps[kind] for kind in kinds]
    before, now = (
        due_days(start_on, wanted, calendar, counting.start) for calendar in (counting.planned, counting.now)
    )
    return due_anew(planned, before, now)
