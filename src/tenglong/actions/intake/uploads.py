"""Handing a file in: kept as it is, and queued to be staged."""

from collections.abc import Iterable
from datetime import date, datetime

from tenglong.actions.files import keep
from tenglong.actions.intake.accepting import IMPORT
from tenglong.actions.jobs import enqueue
from tenglong.actions.steps import Done, Taking, begin
from tenglong.domain.access.policy import Actor
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.intake.imports import import_to_come
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Import, Roster

NEED_ROSTER = frozenset({"pushed_roster", "roster_review", "case_ledger", "events"})
"""The kinds whose rows are cases of one roster."""


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
    batch = Import(
        kind=kind,
        roster=roster if kind in NEED_ROSTER else None,
        code=code,
        filename=filename[-200:],
        business_day=business_day,
    )
    return begin(IMPORT, "upload", import_to_come(place.id), actor=actor, at=at, batch=batch, stream=stream)


@IMPORT.effect("upload", deed="upload")
def _upload(taking: Taking[Import], *, batch: Import, stream: Iterable[bytes]) -> Done:
    table, today = table_kind(batch.kind), china_date(taking.at)
    if batch.kind in NEED_ROSTER and batch.roster is None:
        raise BadValue(msg("导入“{kind}”须先选择名单（口径）。", kind=label(table.name_zh)))
    if batch.business_day > today:
        problem = "填报日期 {day} 晚于今天 {today}，请改正。"
        raise BadValue(msg(problem, day=batch.business_day, today=today))
    batch.digest, batch.size = keep(stream)
    batch.uploaded_by, batch.uploaded_by_id = taking.actor.name, taking.actor.user_id
    batch.uploaded_at = taking.at
    batch.save()
    enqueue("stage_import", {"import": batch.pk}, actor=taking.actor, at=taking.at)
    return Done({"file": batch.filename, "digest": batch.digest}, made=batch)
