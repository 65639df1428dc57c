"""Passwords: tried, compared, made.

To compare or hash one takes a tenth of a second and more, so that guessing is slow. It is done before the transaction
of the deed begins (`ahead` of web.pages, config.once): within it everybody else would wait for SQLite's one writer.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.contrib.auth import hashers
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tenglong.actions.steps import leave
from tenglong.domain.access.sign_in import sign_in_rules
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import Message, msg
from tenglong.queries.access.people import SIGN_IN_FAILED, SIGNED_IN, sign_in_subject, sign_ins
from tenglong.store.models import User

COUNTED_ATTEMPTS = 200
"""The last attempts of an account that are looked at: the longest wait is reached long before."""
LETTERS, LENGTH = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", 14


@dataclass(frozen=True)
class TypedPassword:
    """What somebody typed as the password of their account, and whether it was that one; `against` is the hash that it
    was compared with."""

    plain: str
    against: str
    right: bool


NOTHING_TYPED = TypedPassword("", "", right=False)


@dataclass(frozen=True)
class NewPassword:
    """A password with its hash."""

    plain: str
    hash: str


def typed_password(user: User, plain: str, *, address: str, at: datetime) -> TypedPassword:
    """Compare what was typed; without comparing it is wrong for who has to wait anyway."""
    tried = bool(plain) and not _wait(user.username, address, at)
    return TypedPassword(plain, user.password, tried and hashers.check_password(plain, user.password))


def new_password(plain: str = "") -> NewPassword:
    """Hash a password; without one a password by chance, to be shown once."""
    plain = plain or "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return NewPassword(plain, hashers.make_password(plain))


def check_password(*, user: User, password: TypedPassword, address: str, at: datetime) -> None:
    """Whether who is signed in knows the password; a wrong one counts as one at the door.

    Raises:
        BadValue: it is wrong; Conflict: it was wrong so often that one has to wait.
    """
    check_may_try(username=user.username, address=address, at=at)
    still = password.right and User.objects.filter(pk=user.pk, password=password.against).exists()
    if not still:
        note_sign_in(username=user.username, at=at, succeeded=False, address=address)
        raise BadValue(msg("密码不正确，请重新输入。"))


def check_strength(plain: str, user: User) -> None:
    """Raises BadValue where a new password is too weak, in our words: Django's are not translated into every
    language."""
    try:
        validate_password(plain, user)
    except ValidationError as error:
        raise BadValue(_weakness(error)) from error


def check_may_try(*, username: str, address: str, at: datetime, code: bool = False) -> None:
    """Raises Conflict where the name has had so many wrong passwords, from this address or from all, that one waits;
    with `code`, also for so many wrong codes from anywhere."""
    if seconds := _wait(username, address, at, code=code):
        problem = "密码或验证码多次输错，请在 {seconds} 秒后重试；忘记密码的，请联系管理员重置。"
        raise Conflict(msg(problem, seconds=seconds))


def note_sign_in(*, username: str, at: datetime, succeeded: bool, address: str = "", step: str = "") -> None:
    """Write an attempt to sign in into the trail; after some wrong ones the next has to wait. `step` says of what kind
    it was: "code", "provider", "" for a password."""
    deed = SIGNED_IN if succeeded else SIGN_IN_FAILED
    about = {"address": address} | ({"step": step} if step else {})
    leave(by=username[:150], at=at, deed=deed, about=sign_in_subject(username), **about)


def _wait(username: str, address: str, at: datetime, *, code: bool = False) -> int:
    """For how many seconds somebody has to wait."""
    attempts, rules = sign_ins(username, COUNTED_ATTEMPTS), sign_in_rules()
    waits = [rules.wait(attempts, address, at)] + ([rules.wait_for_code(attempts, at)] if code else [])
    return ceil(max(waits).total_seconds())


def _weakness(error: ValidationError) -> Message:
    found = {one.code: one.params or {} for one in error.error_list}
    if too_short := found.get("password_too_short"):
        problem = "新密码太短，至少需要 {least} 个字符，请加长。"
        return msg(problem, least=too_short["min_length"])
    if "password_too_common" in found:
        return msg("新密码太常见，容易被人猜中，请换一个。")
    return msg("新密码与用户名或姓名太相近，请换一个。")
