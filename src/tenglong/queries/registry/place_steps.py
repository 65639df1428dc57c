"""The steps by which places came to be what they are, and who may take them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.access.roles import Permission
from tenglong.domain.registry.changes import Change
from tenglong.domain.registry.territory import Place
from tenglong.queries.registry.territory import row_from, territory
from tenglong.store.models import PlaceStep

SHOWN = 100


@dataclass(frozen=True)
class StepRow:
    """A step with what may be done about it: `open` if it is the last that touched its places, and not taken back."""

    step: PlaceStep
    name: str
    other: str
    open: bool


def change_of(step: PlaceStep) -> Change:
    """What a step changed."""
    before, after = _rows(step.before), _rows(step.after)
    known = territory().places
    above = {
        row.parent_id or 0
        for row in (*before.values(), *after.values())
        if row is not None and (row.parent_id is None or row.parent_id in known)
    }
    return Change(before, after, frozenset(above - _new(before)))


def may_answer(actor: Actor, made: Change) -> bool:
    """Whether the actor manages the places above everything that a change touches."""
    return actor.everywhere or all(actor.may(Permission.MANAGE, id) for id in made.answering)


def may_change(actor: Actor, place: Place) -> bool:
    """Whether the actor's is the office of the place above."""
    return actor.everywhere or (
        place.parent_id is not None and actor.may(Permission.MANAGE, place.parent_id)
    )


def steps_of(scope: Scope, codes: Iterable[str] = ()) -> list[StepRow]:
    """The last steps about places that the scope holds, or about `codes`, the latest first."""
    places = territory().places
    seen = {place.code for place in places.values() if scope.everywhere or place.id in scope.places}
    wanted = seen & set(codes) if codes else seen
    rows = PlaceStep.objects.select_related("taken_back").order_by("-id")
    found = [step for step in rows.iterator() if step.code in wanted or _codes(step) & wanted]
    names = {place.code: place.name for place in sorted(places.values(), key=lambda place: place.valid_from)}
    return [
        StepRow(
            step,
            _name(step) or names.get(step.code, step.code),
            names.get(step.said.get("other", ""), ""),
            _is_open(step),
        )
        for step in found[:SHOWN]
    ]


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


def _new(before: Mapping[int, Place | None]) -> set[int]:
    return {id for id, row in before.items() if row is None}


def _rows(rows: Mapping[str, Any]) -> dict[int, Place | None]:
    return {int(id): None if row is None else row_from(row) for id, row in rows.items()}
