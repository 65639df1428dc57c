"""Who the caller is."""

from typing import Any

from ninja import Schema

from tenglong.api.callers import Asked
from tenglong.api.topics import Topic
from tenglong.domain.access.roles import Permission
from tenglong.queries.registry.territory import territory

topic = Topic(tags=["people"])


class GrantOut(Schema):
    """A role in a territory."""

    role: str
    territory: str
    name: str


class MeOut(Schema):
    """The caller, with what they may do somewhere; the territory decides where."""

    username: str
    name: str
    grants: list[GrantOut]
    permissions: list[str]


@topic.get("/me", response={200: MeOut})
def me(request: Asked) -> dict[str, Any]:
    """Who the token or the session belongs to."""
    caller = request.auth
    tree = territory().at(caller.today)
    return {
        "username": caller.user.username,
        "name": caller.user.display_name or caller.user.username,
        "grants": [
            {"role": grant.role, "territory": grant.code, "name": tree.place(grant.code).name}
            for grant in caller.actor.grants
        ],
        "permissions": [permission.value for permission in Permission if caller.actor.may(permission)],
    }
