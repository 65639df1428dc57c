"""The second step of signing in: set up, shown, given up, reset."""

import secrets
from datetime import datetime

import pyotp
from django.db import transaction
from django.utils.crypto import salted_hmac

from tenglong.actions.access.managing import wholly_managed
from tenglong.actions.access.passwords import TypedPassword, check_may_try, check_password, note_sign_in
from tenglong.actions.access.sessions import end_all
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.second_step import plain_code, second_step_rules
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.queries.access.second_step import begun_secret, deciphered, enciphered, has_second_step
from tenglong.store.models import RecoveryCode, SecondStep, User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH, GROUP = 16, 4


def begin_second_step(*, at: datetime, user: User, password: TypedPassword | None, address: str) -> None:
    """A new secret for the person's phone; nothing is asked for until the phone has shown a code of it. `password` is
    None only for who signed in just now.

    Raises:
        BadValue: the password is wrong; Conflict: the step is set up already, or one has to wait.
    """
    if password is not None:
        check_password(user=user, password=password, address=address, at=at)
    if has_second_step(user.pk):
        raise Conflict(msg("两步验证已启用；如要更换手机，请先停用再重新设置。"))
    begun = {"secret": enciphered(pyotp.random_base32()), "begun_at": at}
    SecondStep.objects.update_or_create(user=user, confirmed_at=None, defaults=begun)


@transaction.atomic
def confirm_second_step(*, actor: Actor, at: datetime, user: User, code: str) -> list[str]:
    """The phone has the secret: from now on a code is asked for. Gives the recovery codes, which are shown once.

    Raises:
        BadValue: the code is wrong; Conflict: nothing was begun.
    """
    row = SecondStep.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    secret = begun_secret(user.pk, at)
    if row is None or secret is None:
        raise Conflict(msg("没有待确认的两步验证，请重新开始设置。"))
    step = second_step_rules().step_of(secret, plain_code(code), at, 0)
    if step is None:
        raise BadValue(msg("验证码不正确。请核对手机时间是否为自动设置，再输入手机上当前显示的 6 位数字。"))
    row.confirmed_at, row.last_step = at, step
    row.save(update_fields=["confirmed_at", "last_step"])
    leave(by=actor.name, at=at, deed="set_up_second_step", about=f"user:{user.pk}")
    return _new_codes(user)


def pass_second_step(*, at: datetime, user: User, code: str, address: str) -> None:
    """Take a code of the phone, or a recovery code; either is good once. A wrong one counts as a wrong password.

    Raises:
        BadValue: it is wrong or was used; Conflict: there were so many wrong ones that one has to wait.
    """
    typed = plain_code(code)
    with (
        transaction.atomic()
    ):  # one code after the other: of many at once the first would not slow the others
        SecondStep.objects.select_for_update().filter(user=user).first()
        check_may_try(username=user.username, address=address, at=at, code=True)
        right = _takes_code(user, typed, at) or _takes_recovery_code(user, typed, at)
        if not right:
            note_sign_in(username=user.username, at=at, succeeded=False, address=address, step="code")
    if not right:
        raise BadValue(msg("验证码不正确或已经用过，请输入手机上新显示的 6 位数字，或一个未用过的备用码。"))


def drop_second_step(
    *, actor: Actor, at: datetime, user: User, password: TypedPassword, code: str, address: str
) -> None:
    """Give the second step up; raises like `check_password` and `pass_second_step`."""
    _check_both(user=user, password=password, code=code, address=address, at=at)
    with transaction.atomic():
        _forget(user)
        leave(by=actor.name, at=at, deed="drop_second_step", about=f"user:{user.pk}")


def renew_recovery_codes(
    *, actor: Actor, at: datetime, user: User, password: TypedPassword, code: str, address: str
) -> list[str]:
    """New recovery codes instead of the old ones; raises like `check_password` and `pass_second_step`."""
    _check_both(user=user, password=password, code=code, address=address, at=at)
    with transaction.atomic():
        leave(by=actor.name, at=at, deed="renew_recovery_codes", about=f"user:{user.pk}")
        return _new_codes(user)


@transaction.atomic
def reset_second_step(*, actor: Actor, at: datetime, user_id: int, reason: str) -> None:
    """Take the second step from somebody whose phone is lost, and sign them out; they set it up anew.

    Raises:
        NotFound, NotAllowed: it is somebody whose account `actor` does not manage.
        BadValue: there is no reason; Conflict: it is oneself, or there is nothing to reset.
    """
    user = wholly_managed(actor, at, user_id)
    if user.pk == actor.user_id:
        raise Conflict(msg("不能解除自己的两步验证，请在账号页停用，或由其他管理人员办理。"))
    if not reason.strip():
        raise BadValue(msg("请填写解除两步验证的理由。"))
    if not has_second_step(user_id):
        raise Conflict(msg("该用户没有启用两步验证，无需解除。"))
    _forget(user)
    end_all(by=actor, at=at, user_id=user_id, why="reset_second_step")
    leave(by=actor.name, at=at, deed="reset_second_step", about=f"user:{user_id}", reason=reason.strip())


def _check_both(*, user: User, password: TypedPassword, code: str, address: str, at: datetime) -> None:
    check_password(user=user, password=password, address=address, at=at)
    pass_second_step(at=at, user=user, code=code, address=address)


def _takes_code(user: User, typed: str, at: datetime) -> bool:
    row = SecondStep.objects.filter(user=user).exclude(confirmed_at=None).first()
    if row is None:
        return False
    step = second_step_rules().step_of(deciphered(row.secret), typed, at, row.last_step)
    later = SecondStep.objects.filter(pk=row.pk, last_step__lt=step or 0)
    return step is not None and later.update(last_step=step) == 1


def _takes_recovery_code(user: User, typed: str, at: datetime) -> bool:
    codes = RecoveryCode.objects.filter(user=user, used_at=None)
    with transaction.atomic():
        if codes.filter(digest=_digest(typed)).update(used_at=at) != 1:
            return False
        leave(by=user.username, at=at, deed="use_recovery_code", about=f"user:{user.pk}", left=codes.count())
    return True


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    plain = [_new_code() for _ in range(second_step_rules().recovery_codes)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code)) for code in plain)
    return ["-".join(code[at : at + GROUP] for at in range(0, RECOVERY_LENGTH, GROUP)) for code in plain]


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH))


def _digest(code: str) -> str:
    return salted_hmac("recovery code", code, algorithm="sha256").hexdigest()


def _forget(user: User) -> None:
    RecoveryCode.objects.filter(user=user).delete()
    SecondStep.objects.filter(user=user).delete()
