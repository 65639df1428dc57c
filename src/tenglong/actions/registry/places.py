"""What happens to places, recorded by the office of the place above, with a reason and a day."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError

from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission, permission_labels
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.reasons import reason_given
from tenglong.domain.registry.changes import Change, Kind, Step, applied, change
from tenglong.domain.registry.territory import Place as PlaceRow
from tenglong.domain.registry.territory import Territory
from tenglong.queries.registry.place_steps import change_of, may_answer, sees
from tenglong.queries.registry.territory import forget_territory, row_json, territory
from tenglong.store.models import Place, PlaceStep, Roster

OWN_FROM = 1_000_000_000
"""Ids of places that a site adds itself: those that ship with the program bear their codes, which are lower."""


@transaction.atomic
def take_place_step(*, actor: Actor, at: datetime, step: Step, reason: str) -> PlaceStep:
    """Record one thing that happened to a place.

    Raises:
        NotFound, NotAllowed; BadValue: reason or day is wrong, or the step impossible.
        Conflict: something happened to the place later, or a roster of it is still running.
    """
    _take_turns()
    made, reason = thought_through(actor, at, step, territory()), reason_given(reason)
    said = said_of(step)
    return _record(step.kind, step.code, step.day, made, actor=actor, at=at, reason=reason, said=said)


@transaction.atomic
def take_back_place_step(*, actor: Actor, at: datetime, id: int, reason: str) -> PlaceStep:
    """Say that a step was recorded by mistake: the places are as they were before it.

    Raises:
        NotFound: there is none here; NotAllowed; BadValue: without a reason.
        Conflict: it was taken back already, something happened since, or facts are recorded of what it began.
    """
    _take_turns()
    reason = reason_given(reason)
    step = PlaceStep.objects.filter(pk=id).first()
    if step is None or not sees(actor, step.code):
        raise NotFound(msg("没有这一步变动，请刷新页面后再试。"))
    made = change_of(step).undone
    _check_answers(actor, made)
    if step.kind == Kind.TAKE_BACK or PlaceStep.objects.filter(takes_back=step).exists():
        raise Conflict(msg("这一步已经撤回，或本身就是撤回，不能再撤回。"))
    if any(territory().places.get(id) != row for id, row in made.before.items()):
        raise Conflict(msg("这一步之后又有变动，请先撤回较晚的变动。"))
    applied(territory(), [made])
    said = {"step": step.pk}
    return _record(
        Kind.TAKE_BACK, step.code, step.day, made, actor=actor, at=at, reason=reason, said=said, takes_back=step
    )  # fmt: skip


def thought_through(actor: Actor, at: datetime, step: Step, known: Territory) -> Change:
    """What a step changes in the places as they are `known`.

    Raises:
        NotFound, NotAllowed, BadValue, Conflict: whatever `take_place_step` would refuse, but for the reason.
    """
    today = china_date(at)
    if step.day > today:
        problem = "日期 {day} 晚于今天 {today}，请在变动生效当天或之后登记。"
        raise BadValue(msg(problem, day=step.day, today=today))
    made = change(known, step, max(OWN_FROM, *(id + 1 for id in known.places)))
    _check_answers(actor, made)
    applied(known, [made])
    _check_rosters(made)
    return made


def _take_turns() -> None:
    """One step at a time: the next one is thought through with the places as this one left them."""
    list(Place.objects.select_for_update().order_by("pk").values_list("pk")[:1])
    forget_territory()


def _check_answers(actor: Actor, made: Change) -> None:
    """Only the offices of the places above may.

    Raises:
        NotAllowed: one of them is not the actor's.
    """
    if not may_answer(actor, made):
        problem = "单位的变动由上一级整治办登记。您没有“{what}”在上级单位的权限，请联系上级整治办。"
        raise NotAllowed(msg(problem, what=label(permission_labels()[Permission.MANAGE])))


def _check_rosters(made: Change) -> None:
    """A place with a running roster does not end.

    Raises:
        Conflict: it would.
    """
    for row in made.after.values():
        ended = row is not None and row.valid_to is not None and not _goes_on(made, row)
        if ended and row is not None:
            codes = Place.objects.filter(code=row.code).values("pk")
            roster = Roster.objects.filter(place__in=codes, deadline__gte=row.valid_to).first()
            if roster:
                problem = "名单“{title}”以“{place}”为辖区，到 {day} 才截止，在此之前不能撤并这个单位。"
                raise Conflict(msg(problem, title=roster.title, place=row.name, day=roster.deadline))


def _goes_on(made: Change, row: PlaceRow) -> bool:
    heir = made.after.get(row.successor_id or 0)
    return heir is not None and heir.code == row.code


def _record(
    kind: Kind,
    code: str,
    day: date,
    made: Change,
    *,
    actor: Actor,
    at: datetime,
    reason: str,
    said: dict[str, Any],
    takes_back: PlaceStep | None = None,
) -> PlaceStep:
    _store(made)
    last = PlaceStep.objects.aggregate(last=Max("recorded_at"))["last"]
    at = max(at, last or at)  # who waited for another's turn knows what that one recorded
    step = PlaceStep.objects.create(
        kind=kind.value, code=code, day=day, said=said, reason=reason, takes_back=takes_back,
        before=_json(made.before), after=_json(made.after), recorded_at=at, recorded_by=actor.name,
    )  # fmt: skip
    leave(by=actor.name, at=at, deed="place_step", about=f"place:{code}", step=step.pk, kind=kind.value)
    forget_territory()
    transaction.on_commit(forget_territory)
    return step


def _store(made: Change) -> None:
    """Write the rows: those that begin before those that point to them.

    Raises:
        Conflict: facts are recorded of a row that would go.
    """
    new = [row for id, row in made.after.items() if row is not None and made.before[id] is None]
    old = [row for id, row in made.after.items() if row is not None and made.before[id] is not None]
    for row in sorted(new, key=lambda row: row.id):
        Place.objects.create(**_columns(row))
    for row in old:
        Place(**_columns(row)).save(force_update=True)
    gone = [id for id, row in made.after.items() if row is None]
    try:
        Place.objects.filter(pk__in=gone).delete()
    except ProtectedError as error:
        problem = "这一步设立的单位已有登记的企业、案件或名单，不能撤回；请改按撤并或更名登记。"
        raise Conflict(msg(problem)) from error


def _columns(row: PlaceRow) -> dict[str, Any]:
    return asdict(row) | {"level": row.level.value, "aliases": list(row.aliases)}


def _json(rows: Mapping[int, PlaceRow | None]) -> dict[str, Any]:
    return {str(id): None if row is None else row_json(row) for id, row in rows.items()}


def said_of(step: Step) -> dict[str, Any]:
    """What was typed of a step, as it is kept."""
    told = {"name": step.name, "new_code": step.new_code, "other": step.other, "position": step.position}
    aliases: Iterable[str] = step.aliases
    return {key: value for key, value in (told | {"aliases": list(aliases)}).items() if value}
