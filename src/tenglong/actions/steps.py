"""Taking a step of a process: the one door to a change of state.

It asks whether the person may see the matter, then the gate (domain.access.processes), runs the effect that stands for
the step, writes the new state and leaves a line in the trail; all of it or nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model

from tenglong.domain.access.policy import Actor, Matter, Scope, check_step, scope_of
from tenglong.domain.kernel.errors import Bug
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.process import Process, Step
from tenglong.store.models import TrailEvent

Subject = TypeVar("Subject", bound=Model)


@dataclass(frozen=True)
class Taking(Generic[Subject]):
    """A step as it is being taken: the gate has let it pass, and the subject is locked."""

    step: Step
    subject: Subject
    actor: Actor
    at: datetime
    reason: str


@dataclass(frozen=True)
class Done:
    """What an effect did: `details` for the trail; `to`, where the step leads to several states; `made`, where another
    subject came of it, which the trail is about then; `gives`, where the caller gets something else than a subject."""

    details: dict[str, Any] = field(default_factory=dict)
    to: str = ""
    made: Any = None
    gives: Any = None


Effect = Callable[..., Done]


class Course(Generic[Subject]):
    """A process at work: how its subjects are seen and locked, and what each step does besides moving them.

    `see` raises NotFound for who may not see a subject; `hold` reads and locks it; `named` is how the trail
    calls it.
    """

    def __init__(
        self,
        process: Process,
        *,
        see: Callable[[Subject, Actor], object],
        hold: Callable[[Subject], Subject],
        matter: Callable[[Subject], Matter],
        named: Callable[[Subject], str],
    ):
        self.process = process
        self.see, self.hold, self.matter, self.named = see, hold, matter, named
        self.effects: dict[str, tuple[str, Effect]] = {}

    def effect(self, step: str, *, deed: str = "") -> Callable[[Effect], Effect]:
        """Registers what a step does; `deed` is its word in the trail, "" for a step that changes nothing."""
        if step not in self.process.steps or step in self.effects:
            raise Bug("an effect for no step, or a second one", process=self.process.id, step=step)

        def register(effect: Effect) -> Effect:
            self.effects[step] = (deed, effect)
            return effect

        return register


@transaction.atomic
def take(
    course: Course[Subject],
    id: str,
    subject: Subject,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    files: Sequence[Any] | None = None,
    **answers: Any,
) -> Any:
    """Take a step; `answers` are what its effect asks for. Gives the subject as it stands then, or what came of it.

    The columns that the effect sets anew are saved with the state; a value that it changed within itself is not.

    Raises:
        NotFound: the person may not see the subject; NotAllowed, BadValue, Conflict: the gate refuses the step, or
            its effect does.
    """
    course.see(subject, actor)
    found = course.hold(subject)
    reason = check_step(
        course.matter(found), id, actor, china_date(at), reason=reason, files=len(files or ())
    )
    if files is not None:
        answers["files"] = files
    deed, effect = course.effects[id]
    taking, before = Taking(course.process.steps[id], found, actor, at, reason), _columns(found)
    done = effect(taking, **answers)
    if taking.step.to:
        found.state = _target(taking.step, done)  # type: ignore[attr-defined]
    found.save(update_fields=[name for name, value in _columns(found).items() if value != before[name]])
    return _leave(course, deed, taking, done.made or found, done)


@transaction.atomic
def begin(
    course: Course[Subject],
    id: str,
    matter: Matter,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    files: Sequence[Any] | None = None,
    **answers: Any,
) -> Any:
    """Take a step that begins a matter: `matter` says where it would be. Its effect makes the subject.

    Raises:
        NotAllowed, BadValue, Conflict: the gate refuses it, or its effect does.
    """
    reason = check_step(matter, id, actor, china_date(at), reason=reason, files=len(files or ()))
    if files is not None:
        answers["files"] = files
    deed, effect = course.effects[id]
    taking: Taking[Any] = Taking(course.process.steps[id], None, actor, at, reason)
    done = effect(taking, **answers)
    return _leave(course, deed, taking, done.made, done)


def happen(course: Course[Subject], event: str, subject: Subject, to: str = "") -> None:
    """Put a subject, which is locked, into the state after an event; whoever calls saves it."""
    subject.state = course.process.after(event, subject.state, to)  # type: ignore[attr-defined]


def by_scope(see: Callable[[Any, Scope], object]) -> Callable[[Any, Actor], object]:
    """Seeing a subject through a query that takes a scope."""
    return lambda subject, actor: see(subject, scope_of(actor))


def _columns(subject: Model) -> dict[str, Any]:
    return {field.attname: getattr(subject, field.attname) for field in subject._meta.concrete_fields}


def _target(step: Step, done: Done) -> str:
    target = done.to or step.to[0]
    if target not in step.to:
        raise Bug("a step that leads elsewhere", step=step.id, to=target)
    return target


def _leave(course: Course[Subject], deed: str, taking: Taking[Any], about: Subject, done: Done) -> Any:
    """A line in the trail about a subject; gives what the caller of the step gets."""
    if deed:
        leave(by=taking.actor.name, at=taking.at, deed=deed, about=course.named(about), **done.details)
    return about if done.gives is None else done.gives


def leave(*, by: str, at: datetime, deed: str, about: str, **details: Any) -> None:
    """Record that `by` did `deed` to `about` ("roster:3"); call it inside the transaction of the deed."""
    TrailEvent.objects.create(at=at, by=by, deed=deed, about=about, details=details)
