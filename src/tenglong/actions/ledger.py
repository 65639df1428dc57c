"""The one door into the ledger: check, number, chain, write, and fold the cases touched anew."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.db import transaction

from tenglong.actions.consequences import followers, with_consequences
from tenglong.domain.campaign.cases import check_history
from tenglong.domain.kernel.errors import BadValue, Bug, Conflict
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.periods import china_date, day_number
from tenglong.domain.ledger.chain import GENESIS, link
from tenglong.domain.ledger.entries import Draft, is_void, subject_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import VOID, Kind, vocabulary
from tenglong.queries.ledger import facts_of_cases
from tenglong.queries.states import (
    COLUMNS,
    CaseHead,
    State,
    TotalKey,
    add_to_totals,
    case_heads,
    entries_of_parcels,
    state_rows,
    stored_states,
    surviving_history,
)
from tenglong.store.bulk import add, as_instant, count_anew, insert, upsert
from tenglong.store.models import Case, CaseState, Entry, LedgerHead, PlaceTotal, Roster, RosterHead

ENTRY_COLUMNS = tuple(column.column for column in Entry._meta.concrete_fields)
MANY = 1_000
"""Entries of one transaction from which on the database counts anew."""
TOTAL_KEY = ("roster_id", "slot", "place_id", "party")
_columns = itemgetter(*COLUMNS)


@dataclass(frozen=True)
class Fresh:
    """Cases and parcels made in this very transaction: they have no entries yet, so none are looked for."""

    cases: Mapping[int, CaseHead] = field(default_factory=dict)
    parcels: frozenset[int] = frozenset()


NOTHING_FRESH = Fresh()


@transaction.atomic
def append(
    roster: Roster, drafts: Sequence[Draft], *, by: str, at: datetime, fresh: Fresh = NOTHING_FRESH
) -> list[Fact]:
    """Record `drafts` in the given order with what follows from them by rule, all or none.

    Raises:
        BadValue: a date lies after `at`, an amount is missing or negative, or time would run backwards.
        Conflict: some entry is not allowed where it would stand in the history of its case.
    """
    ledger = OpenLedger(roster, by=by, at=at)
    facts = ledger.append(drafts, fresh=fresh)
    ledger.close()
    return facts


class OpenLedger:
    """The ledger in the hands of one writer: locked at the first entry, its ends stored by `close`.

    For a transaction that records much, part by part, and ends with any error.
    """

    def __init__(self, roster: Roster, *, by: str, at: datetime):
        self._roster, self._by, self._at = roster, by, at
        self._heads: tuple[LedgerHead, RosterHead] | None = None
        self._recorded = 0

    def append(self, drafts: Sequence[Draft], *, fresh: Fresh = NOTHING_FRESH) -> list[Fact]:
        """As `append` of this module; raises what it raises."""
        if not drafts:
            return []
        head, end = self._heads = self._heads or (_locked_head(self._at), _end_of(self._roster))
        _check_drafts(drafts, self._at)
        drafts = with_consequences(drafts, head.last_id + 1)
        facts = [
            Fact(
                number,
                end.roster_id,
                case_id,
                kind,
                day,
                self._at,
                self._by,
                parcel,
                quantity,
                corrects,
                details,
            )
            for number, (case_id, kind, day, parcel, quantity, corrects, details) in enumerate(
                drafts, start=head.last_id + 1
            )
        ]
        histories = _histories(facts, fresh)
        for history in histories.values():
            check_history(history)
        end.last_hash = _write(facts, end.last_hash)
        _advance(head, end, facts)
        _refold(end.roster_id, _touched(end.roster_id, facts, fresh), histories, fresh)
        self._recorded += len(facts)
        return facts

    def close(self) -> None:
        """Store where the ledger ends now."""
        for head in self._heads or ():
            head.save()
        if self._recorded >= MANY:
            count_anew(Entry, Case, CaseState)


def void(roster: Roster, entry: Fact, *, reason: str, by: str, at: datetime) -> Fact:
    """Take `entry`, and what followed from it by rule, back by new entries that say why; the old ones stay.

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
    details = {"reason": reason.strip()}
    drafts = [
        Draft(one.case_id, VOID, one.effective_on, one.parcel_id, None, one.id, details | {"kind": one.kind})
        for one in (entry, *followers(entry))
    ]
    return append(roster, drafts, by=by, at=at)[0]


def _locked_head(at: datetime) -> LedgerHead:
    head, _ = LedgerHead.objects.select_for_update().get_or_create(pk=1)
    if head.last_recorded_at and at < head.last_recorded_at:
        problem = "登记时间 {at} 早于台账最后一笔的时间 {last}，请检查服务器时钟。"
        raise BadValue(msg(problem, at=at.isoformat(), last=head.last_recorded_at.isoformat()))
    return head


