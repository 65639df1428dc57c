"""People: accounts, what they may do where, passwords, tokens. Granting stays inside the granter's own reach."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from tenglong.actions.access.managing import managed, wholly_managed
from tenglong.actions.access.passwords import (
    NewPassword,
    TypedPassword,
    check_password,
    check_strength,
    new_password,
)
from tenglong.actions.access.sessions import end_all
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.access.sign_in import sign_in_rules
from tenglong.domain.access.tokens import token_rules
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.access.people import contains, place_now, token_digest, within
from tenglong.queries.access.second_step import lacks_second_step
from tenglong.queries.registry.territory import territory
from tenglong.store.models import ApiToken, Membership, User


def add_user(
    *,
    actor: Actor,
    at: datetime,
    username: str,
    display_name: str,
    code: str = "",
    role: str = "",
    password: NewPassword | None = None,
) -> tuple[User, str]:
    """A new account with its first membership; returns it with its first password, which is shown once
    and must be changed at the first sign-in. `password` was made ahead by who is within a transaction already.

    Only the person at the machine may leave out territory and role: such an account sees nothing.

    Raises:
        NotAllowed: the territory or the role goes beyond what `actor` holds.
        Conflict: the user name is taken; BadValue: it is empty, or could be taken for another.
    """
    password = password or new_password()
    with transaction.atomic():
        _check_new(actor, at, username.strip(), code, role)
        user = User.objects.create(
            username=username.strip(),
            display_name=display_name.strip(),
            password=password.hash,
            must_change_password=True,
        )
        if code:
            Membership.objects.create(user=user, code=code, role=role)
        about = {"name": user.username, "code": code, "role": role}
        leave(by=actor.name, at=at, deed="add_user", about=f"user:{user.pk}", **about)
    return user, password.plain


@transaction.atomic
def grant(*, actor: Actor, at: datetime, user_id: int, code: str, role: str) -> Membership:
    """Give a user a role in a territory.

    Raises:
        NotAllowed: the territory or the role goes beyond what `actor` holds.
        NotFound: no such user in the manager's territory; Conflict: the user has it already.
    """
    person = managed(actor, at, user_id)
    _check_contains(actor, code, role, at)
    membership, created = Membership.objects.get_or_create(user_id=person.user.pk, code=code, role=role)
    if not created:
        raise Conflict(msg("该用户已有这一授权，无需重复授予。"))
    leave(by=actor.name, at=at, deed="grant", about=f"user:{user_id}", code=code, role=role)
    return membership


@transaction.atomic
def revoke(*, actor: Actor, at: datetime, membership_id: int) -> None:
    """Take a membership back, and end the user's tokens and sessions; the last one of a user stays: deactivate the
    account instead.

    Raises:
        NotAllowed: it goes beyond what `actor` holds; NotFound: there is no such membership here.
    """
    membership = Membership.objects.select_related("user").filter(pk=membership_id).first()
    if membership is None:
        raise NotFound(msg("没有这一授权，可能已被收回，请刷新页面。"))
    managed(actor, at, membership.user_id)
    here = place_now(membership.code, china_date(at))  # who took over answers for a place that is closed
    _check_contains(actor, here.code if here else membership.code, membership.role, at)
    if membership.user.memberships.count() == 1:
        raise Conflict(msg("这是该用户的最后一项授权；如不再使用，请停用账号。"))
    membership.delete()
    end_access(by=actor, at=at, user_id=membership.user_id, why="revoke")
    about = f"user:{membership.user_id}"
    leave(by=actor.name, at=at, deed="revoke", about=about, code=membership.code, role=membership.role)


def reset_password(*, actor: Actor, at: datetime, user_id: int, password: NewPassword | None = None) -> str:
    """A new password for a user, returned to be shown once; it must be changed at the next sign-in. Tokens and sessions
    end. `password` as for `add_user`."""
    password = password or new_password()
    with transaction.atomic():
        _set(wholly_managed(actor, at, user_id), password, must_change=True)
        end_access(by=actor, at=at, user_id=user_id, why="reset_password")
        leave(by=actor.name, at=at, deed="reset_password", about=f"user:{user_id}")
    return password.plain


@transaction.atomic
def set_active(*, actor: Actor, at: datetime, user_id: int, active: bool) -> None:
    """Deactivate an account and end its tokens and sessions, or let it sign in again."""
    user = wholly_managed(actor, at, user_id)
    if user.pk == actor.user_id:
        raise Conflict(msg("不能停用自己的账号，请由其他管理人员办理。"))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_access(by=actor, at=at, user_id=user_id, why="deactivate")
    leave(by=actor.name, at=at, deed="activate" if active else "deactivate", about=f"user:{user_id}")


def change_password(
    *,
    actor: Actor,
    at: datetime,
    user: User,
    old: TypedPassword,
    new: NewPassword,
    address: str = "",
    session: str = "",
) -> None:
    """One's own new password; ends one's tokens, and every session but the one in which it is changed. A wrong old one
    counts as a wrong password at the door.

    Raises:
        BadValue: the old one is wrong, or the new one the same or too weak.
        Conflict: it was wrong so often that one has to wait.
    """
    check_password(user=user, password=old, address=address, at=at)
    if new.plain == old.plain:
        raise BadValue(msg("新密码与原密码相同，请换一个新密码。"))
    check_strength(new.plain, user)
    with transaction.atomic():
        _set(user, new, must_change=False)
        end_access(by=actor, at=at, user_id=user.pk, why="change_password", but=session)
        leave(by=actor.name, at=at, deed="change_password", about=f"user:{user.pk}")


def choose_language(*, user: User, language: str) -> None:
    """Remember the language somebody reads."""
    User.objects.filter(pk=user.pk).update(language=language)


@transaction.atomic
def create_token(
    *, actor: Actor, at: datetime, name: str, scope: str, code: str = "", days: int = 0
) -> tuple[ApiToken, str]:
    """A token for programs acting as oneself within a `scope` and, with a `code`, within that territory only; the
    token itself is returned once and not kept. Without `days` it lasts as long as is usual.

    Raises:
        BadValue: it has no name, there is no such scope, or it would last too long.
        NotAllowed: the person has nothing to do in that territory, or no account.
    """
    days = days or token_rules().usual_days
    token_rules().check(scope, days)
    if not name.strip():
        raise BadValue(msg("请为令牌起一个名称，说明用途。"))
    if code and not within(actor, code, china_date(at)):
        raise NotAllowed(msg("您在单位“{code}”没有授权，不能建立只用于那里的令牌，请重新选择。", code=code))
    if actor.user_id is None:
        raise NotAllowed(msg("令牌归账号所有，请登录后在账号页建立。"))
    if lacks_second_step(actor.user_id):
        raise Conflict(msg("您的角色须启用两步验证，令牌才能使用，请先在账号页设置。"))
    secret = f"tl_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user_id=actor.user_id,
        name=name.strip()[:80],
        digest=token_digest(secret),
        scope=scope,
        code=code,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    about = {"name": token.name, "scope": scope, "code": code, "days": days}
    leave(by=actor.name, at=at, deed="create_token", about=f"user:{actor.user_id}", **about)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: Actor, at: datetime, token_id: int) -> None:
    """A token stops working from now on: one's own, or that of somebody whose account one manages.

    Raises:
        NotFound: there is no such token that works, or it is not for this person to see.
        NotAllowed: its owner also has memberships that go beyond what `actor` holds.
    """
    token = ApiToken.objects.filter(pk=token_id, revoked_at=None).first()
    if token is None or not (token.user_id == actor.user_id or actor.may(Permission.MANAGE)):
        raise NotFound(msg("没有这个令牌，可能已被吊销，请刷新页面。"))
    if token.user_id != actor.user_id:
        wholly_managed(actor, at, token.user_id)
    _end(token, by=actor, at=at, why="")


def note_token_use(*, token: ApiToken, at: datetime) -> None:
    """Remember that a token was used, at most once an hour: reading should not write each time."""
    if token.last_used_at is None or at - token.last_used_at >= timedelta(hours=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def end_access(*, by: Actor, at: datetime, user_id: int, why: str, but: str = "") -> None:
    """Every token and session of a user but one stops working; `why` is the deed that ends them."""
    end_all(by=by, at=at, user_id=user_id, why=why, but=but)
    for token in ApiToken.objects.filter(user_id=user_id, revoked_at=None):
        _end(token, by=by, at=at, why=why)


def _end(token: ApiToken, *, by: Actor, at: datetime, why: str) -> None:
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    about = {"name": token.name} | ({"because": why} if why else {})
    leave(by=by.name, at=at, deed="revoke_token", about=f"user:{token.user_id}", **about)


def _set(user: User, password: NewPassword, *, must_change: bool) -> None:
    user.password, user.must_change_password = password.hash, must_change
    user.save(update_fields=["password", "must_change_password"])


def _check_new(actor: Actor, at: datetime, username: str, code: str, role: str) -> None:
    if code or role or not actor.everywhere:
        _check_contains(actor, code, role, at)
    if not username:
        raise BadValue(msg("请填写用户名。"))
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict(msg("用户名“{username}”已被使用，请换一个。", username=username))
    sign_in_rules().check_name(username, list(User.objects.values_list("username", flat=True)))


def _check_contains(actor: Actor, code: str, role: str, at: datetime) -> None:
    actor.check_may(Permission.MANAGE)
    day = china_date(at)
    tree = territory().at(day)
    place = tree.place(code)
    if role not in roles():
        raise BadValue(msg("没有角色“{role}”，请从列表中选择。", role=role))
    if not contains(actor, code, role, day):
        problem = "您不能在{place}授予“{role}”：授权不得超出您自己的辖区和权限。"
        raise NotAllowed(msg(problem, place=place.name, role=label(roles()[role].zh)))
