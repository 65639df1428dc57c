"""People: whom somebody may manage, their tokens, and failed attempts to sign in."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission, Role, roles
from tenglong.domain.access.sign_in import Attempt
from tenglong.domain.access.tokens import token_rules
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.registry.territory import Place
from tenglong.queries.access.second_step import lacks_second_step
from tenglong.queries.registry.territory import actor_of, territory
from tenglong.queries.values import Value
from tenglong.store.models import ApiToken, TrailEvent, User

SIGNED_IN, SIGN_IN_FAILED = "signed_in", "sign_in_failed"


@dataclass(frozen=True)
class Account(Value):
    """An account as a manager sees it."""

    pk: int
    username: str
    display_name: str
    is_active: bool


@dataclass(frozen=True)
class Held(Value):
    """A role that somebody holds in a territory."""

    pk: int
    code: str
    role: str


@dataclass(frozen=True)
class Person:
    """A user as a manager sees them: only the memberships in the manager's own territory.

    `wholly` says that no membership lies elsewhere or beyond the manager, so that the account itself
    (password, active or not) may be managed too.
    """

    user: Account
    memberships: tuple[Held, ...]
    wholly: bool


def people(actor: Actor, today: date) -> list[Person]:
    """The users with a membership in the territory where `actor` manages, by user name."""
    users = User.objects.prefetch_related("memberships").order_by("username")
    return [person for user in users if (person := _person(user, actor, today)).memberships]


def person_by_id(id: int, actor: Actor, today: date) -> Person:
    """One of `people`.

    Raises:
        NotFound: there is no such user, or not for this manager.
    """
    user = User.objects.prefetch_related("memberships").filter(pk=id).first()
    if user is not None and (person := _person(user, actor, today)).memberships:
        return person
    raise NotFound(msg("没有编号为 {id} 的用户，或不在您管理的辖区内。", id=id))


def actor_named(username: str, today: date) -> Actor:
    """Who an account is for the policy.

    Raises:
        NotFound: there is no such account.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(msg("没有账号“{name}”，请核对账号名。", name=username))
    return actor_of(user, today)


def contains(actor: Actor, code: str, role: str, today: date) -> bool:
    """Whether `actor` manages the territory `code` and holds there everything that `role` would grant."""
    here = place_now(code, today)
    if here is None or role not in roles():
        return False
    return actor.everywhere or all(
        actor.may(needed, here.id) for needed in roles()[role].grants | {Permission.MANAGE}
    )


def grantable_roles(actor: Actor, code: str, today: date) -> list[Role]:
    """The roles that `actor` may grant in the territory `code`."""
    return [role for role in roles().values() if contains(actor, code, role.id, today)]


@dataclass(frozen=True)
class Token:
    """A token as its owner and its managers see it. `works`: neither revoked nor expired."""

    id: int
    name: str
    scope: str
    code: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    works: bool


def tokens_of(user_id: int, now: datetime) -> list[Token]:
    """The tokens of a user, the newest first, those that no longer work included."""
    return [_token(row, now) for row in ApiToken.objects.filter(user_id=user_id).order_by("-id")]


def working_token(secret: str, now: datetime) -> ApiToken | None:
    """The token, with its owner, that still works; None when it is unknown, revoked or expired, or its owner may not
    sign in or must first change a password that somebody else knows or set up the second step."""
    tokens = ApiToken.objects.select_related("user").filter(revoked_at=None, expires_at__gt=now)
    token = tokens.filter(digest=token_digest(secret)).first()
    if token is None or not token.user.is_active or token.user.must_change_password:
        return None
    return None if lacks_second_step(token.user_id) else token


def place_now(code: str, today: date) -> Place | None:
    """The place of a membership: that of the code, or who took over from it; None where there never was one."""
    whole = territory()
    tree = whole.at(today)
    if tree.has(code):
        return tree.place(code)
    closed = whole.closed(code, today)
    return whole.home(closed, today) if closed else None


def actor_of_token(token: ApiToken, today: date) -> Actor:
    """Who acts through a token: its owner, within its scope and territory. A scope that is no more allows nothing."""
    scope = token_rules().scopes.get(token.scope)
    only = scope.permissions if scope else frozenset()
    return actor_of(token.user, today).bounded(only, token.code, members_of(token.code, today))


def within(actor: Actor, code: str, today: date) -> bool:
    """Whether `actor` may do anything at all in the territory `code`."""
    here = members_of(code, today)
    return any(here & grant.places for grant in actor.grants)


def members_of(code: str, today: date) -> frozenset[int]:
    """The ids of the places that count under a code today; none when there is no such place."""
    tree = territory().at(today)
    return tree.members(code) if code and tree.has(code) else frozenset()


def active_user(id: int) -> User | None:
    """Somebody who may sign in."""
    return User.objects.filter(pk=id, is_active=True).first()


def token_digest(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def sign_ins(username: str, most: int) -> list[Attempt]:
    """The last attempts to sign in as `username`, or to change the password, the newest first."""
    rows = TrailEvent.objects.filter(about=sign_in_subject(username)).order_by("-id")[:most]
    return [
        Attempt(row.at, row.details.get("address", ""), row.deed == SIGNED_IN, row.details.get("step", ""))
        for row in rows
    ]


def sign_in_subject(username: str) -> str:
    """What the trail calls the attempts to sign in under a name."""
    return f"sign-in:{username[:60].lower()}"


def _token(row: ApiToken, now: datetime) -> Token:
    return Token(
        id=row.pk,
        name=row.name,
        scope=row.scope,
        code=row.code,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        works=row.revoked_at is None and row.expires_at > now,
    )


def _person(user: User, actor: Actor, today: date) -> Person:
    every = sorted(user.memberships.all(), key=lambda membership: membership.pk)
    near = [
        membership
        for membership in every
        if actor.everywhere
        or ((here := place_now(membership.code, today)) and actor.may(Permission.MANAGE, here.id))
    ]
    wholly = all(contains(actor, membership.code, membership.role, today) for membership in every)
    return Person(Account.of(user), tuple(map(Held.of, near)), wholly and bool(near or actor.everywhere))


def demo_accounts() -> list[Person]:
    """The accounts of the demonstration, for its sign-in page only."""
    users = User.objects.filter(username__startswith="demo-", is_active=True).prefetch_related("memberships")
    return [
        Person(Account.of(user), tuple(map(Held.of, user.memberships.all())), False)
        for user in users.order_by("pk")
    ]