def _end_of(roster: Roster) -> RosterHead:
    end = RosterHead.objects.filter(pk=roster.pk).first()
    return end or RosterHead(roster_id=roster.pk, last_hash=GENESIS, last_day=date.min)


def _check_drafts(drafts: Iterable[Draft], at: datetime) -> None:
    words, today = vocabulary(), china_date(at)
    for draft in drafts:
        _, kind_id, day, _, quantity, corrects, _ = draft
        kind = words.kind(kind_id)
        if day > today:
            problem = "“{kind}”的日期 {day} 晚于今天 {today}，台账只登记已经发生的事项，请改正日期。"
            raise BadValue(msg(problem, kind=label(kind.zh), day=day, today=today))
        if (kind.quantity is None) != (quantity is None):
            raise BadValue(_quantity_problem(kind))
        if quantity is not None and quantity < 0:
            raise BadValue(msg("“{kind}”的数量不能为负数，请改正。", kind=label(kind.zh)))
        if (kind_id == VOID) != (corrects is not None):
            raise Bug("a void names the entry it voids, and only a void does", draft=draft)


def _quantity_problem(kind: Kind) -> Message:
    if kind.quantity:
        return msg("“{kind}”须填写数量（{unit}）。", kind=label(kind.zh), unit=kind.quantity)
    return msg("“{kind}”不带数量，请去掉数量{unit}。", kind=label(kind.zh), unit="")


def _histories(facts: Iterable[Fact], fresh: Fresh) -> dict[int, list[Fact]]:
    """The surviving history of every case touched, the new entries included, in the order of the fold."""
    new: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        new[fact.case_id].append(fact)
    old = facts_of_cases(id for id in new if id not in fresh.cases)
    return {case_id: surviving_history([*old.get(case_id, ()), *added]) for case_id, added in new.items()}


def _write(facts: Sequence[Fact], last: str) -> str:
    """Chain the entries behind the hash `last` and store them; gives the hash of the last."""
    words, at = vocabulary(), as_instant(facts[0].recorded_at)

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal last
        for fact in facts:
            id, roster_id, case_id, kind_id, day, _, by, parcel_id, quantity, corrects, _ = fact
            kind, details = words.kinds[kind_id], fact.details_text
            last = link(last, fact, details)
            subject, number = subject_of(kind, case_id, parcel_id), day_number(day)
            what = (id, roster_id, case_id, kind_id, kind.slot, kind.on, subject, parcel_id, number)
            yield (*what, at, by, quantity, corrects, details, last)

    insert(Entry, ENTRY_COLUMNS, rows())
    return last


def _advance(head: LedgerHead, end: RosterHead, facts: Sequence[Fact]) -> None:
    head.last_id, head.last_recorded_at = facts[-1].id, facts[-1].recorded_at
    end.last_id, end.entries = facts[-1].id, end.entries + len(facts)
    end.last_day = max(end.last_day, *(fact.effective_on for fact in facts))


def _touched(roster_id: int, facts: Sequence[Fact], fresh: Fresh) -> set[int]:
    """The cases whose stored state may change: those of the entries, and those that share their parcels."""
    cases = {fact.case_id for fact in facts}
    parcels = {fact.parcel_id for fact in facts if fact.parcel_id is not None} - fresh.parcels
    sharing = entries_of_parcels(roster_id, sorted(-parcel for parcel in parcels))
    return cases.union(case_id for case_id, *_ in sharing)


def _refold(roster_id: int, case_ids: set[int], known: dict[int, list[Fact]], fresh: Fresh) -> None:
    """Write the stored state of some cases anew from their entries; `known`: histories that were read already."""
    read = facts_of_cases(id for id in case_ids if id not in known)
    histories = known | {id: surviving_history(facts) for id, facts in read.items()}
    old_ids = [id for id in case_ids if id not in fresh.cases]
    heads = [*case_heads(old_ids), *(fresh.cases[id] for id in sorted(case_ids & fresh.cases.keys()))]
    rows = state_rows(roster_id, [(head, histories[head.id]) for head in heads], fresh_parcels=fresh.parcels)
    _move_totals(roster_id, stored_states(old_ids), rows)
    new: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    for row in rows:
        (new if row["case_id"] in fresh.cases else changed).append(_columns(row))
    insert(CaseState, COLUMNS, new)
    upsert(CaseState, COLUMNS, changed, key="case_id")


def _move_totals(roster_id: int, old: Iterable[State], new: Iterable[State]) -> None:
    """Keep the totals of each place in step with the states: take away the old rows, add the new ones."""
    moved: dict[TotalKey, list[int]] = {}
    for sign, rows in ((-1, old), (1, new)):
        for row in rows:
            add_to_totals(moved, row, sign)
    changed = [
        (roster_id, slot, place_id, party, count, amount)
        for (place_id, party, slot), (count, amount) in moved.items()
        if count or amount
    ]
    add(PlaceTotal, TOTAL_KEY, ("count", "total"), changed)
