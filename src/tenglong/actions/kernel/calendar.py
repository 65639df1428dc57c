"""Entering the notice of a year's holidays, and counting anew what is still open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.process import PUBLICISED, WITHDRAWN, publicity_anew
from tenglong.domain.kernel.calendar import Notice, WorkingCalendar, check_whole, days_text, rules
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.evaluation.runs import window_of
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.store.models import Evaluation, HolidayNotice, Objection, Scheme


@dataclass(frozen=True)
class Moved:
    """How many dates moved: last days of publicity, and days by which objections are to be decided."""

    publicities: int
    objections: int


@transaction.atomic
def put_notice(
    *, actor: Actor, at: datetime, year: int, off: Iterable[date], worked: Iterable[date], source: str
) -> Moved:
    """Enter the notice of a year's holidays, whole; from now on it counts instead of what was known of the year.

    Raises:
        NotAllowed: the person may not.
        BadValue: the notice is not whole, or does not say which it is; Conflict: it stands so already.
    """
    actor.check_may(Permission.CALENDAR)
    notice = Notice(year, frozenset(off), frozenset(worked), " ".join(source.split())[:300])
    check_whole(notice, rules())
    _take_turns()
    if working_calendar().by_year.get(year) == notice:
        raise Conflict(msg("{year} 年的放假安排已经是这样登记的，无需重复登记。", year=str(year)))
    days = {"off": days_text(notice.off), "worked": days_text(notice.worked)}
    HolidayNotice.objects.create(
        year=year, source=notice.source, recorded_at=at, recorded_by=actor.name, **days
    )
    about = f"holidays:{year}"
    leave(by=actor.name, at=at, deed="put_holidays", about=about, source=notice.source, **days)
    return count_anew(actor=actor, at=at)


@transaction.atomic
def count_anew(*, actor: Actor, at: datetime) -> Moved:
    """Count the dates of open matters with the calendar as it is known now; what is decided or over stays.

    Raises:
        NotAllowed: the person may not.
    """
    actor.check_may(Permission.CALENDAR)
    _take_turns()
    calendar = working_calendar()
    return Moved(_publicities(actor, at, calendar), _objections(actor, at, calendar))


def _take_turns() -> None:
    """Steps of runs lock their scheme: none counts with the calendar as it was while it changes."""
    list(Scheme.objects.select_for_update().order_by("pk").values_list("pk"))


def _publicities(actor: Actor, at: datetime, calendar: WorkingCalendar) -> int:
    """Runs in publicity; one whose revision is under way was over when that began."""
    revised = Evaluation.objects.filter(revises__isnull=False).exclude(state=WITHDRAWN)
    running = Evaluation.objects.filter(state=PUBLICISED, publicity_days__isnull=False)
    moved = 0
    for run in running.exclude(pk__in=revised.values("revises_id")).order_by("pk"):
        assert run.publicity_days is not None  # asked for above
        before = window_of(run)
        after = publicity_anew(before, calendar, run.publicity_days, china_date(at))
        if after != before:
            run.publicity_end = after.deadline
            run.save(update_fields=["publicity_end"])
            about, days = f"evaluation:{run.pk}", _days(before.deadline, after.deadline)
            leave(by=actor.name, at=at, deed="recount_publicity", about=about, **days)
            moved += 1
    return moved


def _objections(actor: Actor, at: datetime, calendar: WorkingCalendar) -> int:
    waiting = Objection.objects.filter(state=Objection.State.OPEN, due_in__isnull=False)
    moved = 0
    for objection in waiting.filter(evaluation__state=PUBLICISED).order_by("pk"):
        assert objection.due_in is not None  # asked for above
        before = objection.due_on
        after = calendar.add_working_days(china_date(objection.recorded_at), objection.due_in)
        if after != before:
            objection.due_on = after
            objection.save(update_fields=["due_on"])
            about, details = f"evaluation:{objection.evaluation_id}", _days(before, after)
            details["number"] = objection.number
            leave(by=actor.name, at=at, deed="recount_objection", about=about, **details)
            moved += 1
    return moved


def _days(before: date, after: date) -> dict[str, Any]:
    return {"before": str(before), "after": str(after)}
