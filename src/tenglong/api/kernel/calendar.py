"""The working calendar: what is known of each year, and the notice of a year entered by the city."""

from typing import Any

from ninja import Query, Status

from tenglong.actions.kernel.calendar import put_notice
from tenglong.api.callers import Asked
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Day, Moment, Sentence, Text, Year
from tenglong.queries.kernel.calendar import CalendarYear, calendar_year, calendar_years

topic = Topic(tags=["calendar"])


class NewNotice(Given):
    """What the notice for a year says, whole: days off with their weekends, weekends worked, and which notice it is."""

    year: Year
    off: list[Day]
    worked: list[Day] = []
    source: Text


class YearOut(ByPeople):
    """What is known of a year: days off from Monday to Friday, weekends worked, and from where. A year that is not
    `known` counts Monday to Friday, and dates computed with it are provisional. `recorded_…`: of the city's notice."""

    year: int
    known: bool
    off: list[Day]
    worked: list[Day]
    source: Sentence
    recorded_by: str | None
    recorded_at: Moment | None


class CountedAnewOut(YearOut):
    """The year as it is known now, and how many dates of open matters were counted anew and moved."""

    moved_publicities: int
    moved_objections: int


@topic.get("/calendar", response={200: Page[YearOut]})
def years(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The years around today, and those for which the city entered a notice."""
    return paged(calendar_years(request.auth.today), paging, _year)


@topic.post("/calendar", response={201: CountedAnewOut})
def enter(request: Asked, notice: NewNotice) -> Status:
    """Enter the notice of a year; a later one for the same year counts instead from now on."""
    caller = request.auth
    moved = put_notice(actor=caller.actor, at=caller.now, **notice.model_dump())
    counts = {"moved_publicities": moved.publicities, "moved_objections": moved.objections}
    return Status(201, _year(calendar_year(notice.year)) | counts)


def _year(one: CalendarYear) -> dict[str, Any]:
    own = {name: getattr(one, name) for name in ("year", "known", "off", "worked", "source")}
    entered = {name: getattr(one.entered, name, None) for name in ("recorded_by", "recorded_at")}
    return own | entered
