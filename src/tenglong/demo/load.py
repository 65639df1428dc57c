"""Loading the demonstration: once, into an empty database."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from tenglong.actions.access.passwords import TypedPassword, new_password
from tenglong.actions.access.people import add_user, change_password
from tenglong.actions.registry.territory import install_places
from tenglong.actions.steps import leave
from tenglong.demo.people import PEOPLE
from tenglong.demo.replay import Replay
from tenglong.demo.samples import write_samples
from tenglong.demo.script import script
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import CHINA
from tenglong.store.models import Roster, TrailEvent

Progress = Callable[[int, int, datetime], None]
MACHINE = Actor("命令行", everywhere=True)
OPENED = datetime(2021, 1, 4, 9, tzinfo=CHINA)
LOADED = "load_demo"


def is_loaded() -> bool:
    """Whether the demonstration stands in the database, whole."""
    return TrailEvent.objects.filter(deed=LOADED).exists()


@transaction.atomic
def load(folder: Path, password: str, progress: Progress) -> bool:
    """Load the demonstration, keeping its workbooks in `folder`; False when it was loaded before.

    All of it or nothing: after an interruption it begins anew. `progress` is told how many steps are done, of
    how many, and at which instant of 2021 the replay stands.

    Raises:
        Conflict: the database holds other data.
    """
    if is_loaded():
        return False
    if Roster.objects.exists():
        raise Conflict(
            msg("数据库里已有数据，不能装载演示数据。请换一个空的数据目录（TENGLONG_DATA）后再试。")
        )
    folder.mkdir(parents=True, exist_ok=True)
    install_places(actor=MACHINE, at=OPENED, code="330400")
    _open_accounts(password)
    steps, replay = script(), Replay(folder)
    for number, step in enumerate(steps, start=1):
        progress(number, len(steps), step.at)
        replay.do(step)
    write_samples(folder)
    leave(by=MACHINE.name, at=steps[-1].at, deed=LOADED, about="demo", steps=len(steps))
    return True


def _open_accounts(password: str) -> None:
    known = new_password(password)
    for person in PEOPLE:
        user, first = add_user(
            actor=MACHINE,
            at=OPENED,
            username=person.username,
            display_name=person.display_name,
            code=person.code,
            role=person.role,
        )
        old = TypedPassword(first, user.password, right=True)
        change_password(actor=MACHINE, at=OPENED, user=user, old=old, new=known)
