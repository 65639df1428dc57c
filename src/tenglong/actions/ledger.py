"""The one door into the ledger: check, number, chain, write, and fold the cases touched anew."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenglong.domain.campaign.cases import check_history
from tenglong.domain.kernel.errors import BadValue, Bug, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date, day_number
from tenglong.domain.ledger.chain import GENESIS, link
from tenglong.domain.ledger.entries import Draft, is_void, subject_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import VOID, vocabulary
from tenglong.queries.ledger import facts_of_cases
from tenglong.queries.states import TotalKey, add_to_totals, entries_of_parcels, state_rows, surviving_history
from tenglong.store.bulk import as_instant, insert, upsert
from tenglong.store.models import Case, CaseState, Entry, LedgerHead, PlaceTotal, Roster, RosterHead

BATCH = 2000
ENTRY_COLUMNS = tuple(field.column for field in Entry._meta.concrete_fields)
STATE_COLUMNS = tuple(field.attname for field in CaseState._meta.concrete_fields)


@transaction.atomic
def append(roster: Roster, drafts: Sequence[Draft], *, by: str, at: datetime) -> list[Fact]:
    """Record `drafts` in the given order, all or none, and bring the stored states up to date.

    Raises:
        BadValue: a date lies after `at`, an amount is missing or negative, or time would run backwards.
        Conflict: some entry is not allowed where it would stand in the history of its case.
    """
    if not drafts:
        return []
    head = _locked_head(at)
    for draft in drafts:
        _check_draft(draft, at)
    facts, hashes = _number_and_chain(roster, drafts, head, by, at)
    histories = _histories(facts)
    for history in histories.values():
        check_history(history)
    _write(facts, hashes)
    _advance(roster, head, facts, hashes[-1], at)
    refold(roster.pk, _touched(roster.pk, facts), known=histories)
    return facts


def void(roster: Roster, entry: Fact, *, reason: str, by: str, at: datetime) -> Fact:
    """Take `entry` back by a new entry that says why; the old one stays where it is.

    Raises:
        BadValue: no reason is given, or the entry is itself a correction.
        Conflict: it has been taken back already, or a later entry of the case cannot stand without it.
    """
    if not reason.strip():
        raise BadValue(msg("更正须写明理由，请补充理由后再提交。"))
    if is_void(entry):
        raise BadValue(msg("第 {id} 号记录本身就是更正，不能再作废；请重新登记正确的事项。", id=entry.id))
    earlier = Entry.objects.filter(corrects=entry.id).first()
    if earlier:
        problem = "第 {id} 号记录已由第 {void} 号记录更正，无需再次作废。"
        raise Conflict(msg(problem, id=entry.id, void=earlier.pk))
    details = {"reason": reason.strip(), "kind": entry.kind}
    draft = Draft(entry.case_id, VOID, entry.effective_on, entry.parcel_id, None, entry.id, details)
    return append(roster, [draft], by=by, at=at)[0]


def _locked_head(at: datetime) -> LedgerHead:
    head, _ = LedgerHead.objects.select_for_update().get_or_create(pk=1)
    if head.last_recorded_at and at < head.last_recorded_at:
        problem = "登记时间 {at} 早于台账最后一笔的时间 {last}，请检查服务器时钟。"
        raise BadValue(msg(problem, at=at.isoformat(), last=head.last_recorded_at.isoformat()))
    return head


def _check_draft(draft: Draft, at: datetime) -> None:
    kind = vocabulary().kind(draft.kind)
    if draft.effective_on > china_date(at):
        problem = "“{kind}”的日期 {day} 晚于今天 {today}，台账只登记已经发生的事项，请改正日期。"
        raise BadValue(msg(problem, kind=kind.zh, day=draft.effective_on, today=china_date(at)))
    if (kind.quantity is None) != (draft.quantity is None):
        problem = (
            "“{kind}”须填写数量（{unit}）。" if kind.quantity else "“{kind}”不带数量，请去掉数量{unit}。"
        )
        raise BadValue(msg(problem, kind=kind.zh, unit=kind.quantity or ""))
    if draft.quantity is not None and draft.quantity < 0:
        raise BadValue(msg("“{kind}”的数量不能为负数，请改正。", kind=kind.zh))
    if is_void(draft) != (draft.corrects is not None):
        raise Bug("a void names the entry it voids, and only a void does", draft=draft)


def _number_and_chain(
    roster: Roster, drafts: Sequence[Draft], head: LedgerHead, by: str, at: datetime
) -> tuple[list[Fact], list[str]]:
    previous = RosterHead.objects.filter(pk=roster.pk).values_list("last_hash", flat=True).first() or GENESIS
    facts, hashes = [], []
    for number, draft in enumerate(drafts, start=head.last_id + 1):
        fact = Fact(
            id=number,
            roster_id=roster.pk,
            case_id=draft.case_id,
            kind=draft.kind,
            effective_on=draft.effective_on,
            recorded_at=at,
            recorded_by=by,
            parcel_id=draft.parcel_id,
            quantity=draft.quantity,
            corrects=draft.corrects,
            details=draft.details,
        )
        previous = link(previous, fact)
        facts.append(fact)
        hashes.append(previous)
    return facts, hashes


def _histories(facts: Iterable[Fact]) -> dict[int, list[Fact]]:
    """The surviving history of every case touched, the new entries included, in the order of the fold."""
    new: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        new[fact.case_id].append(fact)
    old = facts_of_cases(new)
    return {case_id: surviving_history([*old[case_id], *added]) for case_id, added in new.items()}


def _write(facts: Sequence[Fact], hashes: Sequence[str]) -> None:
    words, at = vocabulary(), as_instant(facts[0].recorded_at)
    insert(
        Entry,
        ENTRY_COLUMNS,
        [
            (
                fact.id,
                fact.roster_id,
                fact.case_id,
                fact.kind,
                kind.slot,
                kind.on,
                subject_of(kind, fact.case_id, fact.parcel_id),
                fact.parcel_id,
                day_number(fact.effective_on),
                at,
                fact.recorded_by,
                fact.quantity,
                fact.corrects,
                fact.details_text,
                hash,
            )
            for fact, hash in zip(facts, hashes, strict=True)
            for kind in (words.kind(fact.kind),)
        ],
    )


def _advance(roster: Roster, head: LedgerHead, facts: Sequence[Fact], hash: str, at: datetime) -> None:
    head.last_id, head.last_recorded_at = facts[-1].id, at
    head.save()
    last_day = max(fact.effective_on for fact in facts)
    end, created = RosterHead.objects.get_or_create(
        pk=roster.pk, defaults={"last_day": last_day, "last_hash": hash}
    )
    end.last_id, end.last_hash = facts[-1].id, hash
    end.last_day = max(end.last_day, last_day)
    end.entries += len(facts)
    end.save()


def _touched(roster_id: int, facts: Sequence[Fact]) -> set[int]:
    """The cases whose stored state may change: those of the entries, and those that share their parcels."""
    cases = {fact.case_id for fact in facts}
    parcels = {-fact.parcel_id for fact in facts if fact.parcel_id is not None}
    if parcels:
        sharing = entries_of_parcels(roster_id, sorted(parcels))
        cases.update(case_id for case_id, *_ in sharing)
    return cases


def refold(roster_id: int, case_ids: set[int], *, known: dict[int, list[Fact]] | None = None) -> None:
    """Write the stored state of some cases anew from their entries."""
    histories = dict(known or {})
    missing = [id for id in case_ids if id not in histories]
    for case_id, facts in facts_of_cases(missing).items():
        histories[case_id] = surviving_history(facts)
    cases = Case.objects.in_bulk(case_ids)
    rows = state_rows(roster_id, [(cases[id], histories[id]) for id in sorted(case_ids)])
    _move_totals(roster_id, CaseState.objects.in_bulk(case_ids).values(), rows)
    upsert(CaseState, STATE_COLUMNS, [_state_values(row) for row in rows], key="case_id")


def _state_values(row: CaseState) -> tuple[Any, ...]:
    values = (getattr(row, column) for column in STATE_COLUMNS)
    return tuple(value.isoformat() if isinstance(value, date) else value for value in values)


def _move_totals(roster_id: int, old: Iterable[CaseState], new: Iterable[CaseState]) -> None:
    """Keep the totals of each place in step with the states: take away the old rows, add the new ones."""
    moved: dict[TotalKey, list[int]] = {}
    for sign, rows in ((-1, old), (1, new)):
        for row in rows:
            add_to_totals(moved, row, sign)
    kept = {
        (total.place_id, total.party, total.slot): total
        for total in PlaceTotal.objects.filter(
            roster_id=roster_id, place_id__in={key[0] for key in moved}, slot__in={key[2] for key in moved}
        )
    }
    changed = []
    for (place_id, party, slot), (count, amount) in moved.items():
        if count or amount:
            blank = PlaceTotal(roster_id=roster_id, place_id=place_id, party=party, slot=slot)
            total = kept.get((place_id, party, slot), blank)
            total.count, total.total = total.count + count, total.total + amount
            changed.append(total)
    PlaceTotal.objects.bulk_create([total for total in changed if total.pk is None], batch_size=BATCH)
    PlaceTotal.objects.bulk_update(
        [total for total in changed if total.pk], ["count", "total"], batch_size=500
    )
