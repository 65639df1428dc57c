"""Imports as the import centre shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db.models import Q, QuerySet

from tenglong.domain.access.policy import Actor, Matter, Needless
from tenglong.domain.access.roles import Permission, permission_labels
from tenglong.domain.campaign.evidence import check_second_person, deciding_place, permission_for
from tenglong.domain.intake.effects import KEYS, LAND_KEYS, CellChange, Deed, changes_of, deeds_of
from tenglong.domain.intake.plans import Plan, Recorded
from tenglong.domain.intake.process import import_process
from tenglong.domain.intake.rows import Verdict
from tenglong.domain.kernel.errors import NotAllowed, NotFound
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.periods import day_of
from tenglong.domain.kernel.process import Person
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.queries.files import whole
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Titled, Value
from tenglong.store.models import Entry, Import, ImportRow


@dataclass(frozen=True)
class RowView:
    """One judged row: `messages` are (cell, severity, sentence); what accepting it does, or did, in sorts of deed and
    value by value."""

    sheet: str
    row: int
    verdict: str
    name: str
    firm_id: int | None
    case_id: int | None
    values: dict[str, str]
    messages: tuple[tuple[str, str, Message], ...]
    deeds: tuple[Deed, ...]
    changes: tuple[CellChange, ...]


@dataclass(frozen=True)
class ImportView(Value):
    """One uploaded file as pages show it."""

    pk: int
    kind: str
    roster: Titled | None
    code: str
    filename: str
    digest: str
    size: int
    business_day: date
    state: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    returned_digest: str
    uploaded_by: str
    uploaded_at: datetime
    decided_by: str
    decided_at: datetime | None


def visible_imports(actor: Actor) -> list[Import]:
    """The imports that lie wholly in the person's territory; the latest first."""
    return [batch for batch in _all().defer("summary") if _may_see(batch, actor)]


def import_for(import_id: int, actor: Actor) -> Import:
    """One import.

    Raises:
        NotFound: there is none, or the person may not see it.
    """
    batch = _all().filter(pk=import_id).first()
    if batch is None or not _may_see(batch, actor):
        raise NotFound(msg("没有第 {id} 号导入，请从导入中心选择。", id=import_id))
    return batch


def rows_of(
    batch: Import,
    *,
    verdict: Verdict | None = None,
    deed: Deed | None = None,
    start: int = 0,
    count: int = 100,
) -> list[RowView]:
    """Some rows in the order of the file; ask only for an import the person may see."""
    shown = list(_narrowed(batch, verdict, deed).order_by("sheet", "row")[start : start + count])
    plans = {row.pk: Plan.from_json(row.plan) for row in shown}
    earlier = _taken_back(id for plan in plans.values() for id in plan.voids)
    return [_row_view(row, plans[row.pk], earlier) for row in shown]


def deeds_in(batch: Import) -> dict[Deed, int]:
    """How many rows do what, as staging counted them; none for an import that was staged before they were counted."""
    counted = batch.summary.get("deeds", {})
    return {deed: counted[deed] for deed in Deed if deed in counted}


def count_of(batch: Import, verdict: Verdict | None, deed: Deed | None) -> int:
    """How many rows `rows_of` finds in all."""
    if deed is not None:
        return _narrowed(batch, verdict, deed).count() if verdict else deeds_in(batch).get(deed, 0)
    return int(getattr(batch, verdict.value if verdict else "read"))


def returned(import_id: int, actor: Actor) -> Path:
    """The user's workbook with its problems marked.

    Raises:
        NotFound: there is no such import for this person, or it has not been staged yet.
    """
    batch = import_for(import_id, actor)
    if not batch.returned_digest:
        raise NotFound(msg("导入“{name}”还没有可下载的退回工作簿，请等预检完成。", name=batch.filename))
    return whole(batch.returned_digest, batch.filename)


def problem_of(batch: Import) -> Message | None:
    """Why an import failed; None when it did not."""
    return Message.from_json(batch.problem) if batch.problem else None


def _all() -> QuerySet[Import]:
    return Import.objects.select_related("roster").order_by("-id")


