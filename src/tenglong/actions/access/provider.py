"""Single sign-on: whom an identity of the provider stands for, and binding the two. Nobody is ever created by it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from tenglong.actions.access.managing import wholly_managed
from tenglong.actions.access.passwords import (
    NOTHING_TYPED,
    TypedPassword,
    check_password,
    note_sign_in,
)
from tenglong.actions.access.people import end_access
from tenglong.actions.access.sessions import end_all
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.provider import Identity
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed
from tenglong.domain.kernel.messages import msg
from tenglong.store.models import ProviderAccount, User

SHOWN = 60


def person_of(identity: Identity, *, at: datetime, address: str) -> User:
    """Whom an identity stands for: the account that is bound to its subject, or the one that a manager bound to what
    its claim says and that nobody has used yet; from then on the subject alone counts.

    Raises:
        NotAllowed: nobody is bound to it, or the account is deactivated; either stands in the sign-in log.
    """
    row = _bound(identity, at)
    name = row.user.username if row else f"{identity.subject}@{identity.issuer}"[:SHOWN]
    if row is not None and row.user.is_active:
        return row.user
    note_sign_in(username=name, at=at, succeeded=False, address=address, step="provider")
    if row is not None:
        raise NotAllowed(msg("您在本系统的账号已停用，不能登录；如需启用请联系管理员。"))
    problem = "单点登录账号“{name}”还没有与本系统的用户绑定。请用密码登录后在账号页绑定，或联系管理员办理。"
    raise NotAllowed(msg(problem, name=identity.name))


def bind_own(
    *, actor: Actor, at: datetime, user: User, identity: Identity, password: TypedPassword, address: str
) -> None:
    """Bind one's own account to an identity that has just been shown.

    Raises:
        BadValue: the password is wrong; Conflict: either of the two is bound already, or one has to wait.
    """
    check_password(user=user, password=password, address=address, at=at)
    _bind(user, actor, at, issuer=identity.issuer, subject=identity.subject)


def bind_for(*, actor: Actor, at: datetime, user_id: int, issuer: str, claimed: str) -> None:
    """State for somebody what the provider's claim says of them; whoever comes in with it is them.

    Raises:
        NotFound, NotAllowed: it is somebody whose account `actor` does not manage.
        BadValue: nothing is stated; Conflict: it is oneself, or either of the two is bound already.
    """
    user = wholly_managed(actor, at, user_id)
    if user.pk == actor.user_id:
        raise Conflict(msg("请在账号页绑定自己的单点登录账号，或由其他管理人员办理。"))
    if not claimed.strip():
        raise BadValue(msg("请填写该用户在单点登录平台的标识。"))
    _bind(user, actor, at, issuer=issuer, claimed=claimed.strip())


def unbind(
    *,
    actor: Actor,
    at: datetime,
    user_id: int,
    issuer: str,
    password: TypedPassword = NOTHING_TYPED,
    address: str = "",
    session: str = "",
) -> None:
    """End the binding of somebody whose account one manages, or with the password one's own. Whoever came in by it is
    put out: of one's own sessions only `session` goes on, of somebody else's account the tokens end too.

    Raises:
        NotFound, NotAllowed: it is somebody whose account `actor` does not manage.
        BadValue: the password is wrong; Conflict: there is no binding, or one has to wait.
    """
    row = ProviderAccount.objects.select_related("user").filter(user_id=user_id, issuer=issuer).first()
    if user_id != actor.user_id:
        wholly_managed(actor, at, user_id)
    elif row is not None:
        check_password(user=row.user, password=password, address=address, at=at)
    if row is None:
        raise Conflict(msg("没有绑定单点登录账号，无需解除。"))
    with transaction.atomic():
        row.delete()
        if user_id == actor.user_id:
            end_all(by=actor, at=at, user_id=user_id, why="unbind_provider", but=session)
        else:
            end_access(by=actor, at=at, user_id=user_id, why="unbind_provider")
        leave(by=actor.name, at=at, deed="unbind_provider", about=f"user:{user_id}", issuer=issuer)


def _bound(identity: Identity, at: datetime) -> ProviderAccount | None:
    rows = ProviderAccount.objects.select_related("user").filter(issuer=identity.issuer)
    row = rows.filter(subject=identity.subject).first()
    if row is not None or not identity.claimed:
        return row
    with transaction.atomic():
        if rows.filter(claimed=identity.claimed, subject="").update(subject=identity.subject) == 1:
            row = rows.get(subject=identity.subject)
            told = {"issuer": identity.issuer, "subject": identity.subject}
            leave(by=row.user.username, at=at, deed="pin_provider", about=f"user:{row.user_id}", **told)
    return row


def _bind(user: User, actor: Actor, at: datetime, **who: str) -> None:
    try:
        with transaction.atomic():
            ProviderAccount.objects.create(user=user, bound_at=at, bound_by=actor.name, **who)
            leave(by=actor.name, at=at, deed="bind_provider", about=f"user:{user.pk}", **who)
    except IntegrityError as error:
        problem = "该用户已绑定，或这个单点登录账号已绑定给其他用户；请先解除原来的绑定。"
        raise Conflict(msg(problem)) from error
