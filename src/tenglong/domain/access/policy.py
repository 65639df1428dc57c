"""The one policy: deny by default; and the one gate that every step of a process passes.

Every list, count, export, page and API answer asks it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tenglong.domain.access.roles import Permission, Role, permission_labels, roles
from tenglong.domain.kernel.errors import BadRules, Bug, Conflict, NotAllowed, UserError
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.process import (
    Person,
    Process,
    Step,
    check_files,
    check_other,
    given_reason,
    played,
    read_process,
)
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules


@dataclass(frozen=True)
class Grant:
    """A role held in a territory; `places` are the ids of all places that count under it today."""

    role: str
    code: str
    places: frozenset[int]


@dataclass(frozen=True)
class Actor:
    """Somebody acting, by name in the ledger. Without grants there is nothing to see and nothing to do.

    `everywhere` is for the person at the machine itself (the command line), who holds the database anyway. `only`:
    what a program may do at most that acts for this person (a token's scope); None is no bound.
    """

    name: str
    grants: tuple[Grant, ...] = ()
    everywhere: bool = False
    user_id: int | None = None
    only: frozenset[Permission] | None = None

    @property
    def known_as(self) -> frozenset[Person]:
        """How rows remember this person. An account has one number for ever; two people may have had one name."""
        return frozenset({self.name} if self.user_id is None else {self.name, self.user_id})

    def places(self, permission: Permission) -> frozenset[int]:
        """The places where this person holds `permission`; empty when there is no rule."""
        return _union(self._held(permission))

    def may(self, permission: Permission, place_id: int | None = None) -> bool:
        """Whether `permission` is held at `place_id`, or anywhere when no place is given."""
        if self.everywhere:
            return True
        held = self._held(permission)
        return any(held) if place_id is None else any(place_id in places for places in held)

    def _held(self, permission: Permission) -> list[frozenset[int]]:
        if self.only is not None and permission not in self.only:
            return []
        return [grant.places for grant in self.grants if permission in roles()[grant.role].grants]

    def check_may(self, permission: Permission, place_id: int | None = None) -> None:
        """Raises NotAllowed with a sentence when `may` says no."""
        if not self.may(permission, place_id):
            problem = "您在该辖区没有“{what}”的权限，请联系本级整治办授权。"
            raise NotAllowed(msg(problem, what=label(permission_labels()[permission])))

    def bounded(
        self, only: frozenset[Permission], code: str = "", places: frozenset[int] = frozenset()
    ) -> "Actor":
        """This person through a program that may do `only` that, and, when a `code` is given, only at its `places`."""
        grants = self.grants
        if code:
            grants = tuple(
                Grant(grant.role, code, grant.places & places) for grant in grants if grant.places & places
            )
        return replace(self, grants=grants, only=only)

    @property
    def codes(self) -> tuple[str, ...]:
        """The territories of the grants, without doubles, in their order."""
        return tuple(dict.fromkeys(grant.code for grant in self.grants))


@dataclass(frozen=True)
class Scope:
    """Where a question may look: ids of places, or everywhere. Queries demand one; there is no default."""

    places: frozenset[int] = frozenset()
    everywhere: bool = False

    def narrowed(self, places: Iterable[int]) -> "Scope":
        """This scope within `places` only."""
        wanted = frozenset(places)
        return Scope(wanted if self.everywhere else self.places & wanted)


NOWHERE = Scope()


def scope_of(actor: Actor, permission: Permission = Permission.VIEW) -> Scope:
    """Where `actor` may look with `permission`."""
    return Scope(actor.places(permission), actor.everywhere)


def _union(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*sets)


# Processes with the people in them: which steps somebody may take now.

Condition = Callable[[Actor, date], None]


class Needless(Conflict):
    """There is no cause for the step: refused when taken, and not shown as one that must wait."""


@dataclass(frozen=True)
class Matter:
    """A thing that a process moves, as the gate sees it; `state` "" is one that has not begun.

    `places` are where permissions are asked for: "" its own, others by the names in the file. `parts` are who did what
    to it so far, through the whole submission; one that has not begun has none. `conditions` say by step why it cannot
    be taken although state and person allow it: they raise. What is forgotten or misspelt raises Bug: a part that
    nobody fills would let people approve their own work.
    """

    process: Process
    state: str
    places: Mapping[str, int]
    parts: Mapping[str, Collection[Person]] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts, places = set(self.process.parts) if self.state else set(), {"", *self.process.places}
        if (
            set(self.parts) != parts
            or set(self.places) != places
            or not set(self.conditions) <= set(self.process.steps)
        ):
            raise Bug("a matter that does not fit its process", process=self.process.id)

    def step(self, id: str) -> Step:
        """A step of its process."""
        return self.process.steps[id]

    def played(self, actor: Actor, *parts: str) -> bool:
        """Whether somebody played one of these parts so far."""
        return played(actor.known_as, parts, self.parts)


@dataclass(frozen=True)
class Offer:
    """A step that a person holds the right to take in this state; `barred` says why it must wait."""

    process: str
    step: Step
    barred: Message | None = None


def load_process(package: str, name: str, *, own: Collection[str] = ()) -> Process:
    """The process that ships inside `package`; raises BadRules like `parse_process`."""
    return parse_process(load_rules(package, name), own=own)


def parse_process(
    rules: RuleFile, *, own: Collection[str] = (), known: Mapping[str, Role] | None = None
) -> Process:
    """The process that a rule file states, for the roles that are `known` (the program's own unless told).

    Raises:
        BadRules: the file is refused by `read_process`, or a step asks for permissions that no role holds together.
    """
    process = read_process(rules, own=own)
    for step in process.steps.values():
        if not holders(step, roles() if known is None else known):
            problem = "规则文件 {name} 有误：没有角色拥有步骤“{step}”所需的权限（{permission}），请改正。"
            permission = "、".join(step.permissions)
            raise BadRules(msg(problem, name=rules.name, step=step.id, permission=permission))
    return process


def holders(step: Step, known: Mapping[str, Role]) -> list[str]:
    """The roles that may take a step."""
    return [role.id for role in known.values() if step.permissions and role.grants >= set(step.permissions)]


def check_step(
    matter: Matter, id: str, actor: Actor, today: date, *, reason: str = "", files: int = 0
) -> str:
    """The gate of a step: permission at the place, state, persons, reason and files, and its condition, in this order.

    Whether the person may see the matter at all is asked before, by whoever reads it. Gives the reason without blanks.

    Raises:
        NotAllowed: the permission is not held, or the step is for somebody else; BadValue: reason or files are missing.
        Conflict: the state does not allow it, or something else must come first.
    """
    step = matter.step(id)
    _check_permissions(matter, step, actor)
    matter.process.check_open(step, matter.state)
    _check_persons(matter, step, actor)
    said = given_reason(step, reason)
    check_files(step, files)
    _check_condition(matter, step, actor, today)
    return said


def check_still(matter: Matter, id: str, actor: Actor) -> None:
    """Raises NotAllowed when who took a step no longer holds the right to it: a job asks this before its work."""
    _check_permissions(matter, matter.step(id), actor)


def offers(matter: Matter, actor: Actor, today: date) -> tuple[Offer, ...]:
    """The steps that the state has for a person with the right to take them, in the order of the file."""
    found = (_offer(matter, step, actor, today) for step in matter.process.steps.values())
    return tuple(offer for offer in found if offer)


def _offer(matter: Matter, step: Step, actor: Actor, today: date) -> Offer | None:
    try:
        _check_permissions(matter, step, actor)
        matter.process.check_open(step, matter.state)
        matter.process.check_own(step, actor.known_as, matter.parts)
    except UserError:
        return None
    try:
        check_other(step, actor.known_as, matter.parts)
        _check_condition(matter, step, actor, today)
    except Needless:
        return None
    except UserError as error:
        return Offer(matter.process.id, step, error.message)
    return Offer(matter.process.id, step)


def _check_permissions(matter: Matter, step: Step, actor: Actor) -> None:
    for permission in step.permissions:
        actor.check_may(Permission(permission), matter.places[step.at])


def _check_persons(matter: Matter, step: Step, actor: Actor) -> None:
    matter.process.check_own(step, actor.known_as, matter.parts)
    check_other(step, actor.known_as, matter.parts)


def _check_condition(matter: Matter, step: Step, actor: Actor, today: date) -> None:
    condition = matter.conditions.get(step.id)
    if condition is not None:
        condition(actor, today)
