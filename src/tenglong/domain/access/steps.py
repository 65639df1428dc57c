"""States of a matter and the steps between them, as a rule file states them: who may take which, and who may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, NotAllowed
from tenglong.domain.kernel.messages import label, msg


@dataclass(frozen=True)
class State:
    """Where a matter stands."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Step:
    """A thing a person does to a matter in one of `sources`, which goes `to` another state where one is named.

    `not_by`: the parts whose player may not take it. `reason` asks for a reason in words.
    """

    id: str
    zh: str
    en: str
    permission: Permission
    sources: tuple[str, ...] = ()
    to: str = ""
    not_by: tuple[str, ...] = ()
    reason: bool = False

    def open_in(self, state: str) -> bool:
        """Whether it may be taken in a state; one without sources always may."""
        return not self.sources or state in self.sources


def read_states(content: Mapping[str, Any]) -> dict[str, State]:
    """The tables `state` of a rule file, by id. Raises KeyError where a key is missing."""
    return {row["id"]: State(row["id"], row["zh"], row["en"]) for row in content["state"]}


def read_steps(content: Mapping[str, Any], states: Mapping[str, State]) -> dict[str, Step]:
    """The tables `step` of a rule file, by id.

    Raises:
        KeyError: a key is missing, or a step names a state that does not exist; ValueError: no such permission.
    """
    return {row["id"]: _step(row, states) for row in content["step"]}


def given_reason(step: Step, reason: str) -> str:
    """The reason for a step, without the blanks around it. Raises BadValue where none is given."""
    if not reason.strip():
        raise BadValue(msg("“{step}”须写明理由，请补充理由。", step=label(step.zh)))
    return reason.strip()


def check_other_person(step: Step, person: str, parts: Mapping[str, str]) -> None:
    """Nobody approves their own work (domain.md §11.3-11); `parts` are who did what before.

    Raises:
        NotAllowed: `person` did what the step approves.
    """
    if any(parts.get(part) == person for part in step.not_by):
        problem = "“{step}”须由他人办理：此前的工作是您本人经手的。"
        raise NotAllowed(msg(problem, step=label(step.zh)))


def _step(row: Mapping[str, Any], states: Mapping[str, State]) -> Step:
    return Step(
        id=row["id"],
        zh=row["zh"],
        en=row["en"],
        permission=Permission(row["permission"]),
        sources=tuple(states[id].id for id in row.get("from", ())),
        to=states[row["to"]].id if "to" in row else "",
        not_by=tuple(row.get("not_by", ())),
        reason=row.get("reason", False),
    )
