"""People: accounts, what they may do where, passwords, tokens. Granting stays inside the granter's own reach."""

import secrets
from datetime import datetime, timedelta
from math import ceil

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tenglong.actions.access.managing import managed, wholly_managed
from tenglong.actions.access.sessions import end_all
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.access.sign_in import sign_in_rules
from tenglong.domain.access.tokens import token_rules
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.access.people import (
    SIGN_IN_FAILED,
    SIGNED_IN,
    contains,
    place_now,
    sign_in_subject,
    sign_ins,
    token_digest,
    within,
)
from tenglong.queries.access.second_step import lacks_second_step
from tenglong.queries.registry.territory import territory
from tenglong.store.models import ApiToken, Membership, User

COUNTED_ATTEMPTS = 200
"""The last attempts of an account that are looked at: the longest wait is reached long before."""
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


@transaction.atomic
def add_user(
    *, actor: Actor, at: datetime, username: str, display_name: str, code: str = "", role: str = ""
) -> tuple[User, str]:
    """A new account with its first membership; returns it with its first password, which is shown once
    and must be changed at the first sign-in.

    Only the person at the machine may leave out territory and role: such an account sees nothing.

    Raises:
        NotAllowed: the territory or the role goes beyond what `actor` holds.
        Conflict: the user name is taken; BadValue: it is empty, or could be taken for another.
    """
    if code or role or not actor.everywhere:
        _check_contains(actor, code, role, at)
    if not username.strip():
        raise BadValue(msg("请填写用户名。"))
    if User.objects.filter(username__iexact=username.strip()).exists():
        raise Conflict(msg("用户名“{username}”已被使用，请换一个。", username=username))
    sign_in_rules().check_name(username.strip(), list(User.objects.values_list("username", flat=True)))
    password = _new_password()
    user = User(username=username.strip(), display_name=display_name.strip(), must_change_password=True)
    user.set_password(password)
    user.save()
    if code:
        Membership.objects.create(user=user, code=code, role=role)
    leave(
        by=actor.name,
        at=at,
        deed="add_user",
        about=f"user:{user.pk}",
        name=user.username,
        code=code,
        role=role,
    )
    return user, password


@transaction.atomic
def grant(*, actor: Actor, at: datetime, user_id: int, code: str, role: str) -> Membership:
    """Give a user a role in a territory.

    Raises:
        NotAllowed: the territory or the role goes beyond what `actor` holds.
        NotFound: no such user in the manager's territory; Conflict: the user has it already.
    """
    person = managed(actor, at, user_id)
    _check_contains(actor, code, role, at)
    membership, created = Membership.objects.get_or_create(user=person.user, code=code, role=role)
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


@transaction.atomic
def reset_password(*, actor: Actor, at: datetime, user_id: int) -> str:
    """A new password for a user, returned to be shown once; it must be changed at the next sign-in. Tokens and sessions
    end."""
    user = wholly_managed(actor, at, user_id)
    password = _new_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_access(by=actor, at=at, user_id=user_id, why="reset_password")
    leave(by=actor.name, at=at, deed="reset_password", about=f"user:{user_id}")
    return password


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
    *, actor: Actor, at: datetime, user: User, old: str, new: str, address: str = "", session: str = ""
) -> None:
    """One's own new password; ends every session but the one in which it is changed. A wrong old one counts as a wrong
    password at the door.

    Raises:
        BadValue: the old one is wrong, or the new one the same or too weak.
        Conflict: it was wrong so often that one has to wait.
    """
    check_password(user=user, password=old, address=address, at=at)
    if new == old:
        raise BadValue(msg("新密码与原密码相同，请换一个新密码。"))
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise BadValue(_weakness(error)) from error
    with transaction.atomic():
        user.set_password(new)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        end_all(by=actor, at=at, user_id=user.pk, why="change_password", but=session)
        leave(by=actor.name, at=at, deed="change_password", about=f"user:{user.pk}")


