"""The steps by which places came to be what they are, and who may take them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from tenglong.domain.access.policy import Actor, Scope, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.changes import Change, Kind, Step, answering
from tenglong.domain.registry.territory import Place, Territory
from tenglong.queries.registry.territory import row_from, territory
from tenglong.queries.values import Value
from tenglong.store.models import PlaceStep, User

SHOWN = 100


@dataclass(frozen=True)
class PlaceStepView(Value):
    """A step as it was recorded."""

    pk: int
    code: str
    kind: str
    day: date
    said: dict[str, Any]
    reason: str
    recorded_by: str
    recorded_at: datetime
    takes_back_id: int | None


@dataclass(frozen=True)
class StepRow:
    """A step with what may be done about it: `open` if it is the last that touched its places, and not taken back."""

    step: PlaceStepView
    name: str
    other: str
    open: bool


def change_of(step: PlaceStep) -> Change:
    """What a step changed."""
    before, after = _rows(step.before), _rows(step.after)
    known = {id: row for id, row in territory().places.items() if before.get(id, row) is not None}
    return Change(before, after, answering(before, after, known))


def may_answer(actor: Actor, made: Change) -> bool:
    """Whether the actor manages the places above everything that a change touches."""
    return actor.everywhere or all(actor.may(Permission.MANAGE, id) for id in made.answering)


def sees(actor: Actor, code: str) -> bool:
    """Whether the actor may look at a place that bears or bore the code."""
    scope = scope_of(actor)
    return scope.everywhere or any(row.id in scope.places for row in territory().bearers.get(code, ()))


def may_change(actor: Actor, place: Place) -> bool:
    """Whether the actor's is the office of the place above."""
    return actor.everywhere or (place.parent_id is not None and actor.may(Permission.MANAGE, place.parent_id))


def may_add(actor: Actor, place: Place) -> bool:
    """Whether the actor may put something under a place."""
    return actor.everywhere or actor.may(Permission.MANAGE, place.id)


def step_asked(kind: Kind, code: str, said: Mapping[str, Any], known: Territory | None = None) -> Step:
    """The step that somebody typed; another place may be named in any way that tables may name it.

    Raises:
        NotFound: the place is not there; BadValue: the other one is not, or several bear the name.
    """
    day = said["day"]
    known = known or territory()
    tree = known.at(day)
    other = (said.get("other") or "").strip()
    if other:
        top = (tree.place(code), *tree.ancestors(code))[-1]
        try:
            other = known.find(other, within=top.code, day=day).code
        except NotFound as error:  # it is the answer that is wrong, not the address of the page
            raise BadValue(error.message) from error
    return Step(
        kind,
        day,
        code,
        name=(said.get("name") or "").strip(),
        new_code=(said.get("new_code") or "").strip().upper(),
        other=other,
        position=said.get("position") or 0,
        aliases=tuple(said.get("aliases") or ()),
    )


def left_behind(code: str, today: date) -> list[Message]:
    """What is still tied to a place that is closed, for whoever closed it to settle."""
    if territory().at(today).has(code):
        return []
    people = User.objects.filter(memberships__code=code, is_active=True).distinct().count()
    problem = "还有 {count} 个账号授权在已撤并的单位，请到“用户”页面改为承接单位。"
    return [msg(problem, count=people)] if people else []


def steps_of(scope: Scope, codes: Iterable[str] = ()) -> list[StepRow]:
    """The last steps about places that the scope holds, or about `codes`, the latest first."""
    places = territory().places
    seen = {place.code for place in places.values() if scope.everywhere or place.id in scope.places}
    wanted = seen & set(codes) if codes else seen
    rows = PlaceStep.objects.select_related("taken_back").order_by("-id")
    found = (step for step in rows.iterator() if step.code in wanted or _codes(step) & wanted)
    return [step_row(step) for step in islice(found, SHOWN)]


def step_row(step: PlaceStep) -> StepRow:
    """A step with the names of the places that it speaks of."""
    called, other = (_last_name(code) for code in (step.code, step.said.get("other", "")))
    return StepRow(PlaceStepView.of(step), _name(step) or called or step.code, other, _is_open(step))


def _last_name(code: str) -> str:
    rows = territory().bearers.get(code)
    return rows[-1].name if rows else ""


def _is_open(step: PlaceStep) -> bool:
    if step.takes_back_id is not None or hasattr(step, "taken_back"):
        return False
    places = territory().places
    return all(places.get(id) == row for id, row in _rows(step.after).items())


def _name(step: PlaceStep) -> str:
    """What the place was called when the step was taken."""
    called = [row["name"] for row in (step.before or {}).values() if row and row["code"] == step.code]
    return called[0] if called else ""


def _codes(step: PlaceStep) -> set[str]:
    return {row["code"] for row in (*step.before.values(), *step.after.values()) if row}


def _rows(rows: Mapping[str, Any]) -> dict[int, Place | None]:
    return {int(id): None if row is None else row_from(row) for id, row in rows.items()}