def _may_see(batch: Import, actor: Actor) -> bool:
    """Having handed it in gives nothing: who was moved elsewhere sees nothing of the old territory."""
    if actor.everywhere:
        return True
    here = territory().at(batch.business_day)
    return here.has(batch.code) and actor.may(Permission.VIEW, here.place(batch.code).id)


def _narrowed(batch: Import, verdict: Verdict | None, deed: Deed | None) -> QuerySet[ImportRow]:
    rows = batch.rows.all() if verdict is None else batch.rows.filter(verdict=verdict.value)
    return rows if deed is None else rows.filter(_does(deed))


def _does(deed: Deed) -> Q:
    if deed is Deed.LAND:
        return Q(plan__parcel__has_any_keys=LAND_KEYS)
    return Q(plan__has_any_keys=KEYS[deed])


def _taken_back(ids: Iterable[int]) -> dict[int, Recorded]:
    """Entries as a plan would have recorded them."""
    rows = Entry.objects.filter(pk__in=list(ids)).values_list("pk", "kind", "effective_day", "quantity")
    return {id: Recorded(kind, day_of(day), quantity, "", "", False) for id, kind, day, quantity in rows}


def _row_view(row: ImportRow, plan: Plan, earlier: dict[int, Recorded]) -> RowView:
    said = tuple((m["ref"], m["severity"], Message.from_json(m["message"])) for m in row.messages)
    return RowView(
        sheet=row.sheet,
        row=row.row,
        verdict=row.verdict,
        name=row.name,
        firm_id=row.firm_id,
        case_id=row.case_id,
        values=row.values,
        messages=said,
        deeds=deeds_of(plan),
        changes=changes_of(plan, earlier),
    )


# Imports as the gate sees them: who accepts one must be allowed to record each of its entries by hand.


def import_matter(batch: Import) -> Matter:
    """An import as the gate sees it."""
    return Matter(
        process=import_process(),
        state=batch.state,
        places={"": territory().at(batch.business_day).place(batch.code).id},
        parts={"uploaded": uploaders(batch)},
        conditions={
            "accept": lambda actor, today: check_rights(batch, actor),
            "reject": lambda actor, today: _check_of_another(batch, actor),
        },
    )


def import_to_come(place_id: int) -> Matter:
    """A file that somebody wants to hand in for a place."""
    return Matter(import_process(), "", {"": place_id})


def check_rights(batch: Import, actor: Actor) -> None:
    """Raises NotAllowed, naming the first kind of entry, when the file would record what `actor` may not by hand."""
    roster_place = batch.roster.place_id if batch.roster else 0
    for kind, person in batch.summary.get("hands", ()):
        check_second_person(kind, actor.known_as, handed_in=[person])
    for kind, case_place in batch.summary["recordings"]:
        check_second_person(kind, actor.known_as, uploaded=uploaders(batch))
        wanted = permission_for(kind)
        place = deciding_place(kind, case_place=case_place, roster_place=roster_place)
        if not actor.may(wanted, place):
            problem = "表中有“{kind}”，确认导入须有{place}“{what}”的权限，您没有，请由有权限的人员确认。"
            name, what = territory().places[place].name, permission_labels()[wanted]
            said = {"kind": label(vocabulary().kind(kind).zh), "place": name, "what": label(what)}
            raise NotAllowed(msg(problem, **said))


def is_own(batch: Import, actor: Actor) -> bool:
    """Whether somebody handed the file in themselves."""
    return not actor.known_as.isdisjoint(uploaders(batch))


def uploaders(batch: Import) -> list[Person]:
    """Who handed the file in, by the number of their account; the command line has none."""
    return [] if batch.uploaded_by_id is None else [batch.uploaded_by_id]


def import_of(fact: Fact) -> int:
    """The import that brought an entry; 0 for one that was recorded in the system."""
    found: int = (fact.details.get("source") or {}).get("import", 0)
    return found


def _check_of_another(batch: Import, actor: Actor) -> None:
    if is_own(batch, actor):
        raise Needless(msg("这是您本人上传的文件，请直接撤回。"))
