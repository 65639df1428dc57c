"""Ending sessions: what is ended is refused at its next request."""

from datetime import datetime

from django.db import transaction

from tenglong.actions.access.managing import wholly_managed
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.store.models import Session


@transaction.atomic
def end_session(*, actor: Actor, at: datetime, id: str) -> None:
    """Sign out elsewhere: one's own session, or that of somebody whose account one manages.

    Raises:
        NotFound: there is no such session any more, or it is not for this person to see.
        NotAllowed: its owner also has memberships that go beyond what `actor` holds.
    """
    session = Session.objects.filter(pk=id).first()
    owner = session.user_id if session else None
    if session is None or owner is None or not (owner == actor.user_id or actor.may(Permission.MANAGE)):
        raise NotFound(msg("没有这个登录会话，可能已经结束，请刷新页面。"))
    if owner != actor.user_id:
        wholly_managed(actor, at, owner)
    session.delete()
    leave(by=actor.name, at=at, deed="end_session", about=f"user:{owner}", address=session.address)


@transaction.atomic
def end_sessions(*, actor: Actor, at: datetime, user_id: int, but: str = "") -> int:
    """Sign somebody out everywhere, oneself but in the session `but`; gives how many were ended.

    Raises:
        NotFound, NotAllowed: it is somebody whose account `actor` does not manage.
    """
    if user_id != actor.user_id:
        wholly_managed(actor, at, user_id)
    return end_all(by=actor, at=at, user_id=user_id, why="", but=but)


def end_all(*, by: Actor, at: datetime, user_id: int, why: str, but: str = "") -> int:
    """Every session of a user but one ends; `why` is the deed that ends them. Gives how many there were."""
    _, counts = Session.objects.filter(user_id=user_id).exclude(pk=but).delete()
    if ended := counts.get("store.Session", 0):
        about = {"count": ended} | ({"because": why} if why else {})
        leave(by=by.name, at=at, deed="end_sessions", about=f"user:{user_id}", **about)
    return ended
