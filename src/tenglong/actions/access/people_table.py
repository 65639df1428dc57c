"""People by workbook: accounts and roles, row by row; first passwords are shown once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tenglong.actions.access.passwords import NewPassword, new_password
from tenglong.actions.access.people import add_user, grant
from tenglong.actions.setting_up import Carried, Taken, carried, undone
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import roles
from tenglong.domain.intake.rows import ParsedRow, Verdict
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Membership, User

NOT_HASHED = NewPassword("", "")


def try_people(rows: Iterable[ParsedRow], *, actor: Actor, at: datetime) -> tuple[Carried, ...]:
    """What `enter_people` would do with every row; nothing is changed."""
    with undone():
        return _entered(rows, actor, at, iter(()))


def enter_people(
    rows: Iterable[ParsedRow], *, actor: Actor, at: datetime, passwords: Sequence[NewPassword]
) -> tuple[Carried, ...]:
    """New accounts with their first passwords, further roles of accounts that are there.

    `passwords` were made ahead, one for each new account (`passwords_for`).
    """
    return _entered(rows, actor, at, iter(passwords))


def passwords_for(rows: Iterable[ParsedRow]) -> list[NewPassword]:
    """A password for each account that is not there yet."""
    asked = {str(row.value("username") or "") for row in rows if not row.errors}
    known = set(User.objects.filter(username__in=asked).values_list("username", flat=True))
    return [new_password() for _ in asked - known]


def _entered(
    rows: Iterable[ParsedRow], actor: Actor, at: datetime, passwords: Iterator[NewPassword]
) -> tuple[Carried, ...]:
    def take(row: ParsedRow) -> Taken:
        username, name = str(row.value("username")), str(row.value("display_name"))
        given = {"code": _place(row, actor, at), "role": _role(str(row.value("role")))}
        user = User.objects.filter(username=username).first()
        if user is None:
            secret = next(passwords, NOT_HASHED)
            add_user(actor=actor, at=at, username=username, display_name=name, password=secret, **given)
            return Taken(Verdict.INSERTED, secret.plain)
        if user.display_name != name:
            problem = "用户名“{username}”已由“{name}”使用，请换一个，或改正姓名。"
            raise Conflict(msg(problem, username=username, name=user.display_name))
        if Membership.objects.filter(user=user, **given).exists():
            return Taken(Verdict.UNCHANGED)
        grant(actor=actor, at=at, user_id=user.pk, **given)
        return Taken(Verdict.UPDATED)

    return carried(rows, "username", take)


def _place(row: ParsedRow, actor: Actor, at: datetime) -> str:
    """The code of the place that a row names, among those of the person who hands the table in."""
    day, text = china_date(at), str(row.value("place"))
    tree = territory().at(day)
    tops = [code for code in actor.codes if tree.has(code)]
    for code in tops:
        if text in (code, tree.place(code).name):
            return code
    if not tops:
        raise BadValue(msg("您没有可以授权的单位，请联系上级整治办。"))
    return territory().find(text, within=tops[0], day=day).code


def _role(text: str) -> str:
    for role in roles().values():
        if text in (role.id, role.zh, role.en):
            return role.id
    known = "、".join(role.zh for role in roles().values())
    raise BadValue(msg("没有角色“{role}”，可填：{known}。", role=text, known=known))