def choose_language(*, user: User, language: str) -> None:
    """Remember the language somebody reads."""
    User.objects.filter(pk=user.pk).update(language=language)


def check_password(*, user: User, password: str, address: str, at: datetime) -> None:
    """Whether who is signed in knows the password; a wrong one counts as one at the door.

    Raises:
        BadValue: it is wrong; Conflict: it was wrong so often that one has to wait.
    """
    check_may_try(username=user.username, address=address, at=at)
    if not user.check_password(password):
        note_sign_in(username=user.username, at=at, succeeded=False, address=address)
        raise BadValue(msg("密码不正确，请重新输入。"))


def check_may_try(*, username: str, address: str, at: datetime, code: bool = False) -> None:
    """Raises Conflict where the name has had so many wrong passwords, from this address or from all, that one waits;
    with `code`, also for so many wrong codes from anywhere."""
    attempts, rules = sign_ins(username, COUNTED_ATTEMPTS), sign_in_rules()
    wait = rules.wait(attempts, address, at)
    if code:
        wait = max(wait, rules.wait_for_code(attempts, at))
    if wait:
        problem = "密码或验证码多次输错，请在 {seconds} 秒后重试；忘记密码的，请联系管理员重置。"
        raise Conflict(msg(problem, seconds=ceil(wait.total_seconds())))


def note_sign_in(*, username: str, at: datetime, succeeded: bool, address: str = "", step: str = "") -> None:
    """Write an attempt to sign in into the trail; after some wrong ones the next has to wait. `step` says of what kind
    it was: "code", "provider", "" for a password."""
    deed = SIGNED_IN if succeeded else SIGN_IN_FAILED
    about = {"address": address} | ({"step": step} if step else {})
    leave(by=username[:150], at=at, deed=deed, about=sign_in_subject(username), **about)


@transaction.atomic
def create_token(
    *, actor: Actor, at: datetime, name: str, scope: str, code: str = "", days: int = 0
) -> tuple[ApiToken, str]:
    """A token for programs acting as oneself within a `scope` and, with a `code`, within that territory only; the
    token itself is returned once and not kept. Without `days` it lasts as long as is usual.

    Raises:
        BadValue: it has no name, there is no such scope, or it would last too long.
        NotAllowed: the person has nothing to do in that territory.
    """
    days = days or token_rules().usual_days
    token_rules().check(scope, days)
    if not name.strip():
        raise BadValue(msg("请为令牌起一个名称，说明用途。"))
    if code and not within(actor, code, china_date(at)):
        raise NotAllowed(msg("您在单位“{code}”没有授权，不能建立只用于那里的令牌，请重新选择。", code=code))
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


def end_access(*, by: Actor, at: datetime, user_id: int, why: str) -> None:
    """Every token and session of a user stops working; `why` is the deed that ends them."""
    end_all(by=by, at=at, user_id=user_id, why=why)
    for token in ApiToken.objects.filter(user_id=user_id, revoked_at=None):
        _end(token, by=by, at=at, why=why)


def _end(token: ApiToken, *, by: Actor, at: datetime, why: str) -> None:
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    about = {"name": token.name} | ({"because": why} if why else {})
    leave(by=by.name, at=at, deed="revoke_token", about=f"user:{token.user_id}", **about)


def _weakness(error: ValidationError) -> Message:
    """What is wrong with a new password, in our words: Django's are not translated into every language."""
    found = {one.code: one.params or {} for one in error.error_list}
    if too_short := found.get("password_too_short"):
        problem = "新密码太短，至少需要 {least} 个字符，请加长。"
        return msg(problem, least=too_short["min_length"])
    if "password_too_common" in found:
        return msg("新密码太常见，容易被人猜中，请换一个。")
    return msg("新密码与用户名或姓名太相近，请换一个。")


def _new_password() -> str:
    return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(14))


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
