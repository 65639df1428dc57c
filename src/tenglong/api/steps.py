"""The one shape in which the API says what may be done with a thing, and in which it is done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ninja import Field, Schema, Status

from tenglong.api.callers import Asked, Caller
from tenglong.api.topics import Given, Topic
from tenglong.api.values import Id, Sentence
from tenglong.domain.access.policy import Scope


class StepOut(Schema):
    """A step of a process that the caller has the right to take now: a reason, and so many files, must come with it.

    `barred` says why it must wait; null where it may be taken.
    """

    process: str
    step: str = Field(validation_alias="step.id")
    name: str = Field(validation_alias="step.zh")
    name_en: str = Field(validation_alias="step.en")
    reason: bool = Field(validation_alias="step.reason")
    files: int = Field(validation_alias="step.files")
    barred: Sentence | None


@dataclass(frozen=True)
class Deed:
    """How a step is taken: `act` is the action, `about` what the caller hands in for it, under the action's names.

    What nobody gives is left to the action. `about_it` says to readers what the operation does.
    """

    step: str
    about_it: str
    act: Callable[..., Any]
    about: type[Given] | None = None
    status: int = 200


@dataclass(frozen=True)
class Moved:
    """The things that a process moves: how one is seen, what the actions call it, and how one is shown after."""

    name: str
    see: Callable[[int, Scope], Any]
    show: Callable[[Caller, int], dict[str, Any]]
    shape: type[Schema]


def add_steps(topic: Topic, address: str, moved: Moved, deeds: Iterable[Deed]) -> None:
    """POST `address`/{id}/`step` for each of the deeds: it answers with the thing as it stands then, or with what came
    of it."""
    for deed in deeds:
        topic.post(
            f"{address}/{{id}}/{deed.step}",
            response={deed.status: moved.shape},
            operation_id=f"{address.strip('/')}_{deed.step}",
            summary=deed.step.capitalize(),
            description=deed.about_it,
        )(_operation(deed, moved))


def _operation(deed: Deed, moved: Moved) -> Callable[..., Status]:
    def done(caller: Caller, id: int, given: dict[str, Any]) -> Status:
        answers = {name: value for name, value in given.items() if value is not None}
        answers[moved.name] = moved.see(id, caller.scope)
        found = deed.act(actor=caller.actor, at=caller.now, **answers)
        return Status(deed.status, moved.show(caller, found.pk))

    def bare(request: Asked, id: Id) -> Status:
        return done(request.auth, id, {})

    def answered(request: Asked, id: Id, about: deed.about) -> Status:  # type: ignore[name-defined]
        return done(request.auth, id, dict(about))

    return answered if deed.about else bare
