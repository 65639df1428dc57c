"""The one policy: deny by default. Every list, count, export, page and API answer asks it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tenglong.domain.access.roles import Permission, permission_labels, roles
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.process import Person


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
        if self.only is not None and permission not in self.only:
            return frozenset()
        return _union(grant.places for grant in self.grants if permission in roles()[grant.role].grants)

    def may(self, permission: Permission, place_id: int | None = None) -> bool:
        """Whether `permission` is held at `place_id`, or anywhere when no place is given."""
        if self.everywhere:
            return True
        held = self.places(permission)
        return bool(held) if place_id is None else place_id in held

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
