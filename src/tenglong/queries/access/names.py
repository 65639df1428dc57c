"""What people are called: by the name that their account shows, never by the one they sign in with."""

from collections import Counter
from collections.abc import Mapping

from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.registry.territory import Tree
from tenglong.queries.course import in_course
from tenglong.queries.remembered import recorded, remembered
from tenglong.store.models import Membership, User


def person_names() -> Mapping[str, str]:
    """The name of everybody by the one they sign in with; both for people of one name, and for who has none the latter.

    Every change of an account leaves its deed in the trail, so that the answer is kept until the next deed.
    """
    return remembered(f"person-names:{recorded()}", _every_name)


def names_here() -> Mapping[str, str]:
    """`person_names` for the answer to a request: asked once, however many of its rows name people."""
    return in_course("person-names", person_names)


def person_name(username: str) -> str:
    """What somebody is called; who has no account (the command line, who was renamed) by what was recorded."""
    return person_names().get(username, username)


def holders(permission: Permission, place_id: int, tree: Tree) -> tuple[str, ...]:
    """The user names of those who hold a permission at a place, those of the nearest territory first."""
    wanted = [id for id, role in roles().items() if permission in role.grants]
    held = Membership.objects.filter(role__in=wanted, user__is_active=True).values_list(
        "code", "user__username"
    )
    near = sorted(
        (len(places), name)
        for code, name in held
        if tree.has(code) and place_id in (places := tree.members(code))
    )
    return tuple(dict.fromkeys(name for _, name in near))


def _every_name() -> dict[str, str]:
    shown = dict(User.objects.values_list("username", "display_name"))
    borne = Counter(shown.values())
    return {
        username: name if name and borne[name] == 1 else f"{name}（{username}）" if name else username
        for username, name in shown.items()
    }
