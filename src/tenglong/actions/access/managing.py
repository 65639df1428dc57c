"""Whose account somebody may manage."""

from datetime import datetime

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.access.people import Person, person_by_id
from tenglong.store.models import User


def managed(actor: Actor, at: datetime, user_id: int) -> Person:
    """Somebody with a membership in the territory where `actor` manages.

    Raises:
        NotAllowed: `actor` manages nobody; NotFound: there is no such person there.
    """
    actor.check_may(Permission.MANAGE)
    return person_by_id(user_id, actor, china_date(at))


def wholly_managed(actor: Actor, at: datetime, user_id: int) -> User:
    """Somebody whose account itself `actor` may manage; raises like `managed`, and NotAllowed where memberships of the
    person go beyond what `actor` holds."""
    person = managed(actor, at, user_id)
    if not person.wholly:
        raise NotAllowed(msg("该用户还有您管理范围以外的授权，账号须由上级整治办管理。"))
    return User.objects.get(pk=user_id)
