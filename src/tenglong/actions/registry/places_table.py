"""Places by workbook: each row a step with its reason and day, in the order of the table."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tenglong.actions.registry.places import said_of, take_place_step, thought_through
from tenglong.actions.setting_up import Carried, Taken, carried
from tenglong.domain.access.policy import Actor
from tenglong.domain.intake.rows import ParsedRow, Verdict
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.reasons import reason_given
from tenglong.domain.registry.changes import Kind, Step, applied
from tenglong.domain.registry.territory import Territory
from tenglong.queries.registry.place_steps import step_asked
from tenglong.queries.registry.territory import territory
from tenglong.store.models import PlaceStep

Take = Callable[[Step, str, Territory, Actor], Territory]
"""Take a step for a reason, with the places as they are and whoever acts; gives the places after it."""


def try_places(rows: Iterable[ParsedRow], *, actor: Actor, at: datetime) -> tuple[Carried, ...]:
    """What `enter_places` would do with every row: thought through one after the other, and nothing is changed."""

    def take(step: Step, reason: str, known: Territory, who: Actor) -> Territory:
        reason_given(reason)
        return applied(known, [thought_through(who, at, step, known)])

    return _entered(rows, actor, at, take)


def enter_places(rows: Iterable[ParsedRow], *, actor: Actor, at: datetime) -> tuple[Carried, ...]:
    """Record the step of every row; those that are recorded already stay as they are."""

    def take(step: Step, reason: str, known: Territory, who: Actor) -> Territory:
        take_place_step(actor=who, at=at, step=step, reason=reason)
        return territory()

    return _entered(rows, actor, at, take)


def _entered(rows: Iterable[ParsedRow], actor: Actor, at: datetime, take: Take) -> tuple[Carried, ...]:
    known, today = territory(), china_date(at)

    def one(row: ParsedRow) -> Taken:
        nonlocal known
        who = _standing(actor, known, today)
        kind, said = Kind(str(row.value("happening"))), _said(row)
        code, reason = _code(str(row.value("place")), who, known, said["day"]), str(row.value("reason"))
        if _recorded(kind, code, said, reason):
            return Taken(Verdict.UNCHANGED)
        known = take(step_asked(kind, code, said, known), reason, known, who)
        return Taken(Verdict.INSERTED if kind in (Kind.ADD, Kind.SPLIT) else Verdict.UPDATED)

    return carried(rows, "place", one)


def _standing(actor: Actor, known: Territory, today: date) -> Actor:
    """The person with the places that count under their territories by now: what a row adds is theirs for the next."""
    tree = known.at(today)
    grants = (grant for grant in actor.grants if tree.has(grant.code))
    return replace(actor, grants=tuple(replace(grant, places=tree.members(grant.code)) for grant in grants))


def _code(text: str, actor: Actor, known: Territory, day: date) -> str:
    """The code of the place that a row is about: itself a code, or a name within the person's own places."""
    if text in known.bearers:
        return text
    tree = known.at(day)
    for code in actor.codes:
        if tree.has(code):
            return code if tree.place(code).name == text else known.find(text, within=code, day=day).code
    raise BadValue(msg("没有“{text}”这个单位，请填写您辖区内单位的名称或代码。", text=text))


def _said(row: ParsedRow) -> dict[str, Any]:
    """What the form of the page would have been given."""
    position, aliases = str(row.value("position") or "").strip(), str(row.value("aliases") or "")
    if position and not (position.isascii() and position.isdigit()):
        raise BadValue(msg("次序“{text}”不是正整数，请填写在同级单位中的次序。", text=position))
    return {
        "name": row.value("name"),
        "new_code": row.value("new_code"),
        "other": row.value("other"),
        "position": int(position or 0),
        "aliases": tuple(part.strip() for part in aliases.replace("，", "、").split("、") if part.strip()),
        "day": row.value("day"),
    }


def _recorded(kind: Kind, code: str, said: dict[str, Any], reason: str) -> bool:
    """Whether the very step is recorded and not taken back: what went out comes in again without a change."""
    same = PlaceStep.objects.filter(
        kind=kind.value, code=code, day=said["day"], reason=" ".join(reason.split())
    )
    told = Step(
        kind,
        said["day"],
        code,
        name=str(said["name"] or ""),
        new_code=str(said["new_code"] or ""),
        other=str(said["other"] or ""),
        position=said["position"],
        aliases=said["aliases"],
    )
    return any(step.said == said_of(told) for step in same.filter(taken_back=None))
