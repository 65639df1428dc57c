"""Handing a file in: kept as it is, and queued to be staged."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from tenglong.actions.files import keep
from tenglong.actions.jobs import enqueue
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.territory import territory
from tenglong.store.models import Import, Roster

NEED_ROSTER = frozenset({"pushed_roster", "roster_review", "case_ledger", "events"})
"""The kinds whose rows are cases of one roster."""


@transaction.atomic
def upload(
    *,
    actor: Actor,
    at: datetime,
    kind: str,
    roster: Roster | None,
    code: str,
    stream: Iterable[bytes],
    filename: str,
    business_day: date,
) -> Import:
    """Keep the file and queue its staging; `code` is the territory that all rows must lie in.

    Raises:
        NotAllowed: the person may not import there. NotFound: no such kind or territory.
        BadValue: the roster is missing, or the business day lies ahead. BadFile: the file is too large.
    """
    place = territory().at(business_day).place(code)
    actor.check_may(Permission.IMPORT, place.id)
    table = table_kind(kind)
    if kind in NEED_ROSTER and roster is None:
        raise BadValue(msg("导入“{kind}”须先选择名单（口径）。", kind=label(table.name_zh)))
    if business_day > china_date(at):
        problem = "填报日期 {day} 晚于今天 {today}，请改正。"
        raise BadValue(msg(problem, day=business_day, today=china_date(at)))
    digest, size = keep(stream)
    batch = Import.objects.create(
        kind=kind,
        roster=roster if kind in NEED_ROSTER else None,
        code=code,
        filename=filename[-200:],
        digest=digest,
        size=size,
        business_day=business_day,
        uploaded_by=actor.name,
        uploaded_by_id=actor.user_id,
        uploaded_at=at,
    )
    enqueue("stage_import", {"import": batch.pk}, actor=actor, at=at)
    leave(by=actor.name, at=at, deed="upload", about=f"import:{batch.pk}", file=batch.filename, digest=digest)
    return batch
