"""Who has set up the second step of signing in, who must, and what somebody has still to do before all else."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tenglong.domain.access.second_step import second_step_rules
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.store.models import Membership, RecoveryCode, SecondStep, User

PASSWORD, SECOND_STEP = "password", "second_step"


@dataclass(frozen=True)
class Standing:
    """How it stands with somebody's second step: since when, and how many recovery codes are left."""

    since: datetime | None
    codes_left: int


def second_step_of(user_id: int) -> Standing:
    """How it stands with somebody's second step."""
    since = SecondStep.objects.filter(user_id=user_id).values_list("confirmed_at", flat=True).first()
    return Standing(since, RecoveryCode.objects.filter(user_id=user_id, used_at=None).count() if since else 0)


def has_second_step(user_id: int) -> bool:
    """Whether somebody shows a code after the password."""
    return SecondStep.objects.filter(user_id=user_id).exclude(confirmed_at=None).exists()


def lacks_second_step(user_id: int) -> bool:
    """Whether a role of somebody's requires the second step, and they have not set it up."""
    required = second_step_rules().required_of
    if not required or not Membership.objects.filter(user_id=user_id, role__in=required).exists():
        return False
    return not has_second_step(user_id)


def left_to_do(user: User, session: Mapping[str, Any]) -> str:
    """What somebody must do before anything else opens: PASSWORD, SECOND_STEP, or "".

    Who came in through the provider did not use the password that others know; what the provider vouches for stands
    for the second step as long as the session lasts.
    """
    if user.must_change_password and session.get("means") != "provider":
        return PASSWORD
    return SECOND_STEP if not session.get("vouched") and lacks_second_step(user.pk) else ""


def begun_secret(user_id: int, now: datetime) -> str | None:
    """The secret that somebody's phone is to be given; None where none was begun just now, or the phone has it
    already."""
    since = now - second_step_rules().confirmed_within
    row = SecondStep.objects.filter(user_id=user_id, confirmed_at=None, begun_at__gt=since).first()
    return deciphered(row.secret) if row else None


def enciphered(secret: str) -> str:
    """A secret as it is kept."""
    return _cipher().encrypt(secret.encode()).decode()


def deciphered(kept: str) -> str:
    """A secret that was kept.

    Raises:
        Conflict: it was enciphered with another key of the site.
    """
    try:
        return _cipher().decrypt(kept.encode()).decode()
    except InvalidToken as error:
        problem = "站点密钥已更换，原来的两步验证无法核对，请联系管理员为您解除后重新设置。"
        raise Conflict(msg(problem)) from error


def _cipher() -> Fernet:
    key = hashlib.sha256(b"second step" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
