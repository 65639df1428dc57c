"""Asking for a roadmap, asking again, stopping the search, and taking a roadmap back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from tenglong.actions.jobs import enqueue
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.steps import given_reason
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.roadmap.process import WITHDRAWN, check_step
from tenglong.domain.roadmap.settings import read_settings
from tenglong.domain.roadmap.settings_format import Settings
from tenglong.queries.places import place_of
from tenglong.queries.roadmaps import job_of_roadmap
from tenglong.queries.territory import territory
from tenglong.store.models import Job, Roadmap, Roster

Stated = Mapping[str, Any] | Settings


@transaction.atomic
def start_planning(
    *,
    actor: Actor,
    at: datetime,
    roster: Roster,
    settings: Stated,
    code: str = "",
    title: str = "",
    facts_on: date | None = None,
    known_at: datetime | None = None,
    note: str = "",
) -> Roadmap:
    """Ask for a roadmap of the roster's cases under `code` (its own territory unless told); a worker plans it.

    The cases are as they were on `facts_on` (today unless told), as known at `known_at` (now unless told).

    Raises:
        NotAllowed: the person may not plan there.
        BadValue: the place is not under the roster's, or a day or an instant lies ahead; BadFile: wrong settings.
    """
    return _ask(
        _Wanted(roster, code or roster.place.code, _settings(settings), title, note, facts_on, known_at),
        actor=actor,
        at=at,
        step="plan",
    )


@transaction.atomic
def start_replanning(
    *,
    actor: Actor,
    at: datetime,
    roadmap: Roadmap,
    settings: Stated,
    title: str = "",
    facts_on: date | None = None,
    known_at: datetime | None = None,
    note: str = "",
) -> Roadmap:
    """Ask for a new roadmap that keeps what this one announced, as far as the settings' price of stability says.

    Signed contracts stay as they are; what keeping the promises costs is stored with the new roadmap.

    Raises:
        NotAllowed, BadValue, BadFile: as `start_planning`; Conflict: the roadmap is not a plan that people know of.
    """
    found = locked(roadmap)
    check_step("replan", found.state)
    wanted = _Wanted(found.roster, found.place.code, _settings(settings), title, note, facts_on, known_at)
    return _ask(wanted, actor=actor, at=at, step="replan", replans=found)


@transaction.atomic
def retry(*, actor: Actor, at: datetime, roadmap: Roadmap) -> Job:
    """Ask again for a roadmap whose job failed, after what it said was mended.

    Raises:
        NotAllowed: the person may not; Conflict: it is planned, or its job is not over yet.
    """
    found = locked(roadmap)
    actor.check_may(check_step("retry", found.state).permission, found.place_id)
    job = job_of_roadmap(found.pk)
    if job and not job.ended:
        raise Conflict(msg("这份路线图正在编制，无需重新编制。"))
    Roadmap.objects.filter(pk=found.pk).update(stopped_by="")
    return _enqueue(found, actor=actor, at=at)


@transaction.atomic
def stop(*, actor: Actor, at: datetime, roadmap: Roadmap) -> Roadmap:
    """End the search for a roadmap now: the best plan found so far is kept, with its certificate.

    Raises:
        NotAllowed: the person may not; Conflict: nothing is being planned.
    """
    found = locked(roadmap)
    actor.check_may(check_step("stop", found.state).permission, found.place_id)
    found.stopped_by = found.stopped_by or actor.name
    found.save(update_fields=["stopped_by"])
    leave(by=actor.name, at=at, deed="stop_roadmap", about=f"roadmap:{found.pk}")
    return found


@transaction.atomic
def withdraw(*, actor: Actor, at: datetime, roadmap: Roadmap, reason: str) -> Roadmap:
    """Take a roadmap that is not adopted back for good, saying why; a search that is under way ends.

    Raises:
        NotAllowed: the person may not; BadValue: no reason is given; Conflict: it is adopted or gone.
    """
    found = locked(roadmap)
    step = check_step("withdraw", found.state)
    actor.check_may(step.permission, found.place_id)
    said = given_reason(step, reason)
    found.state, found.withdrawn_by, found.withdrawn_at = WITHDRAWN, actor.name, at
    found.withdrawal_reason = said[:300]
    found.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    leave(
        by=actor.name,
        at=at,
        deed="withdraw_roadmap",
        about=f"roadmap:{found.pk}",
        reason=found.withdrawal_reason,
    )
    return found


def locked(roadmap: Roadmap) -> Roadmap:
    """The roadmap as it stands, its roster locked: steps of the roadmaps of one roster take turns."""
    Roster.objects.select_for_update().get(pk=roadmap.roster_id)
    rows = Roadmap.objects.select_for_update(of=("self",)).select_related("roster__place", "place")
    return rows.get(pk=roadmap.pk)


def next_number(roster_id: int) -> int:
    """The number of the next roadmap of a roster; call it with the roster locked."""
    return (Roadmap.objects.filter(roster_id=roster_id).aggregate(last=Max("number"))["last"] or 0) + 1


@dataclass(frozen=True)
class _Wanted:
    """What somebody asks for; None and "" are the usual."""

    roster: Roster
    code: str
    settings: Settings
    title: str
    note: str
    facts_on: date | None
    known_at: datetime | None


def _ask(
    wanted: _Wanted, *, actor: Actor, at: datetime, step: str, replans: Roadmap | None = None
) -> Roadmap:
    today = china_date(at)
    facts_on, known_at = wanted.facts_on or today, wanted.known_at or at
    place = place_of(wanted.code, facts_on)
    actor.check_may(check_step(step, replans.state if replans else "").permission, place.pk)
    if place.pk not in territory().at(facts_on).members(wanted.roster.place.code):
        problem = "名单“{title}”属于{own}，不能为{place}编制路线图。"
        raise BadValue(
            msg(problem, title=wanted.roster.title, own=wanted.roster.place.name, place=place.name)
        )
    if facts_on > today or known_at > at:
        raise BadValue(msg("案件情况的日期 {day} 晚于今天 {today}，请改正。", day=facts_on, today=today))
    Roster.objects.select_for_update().get(pk=wanted.roster.pk)
    roadmap = Roadmap.objects.create(
        roster=wanted.roster,
        place=place,
        number=next_number(wanted.roster.pk),
        title=(wanted.title.strip() or wanted.settings.title or wanted.roster.title)[:120],
        settings=wanted.settings.model_dump(mode="json"),
        settings_digest=wanted.settings.digest,
        facts_on=facts_on,
        known_at=known_at,
        replans=replans,
        note=wanted.note.strip()[:300],
        requested_by=actor.name,
        requested_at=at,
    )
    _enqueue(roadmap, actor=actor, at=at)
    details = {"replans": replans.pk} if replans else {}
    leave(
        by=actor.name,
        at=at,
        deed="start_roadmap",
        about=f"roadmap:{roadmap.pk}",
        settings=roadmap.settings_digest,
        **details,
    )
    return roadmap


def _enqueue(roadmap: Roadmap, *, actor: Actor, at: datetime) -> Job:
    return enqueue("plan_roadmap", {"roadmap": roadmap.pk}, actor=actor, at=at)


def _settings(stated: Stated) -> Settings:
    return stated if isinstance(stated, Settings) else read_settings(stated)
