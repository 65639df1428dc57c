"""States of a matter, the steps between them, and what refuses a step.

Permissions are ids here, because the kernel stands before `access`, which checks that some role holds them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.errors import BadValue, Bug, Conflict, NotAllowed
from tenglong.domain.kernel.messages import label, msg

Person = str | int
"""Somebody as a row remembers them: by the number of their account where it keeps one, else by user name."""


@dataclass(frozen=True)
class State:
    """Where a matter stands. Nothing may be done in a `final` one.

    `look_of` names the state that is stored: this one is how that state looks when something else is true as well.
    """

    id: str
    zh: str
    en: str
    initial: bool = False
    final: bool = False
    look_of: str = ""


@dataclass(frozen=True)
class Step:
    """What a person does to a matter in one of the states `sources`; without sources it begins the matter.

    It goes to one of the states `to`, or stays where it is. All `permissions` must be held, at the place `at` ("" is
    the matter's own). Who played a part of `not_by` may not take it, and only who played one of `only_by` may.
    `reason` asks for words, `files` for so many pieces of evidence, `within` says how many working days it may wait.
    """

    id: str
    zh: str
    en: str
    permissions: tuple[str, ...]
    at: str = ""
    sources: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    only_by: tuple[str, ...] = ()
    reason: bool = False
    files: int = 0
    within: int | None = None

    def open_in(self, state: str) -> bool:
        """Whether a matter in `state` allows it; "" is a matter that has not begun."""
        return state in self.sources if self.sources else not state

    def due(self, since: date, calendar: WorkingCalendar) -> date:
        """The last day for it, when the matter has waited for it since a day."""
        if self.within is None:
            raise Bug("a step without a limit has no day by which it is due", step=self.id)
        return calendar.add_working_days(since, self.within)


@dataclass(frozen=True)
class Event:
    """What happens to a matter without a person's step: a job does it, or a step of another matter."""

    id: str
    sources: tuple[str, ...]
    to: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """Somebody's share in a matter so far ("登记人"), or a place at which a permission is asked for."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Process:
    """The way of one sort of matter, in the order of its file. `zh` and `en` say what moves."""

    id: str
    zh: str
    en: str
    states: dict[str, State]
    steps: dict[str, Step]
    events: dict[str, Event]
    parts: dict[str, Part]
    places: dict[str, Part]
    digest: str

    def after(self, event: str, state: str, to: str = "") -> str:
        """The state after an event; `to` names one of several.

        Raises:
            Conflict: the event does not happen in that state; Bug: it does not lead there.
        """
        found = self.events[event]
        if state not in found.sources:
            problem = "{what}目前是“{state}”，可能已由他人办理，请刷新页面查看最新状态。"
            raise Conflict(msg(problem, what=label(self.zh), state=label(self.states[state].zh)))
        if to and to not in found.to:
            raise Bug("an event that leads elsewhere", process=self.id, event=event, to=to)
        return to or found.to[0]

    def check_open(self, step: Step, state: str) -> None:
        """Raises Conflict when a matter in `state` does not allow the step."""
        if step.open_in(state):
            return
        if not state:
            raise Conflict(
                msg("还没有“{what}”，不能办理“{step}”。", what=label(self.zh), step=label(step.zh))
            )
        problem = "{what}目前是“{state}”，不能办理“{step}”。请刷新页面查看最新状态。"
        named = {"what": label(self.zh), "state": label(self.states[state].zh), "step": label(step.zh)}
        raise Conflict(msg(problem, **named))

    def check_own(
        self, step: Step, person: Collection[Person], parts: Mapping[str, Collection[Person]]
    ) -> None:
        """Raises NotAllowed when the step is left to who played a part, and `person`, as rows know them, did not."""
        if step.only_by and not played(person, step.only_by, parts):
            who = label(self.parts[step.only_by[0]].zh)
            raise NotAllowed(msg("“{step}”只能由{who}本人办理。", step=label(step.zh), who=who))


def played(
    person: Collection[Person], wanted: Collection[str], parts: Mapping[str, Collection[Person]]
) -> bool:
    """Whether somebody, as rows know them, played one of the `wanted` parts."""
    return any(known in parts[part] for part in wanted for known in person)


def check_other(step: Step, person: Collection[Person], parts: Mapping[str, Collection[Person]]) -> None:
    """Nobody approves their own work (domain.md §11.3-11); `parts` are who did what before. Raises NotAllowed."""
    if played(person, step.not_by, parts):
        problem = "“{step}”须由他人办理：此前的工作是您本人经手的。"
        raise NotAllowed(msg(problem, step=label(step.zh)))


def given_reason(step: Step, reason: str) -> str:
    """The reason for a step, without the blanks around it. Raises BadValue where it is due and none is given."""
    if step.reason and not reason.strip():
        raise BadValue(msg("“{step}”须写明理由，请补充理由。", step=label(step.zh)))
    return reason.strip()


def check_files(step: Step, files: int) -> None:
    """Raises BadValue where fewer files come with a step than it asks for."""
    if files < step.files:
        problem = "“{step}”须上传至少 {needed} 份材料，目前 {files} 份，请补充后提交。"
        raise BadValue(msg(problem, step=label(step.zh), needed=step.files, files=files))
