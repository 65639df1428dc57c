"""Staging: read the file apart from everything else, judge every row, change nothing."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max

from tenglong.actions.intake.accepting import EFFECTIVE, IMPORT, Recording, recordings
from tenglong.actions.intake.casework import Hand, hands, plan_case
from tenglong.actions.intake.context import Context
from tenglong.actions.intake.facts import plan_firm, plan_observation
from tenglong.actions.intake.identity import NAMING, find_unmatched, identify, settle_duplicate
from tenglong.actions.intake.returning import make_returned
from tenglong.actions.intake.rows import RowPlan, write_rows
from tenglong.actions.steps import happen
from tenglong.domain.campaign.reports.changes import kind_order, report_rules
from tenglong.domain.intake.effects import Deed, deeds_of
from tenglong.domain.intake.kinds import TABLES
from tenglong.domain.intake.own_words import kinds_by
from tenglong.domain.intake.readers.sandbox import ParsedTable, start_reading
from tenglong.domain.intake.rows import ParsedRow, RowOutcome, Tally, Verdict
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Progress, msg, silent
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.registry.book import REGISTER
from tenglong.queries.files import whole
from tenglong.queries.ledger.fold import last_id_at
from tenglong.queries.registry.rulebook import rulebook
from tenglong.store.bulk import sparing
from tenglong.store.models import Case, Firm, Import

CHUNK = 2000
ONE_ROW_PER_FIRM = frozenset({"firms", "pushed_roster", "roster_review", "case_ledger"})
PLANNERS = {"firms": plan_firm, "observations": plan_observation}


@sparing()
def stage(import_id: int, *, at: datetime, progress: Progress = silent) -> Import:
    """Decide for every row what accepting would do, and make the workbook that goes back.

    May be run again at any time before acceptance. A file that cannot be read leaves the import failed, with
    the sentence in `problem`.
    """
    batch = Import.objects.select_related("roster").get(pk=import_id)
    if batch.state not in IMPORT.process.events["read"].sources:
        return batch
    happen(IMPORT, "read", batch)
    batch.problem = None
    batch.save()
    batch.rows.all().delete()
    try:
        progress(0, 0, msg("正在读取文件"))
        book = rulebook(batch.code, china_date(batch.uploaded_at), at)
        file, kind = whole(batch.digest, batch.filename), kinds_by(book)[batch.kind]
        with start_reading(file, batch.filename, kind) as table:
            _judge(batch, table, progress)
            batch.summary["rules"] = book.digests([TABLES])
            progress(batch.read, batch.read, msg("正在生成退回的工作簿"))
            batch.returned_digest = make_returned(batch, table.sheets)
        happen(IMPORT, "judged", batch, Import.State.STAGED)
    except UserError as error:
        batch.rows.all().delete()
        batch.read = batch.inserted = batch.updated = batch.unchanged = batch.rejected = 0
        happen(IMPORT, "judged", batch, Import.State.FAILED)
        batch.problem = error.message.to_json()
    batch.save()
    return batch


def _judge(batch: Import, table: ParsedTable, progress: Progress) -> None:
    known = _known(batch)
    context, tally, recorded, earlier = Context(batch), Tally(), set[Recording](), set[Hand]()
    deeds = Counter[Deed]()
    naming = table.rows(NAMING.union(context.places.naming))
    find_unmatched(context, ((row, context.places.find(row)[0]) for row in naming))
    rows = iter(_in_order(batch.kind, table))
    while part := list(islice(rows, CHUNK)):
        plans = _judge_chunk(context, part)
        with transaction.atomic():
            write_rows(batch, plans)
        recorded |= recordings(context, plans)
        earlier |= hands(context, plans)
        for plan in plans:
            tally.add(RowOutcome(plan.row.sheet, plan.row.row, plan.verdict))
            deeds.update(deeds_of(plan.plan) if plan.verdict in EFFECTIVE else ())
        progress(sum(tally.counts.values()), table.rows_in_all, msg("正在逐行核对"))
    total = table.summary.read
    counts = tally.close(total)
    batch.read, batch.inserted, batch.updated = total, counts[Verdict.INSERTED], counts[Verdict.UPDATED]
    batch.unchanged, batch.rejected = counts[Verdict.UNCHANGED], counts[Verdict.REJECTED]
    batch.sheet, batch.header_row = table.sheets[0].sheet, table.sheets[0].header_rows[-1]
    told = {"recordings": sorted(recorded), "hands": sorted(earlier, key=str), "deeds": dict(deeds)}
    batch.summary = {**_summary(table), "known": known, **told}


def _judge_chunk(context: Context, rows: list[ParsedRow]) -> list[RowPlan]:
    """Identities first, so that everything known of the chunk's firms is loaded at once."""
    plans, placed = [], []
    for row in rows:
        plan = RowPlan.of(row)
        place, column, problem = context.places.find(row)
        plans.append(plan)
        if problem:
            plan.error(column, problem.template, **problem.params)
        elif place and row.value("firm_name"):
            identify(context, plan, place)
            if asked := context.places.question(row, place):
                plan.warn("town", asked.template, **asked.params)
            placed.append((plan, place))
    numbers = [str(row.value("parcel_no")) for row in rows if row.value("parcel_no")]
    context.open_chunk((plan.firm_id for plan, _ in placed if plan.firm_id is not None), numbers)
    planner = PLANNERS.get(context.batch.kind, plan_case)
    for plan, place in placed:
        if plan.refused:
            continue
        planner(context, plan, place)
        if context.batch.kind in ONE_ROW_PER_FIRM:
            settle_duplicate(context, plan)
        if not plan.refused and plan.plan.firm_key:
            context.new_keys.add(plan.plan.firm_key)
    return plans


def _in_order(kind: str, table: ParsedTable) -> Iterator[ParsedRow]:
    """The rows as they stand; events by their days, because a case's entries build on each other."""
    if kind != "events":
        yield from table.rows()
        return
    order, names = kind_order(), report_rules()["event_kinds"]

    def rank(row: ParsedRow) -> tuple[str, int]:
        event = str(row.value("event"))
        return str(row.value("event_on") or ""), order.get(names.get(event, event), 0)

    yield from sorted(table.rows(), key=rank)


def _summary(table: ParsedTable) -> dict[str, Any]:
    """The account of the file, and where its columns stand."""
    return {
        "account": table.summary.to_json(),
        "columns": {
            sheet.sheet: {column: ref.rstrip("0123456789") for column, ref in sheet.header_refs.items()}
            for sheet in table.sheets
        },
    }


def _known(batch: Import) -> dict[str, int]:
    """How much was known before the first row was judged."""
    return {
        "entry": last_id_at(batch.roster_id, None) if batch.roster_id else 0,
        "register": last_id_at(REGISTER, None),
        "firm": Firm.objects.aggregate(last=Max("id"))["last"] or 0,
        "case": Case.objects.aggregate(last=Max("id"))["last"] or 0,
    }
