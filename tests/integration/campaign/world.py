"""A small synthetic campaign for tests: the shipped places, one roster, three people, workbooks made of text."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl

from tenglong.actions import intake
from tenglong.actions.campaign.rosters import create_roster
from tenglong.actions.registry.territory import install_places
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.periods import Window, day_of
from tenglong.jobs.worker import run_pending
from tenglong.queries.registry.territory import actor_of, forget_territory
from tenglong.store.models import CaseState, Import, Membership, Place, Roster, User

START = date(2021, 4, 27)
TODAY = date(2021, 11, 9)
NOON = datetime(2021, 11, 9, 4, tzinfo=UTC)
MACHINE = Actor("命令行", everywhere=True)


def build_places() -> None:
    """The places that ship with the program."""
    install_places(actor=MACHINE, at=NOON - timedelta(days=200), code="330400")
    forget_territory()


def make_roster(code: str = "city-2021", place: str = "330400") -> Roster:
    """A roster of the whole city, or of another place."""
    return create_roster(
        actor=MACHINE,
        at=NOON - timedelta(days=200),
        code=code,
        title="测试名单",
        issuer="市整治办",
        definition_text="用于测试的名单",
        place=Place.objects.get(code=place),
        window=Window(START, date(2021, 12, 31)),
    )


def make_actor(name: str, role: str, code: str) -> Actor:
    """Somebody with one role in one territory."""
    user = User.objects.create(username=name)
    Membership.objects.create(user=user, code=code, role=role)
    return actor_of(user, TODAY)


def csv_file(header: list[str], *rows: list[Any]) -> bytes:
    """A table as UTF-8 text."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def xlsx_file(header: list[str], *rows: list[Any]) -> bytes:
    """A table as a workbook of one sheet."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [header, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def staged(
    content: bytes,
    kind: str = "case_ledger",
    *,
    roster: Roster | None = None,
    actor: Actor = MACHINE,
    code: str = "330400",
    at: datetime = NOON,
    filename: str = "台账.csv",
    day: date = TODAY,
) -> Import:
    """The file uploaded and staged by the worker."""
    batch = intake.upload(
        actor=actor,
        at=at,
        kind=kind,
        roster=roster,
        code=code,
        stream=[content],
        filename=filename,
        business_day=day,
    )
    run_pending(clock=lambda: at)
    batch.refresh_from_db()
    return batch


def accepted(content: bytes, kind: str = "case_ledger", **more: Any) -> Import:
    """The file uploaded, staged and accepted."""
    batch = staged(content, kind, **more)
    assert batch.state == Import.State.STAGED, batch.problem
    intake.request_acceptance(batch.pk, actor=MACHINE, at=batch.uploaded_at)
    run_pending(clock=lambda: batch.uploaded_at)
    batch.refresh_from_db()
    assert batch.state == Import.State.ACCEPTED
    return batch


def counts(batch: Import) -> tuple[int, int, int, int]:
    """(inserted, updated, unchanged, rejected); they always add up to what was read."""
    found = batch.inserted, batch.updated, batch.unchanged, batch.rejected
    assert sum(found) == batch.read == batch.rows.count()
    return found


def sentences(batch: Import, row: int) -> str:
    """All that is said of one row."""
    from tenglong.domain.kernel.messages import Message

    messages = batch.rows.get(row=row).messages
    return "；".join(str(Message.from_json(message["message"])) for message in messages)


def day(now: CaseState, slot: str) -> date:
    """The day on which a slot of a case came to hold, from its stored lines."""
    return next(day_of(number) for name, on, number, *_ in now.lines if name == slot and on)


def amount(now: CaseState, slot: str) -> int:
    """What a case's stored lines add up to in a slot, in millionths."""
    return sum(quantity for name, on, _, quantity, _ in now.lines if name == slot and on)
