"""Asking for a roadmap, asking again, stopping the search, and taking a roadmap back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tenglong.actions.jobs import enqueue
from tenglong.actions.roadmap.courses import ROADMAP, next_number
from tenglong.actions.steps import Done, Taking, begin, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.machine import check_installed
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.roadmap.replanning import check_begins
from tenglong.domain.roadmap.settings import Settings, read_settings
from tenglong.queries.registry.places import place_of
from tenglong.queries.registry.territory import territory
from tenglong.queries.roadmap.steps import roadmap_to_come
from tenglong.store.models import Job, Place, Roadmap, Roster

Stated = Mapping[str, Any] | Settings


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
        NotInstalled: the solvers were left out.
    """
    check_installed("roadmap")
    place = place_of(code or roster.place.code, facts_on or china_date(at))
    wanted = _Wanted(roster, place, _settings(settings), title, note, facts_on, known_at)
    return begin(ROADMAP, "plan", roadmap_to_come(place.pk), actor=actor, at=at, wanted=wanted)


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
    place = place_of(roadmap.place.code, facts_on or china_date(at))
    wanted = _Wanted(roadmap.roster, place, _settings(settings), title, note, facts_on, known_at)
    return take(ROADMAP, "replan", roadmap, actor=actor, at=at, wanted=wanted)


def retry(*, actor: Actor, at: datetime, roadmap: Roadmap) -> Roadmap:
    """Ask again for a roadmap whose job failed, after what it said was mended.

    Raises:
        NotAllowed: the person may not; Conflict: it is planned, or its job is not over yet.
    """
    return take(ROADMAP, "retry", roadmap, actor=actor, at=at)


def stop(*, actor: Actor, at: datetime, roadmap: Roadmap) -> Roadmap:
    """End the search for a roadmap now: the best plan found so far is kept, with its certificate.

    Raises:
        NotAllowed: the person may not; Conflict: nothing is being planned, or it is being stopped.
    """
    return take(ROADMAP, "stop", roadmap, actor=actor, at=at)


def withdraw(*, actor: Actor, at: datetime, roadmap: Roadmap, reason: str) -> Roadmap:
    """Take a roadmap that is not adopted back for good, saying why; a search that is under way ends.

    Raises:
        NotAllowed: the person may not; BadValue: no reason is given; Conflict: it is adopted or gone.
    """
    return take(ROADMAP, "withdraw", roadmap, actor=actor, at=at, reason=reason)


@dataclass(frozen=True)
class _Wanted:
    """What somebody asks for; None and "" are the usual."""

    roster: Roster
    place: Place
    settings: Settings
    title: str
    note: str
    facts_on: date | None
    known_at: datetime | None


@ROADMAP.effect("plan", deed="start_roadmap")
def _plan(taking: Taking[Roadmap], *, wanted: _Wanted) -> Done:
    roadmap = _ask(taking, wanted)
    return Done({"settings": roadmap.settings_digest}, made=roadmap)


@ROADMAP.effect("replan", deed="start_roadmap")
def _replan(taking: Taking[Roadmap], *, wanted: _Wanted) -> Done:
    roadmap = _ask(taking, wanted, replans=taking.subject)
    return Done({"settings": roadmap.settings_digest, "replans": taking.subject.pk}, made=roadmap)


@ROADMAP.effect("retry", deed="retry_roadmap")
def _retry(taking: Taking[Roadmap]) -> Done:
    taking.subject.stopped_by = ""
    _enqueue(taking.subject, actor=taking.actor, at=taking.at)
    return Done()


@ROADMAP.effect("stop", deed="stop_roadmap")
def _stop(taking: Taking[Roadmap]) -> Done:
    taking.subject.stopped_by = taking.actor.name
    return Done()


@ROADMAP.effect("withdraw", deed="withdraw_roadmap")
def _withdraw(taking: Taking[Roadmap]) -> Done:
    found = taking.subject
    found.withdrawn_by, found.withdrawn_at = taking.actor.name, taking.at
    found.withdrawal_reason = taking.reason[:300]
    return Done({"reason": found.withdrawal_reason})


def _ask(taking: Taking[Roadmap], wanted: _Wanted, *, replans: Roadmap | None = None) -> Roadmap:
    today = china_date(taking.at)
    facts_on, known_at = wanted.facts_on or today, wanted.known_at or taking.at
    if wanted.place.pk not in territory().at(facts_on).members(wanted.roster.place.code):
        problem = "名单“{title}”属于{own}，不能为{place}编制路线图。"
        own, place = wanted.roster.place.name, wanted.place.name
        raise BadValue(msg(problem, title=wanted.roster.title, own=own, place=place))
    if facts_on > today or known_at > taking.at:
        raise BadValue(msg("案件情况的日期 {day} 晚于今天 {today}，请改正。", day=facts_on, today=today))
    check_begins(wanted.settings, facts_on)
    Roster.objects.select_for_update().get(pk=wanted.roster.pk)
    roadmap = Roadmap.objects.create(
        roster=wanted.roster,
        place=wanted.place,
        number=next_number(wanted.roster.pk),
        title=(wanted.title.strip() or wanted.settings.title or wanted.roster.title)[:120],
        settings=wanted.settings.model_dump(mode="json"),
        settings_digest=wanted.settings.digest,
        facts_on=facts_on,
        known_at=known_at,
        replans=replans,
        note=wanted.note.strip()[:300],
        requested_by=taking.actor.name,
        requested_at=taking.at,
    )
    _enqueue(roadmap, actor=taking.actor, at=taking.at)
    return roadmap


def _enqueue(roadmap: Roadmap, *, actor: Actor, at: datetime) -> Job:
    return enqueue("plan_roadmap", {"roadmap": roadmap.pk}, actor=actor, at=at)


def _settings(stated: Stated) -> Settings:
    return stated if isinstance(stated, Settings) else read_settings(stated)
