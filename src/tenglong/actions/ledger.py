"""The one door into the ledger: check, number, chain, write, and fold the cases touched anew."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from tenglong.actions.chains import ChainEnd
from tenglong.actions.consequences import Planned, check_alone, turned_over, with_consequences
from tenglong.actions.projection import project, project_evidence
from tenglong.domain.campaign.cases import check_history
from tenglong.domain.kernel.errors import BadValue, Bug, Conflict
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.periods import china_date, day_number
from tenglong.domain.ledger.chain import link
from tenglong.domain.ledger.entries import Draft, filed, is_void, said_by
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import VOID, Kind, vocabulary
from tenglong.queries.ledger import facts_of_cases, last_correction, taken_back
from tenglong.queries.states import CaseHead, surviving_history
from tenglong.store.bulk import as_instant, count_anew, insert
from tenglong.store.entry_ids import take_entry_ids
from tenglong.store.models import Case, CaseState, Entry, Roster

ENTRY_COLUMNS = tuple(column.column for column in Entry._meta.concrete_fields)
HASH_VERSION = 2
MANY = 1_000
"""Entries of one transaction from which on the database counts anew."""


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
        BadValue: a date lies after `at`, an amount is missing or negative, an attribute is none of the subject.
        Conflict: some entry is not allowed where it would stand in the history of its case.
    """
    ledger = OpenLedger(roster, by=by, at=at)
    facts = ledger.append(drafts, fresh=fresh)
    ledger.close()
    return facts


class OpenLedger:
    """The ledger in the hands of one writer: locked at the first entry, its ends stored by `close`.

    For a transaction that records much, part by part, and ends with any error. The instant of recording is taken
    while the ledger is locked: `at`, or the last one's where another writer was faster.
    """

    def __init__(self, roster: Roster, *, by: str, at: datetime):
        self._roster, self._by, self._at = roster, by, at
        self._end: ChainEnd | None = None

    def append(self, drafts: Sequence[Draft], *, fresh: Fresh = NOTHING_FRESH) -> list[Fact]:
        """As `append` of this module; raises what it raises."""
        if not drafts:
            return []
        end = self._end = self._end or ChainEnd(self._roster.pk, self._at)
        self._at = end.at
        _check_drafts(drafts, self._at)
        told = facts_of_cases({draft.case_id for draft in drafts} - fresh.cases.keys())
        planned = with_consequences(drafts, told)
        facts = self._facts(planned)
        histories = _histories(facts, told)
        for history in histories.values():
            check_history(history)
        end.advance(facts, _write(facts, end.hash))
        project(self._roster.pk, facts, histories, fresh_cases=fresh.cases, fresh_parcels=fresh.parcels)
        project_evidence(facts)
        return facts

    def close(self) -> None:
        """Store where the ledger ends now."""
        if self._end is None:
            return
        self._end.store()
        if self._end.recorded >= MANY:
            count_anew(Entry, Case, CaseState)

    def _facts(self, planned: Sequence[Planned]) -> list[Fact]:
        words, roster_id, at, by = vocabulary(), self._roster.pk, self._at, self._by
        first = take_entry_ids(len(planned))
        facts = []
        for id, one in enumerate(planned, start=first):
            draft = one.numbered(first)
            where = filed(words.kinds[draft.kind], draft)
            facts.append(Fact(id, roster_id, *draft[:3], at, by, *draft[3:7], where))
        return facts


def void(roster: Roster, entry: Fact, *, reason: str, by: str, at: datetime) -> Fact:
    """Take `entry`, and what followed from it by rule, back by new entries that say why; the old ones stay.

    Raises:
        BadValue: no reason is given, or the entry is itself a correction.
        Conflict: it does not count already, it followed from another entry that must be taken back instead, or a
            later entry of the case cannot stand without it.
    """
    if not reason.strip():
        raise BadValue(msg("更正须写明理由，请补充理由后再提交。"))
    if is_void(entry):
        raise BadValue(msg("第 {id} 号记录本身就是更正，不能再作废；请重新登记正确的事项。", id=entry.id))
    if entry.id in taken_back([entry.id]):
        problem = "第 {id} 号记录已由第 {void} 号记录更正，无需再次作废。"
        raise Conflict(msg(problem, id=entry.id, void=last_correction(entry.id)))
    if vocabulary().kind(entry.kind).from_the_start:
        problem = "第 {id} 号记录是建立案件的记录，不能单独更正；如整份表格有误，请撤回带来它的导入。"
        raise Conflict(msg(problem, id=entry.id))
    check_alone(entry)
    told = facts_of_cases([entry.case_id])[entry.case_id]
    return append(roster, [turned_over(entry, told, {"reason": reason.strip()})], by=by, at=at)[0]


def _check_drafts(drafts: Iterable[Draft], at: datetime) -> None:
    words, today = vocabulary(), china_date(at)
    for draft in drafts:
        kind = words.kind(draft.kind)
        if draft.effective_on > today:
            problem = "“{kind}”的日期 {day} 晚于今天 {today}，台账只登记已经发生的事项，请改正日期。"
            raise BadValue(msg(problem, kind=label(kind.zh), day=draft.effective_on, today=today))
        if (kind.quantity is None) != (draft.quantity is None):
            raise BadValue(_quantity_problem(kind))
        if draft.quantity is not None and draft.quantity < 0:
            raise BadValue(msg("“{kind}”的数量不能为负数，请改正。", kind=label(kind.zh)))
        if (draft.kind == VOID) != (draft.corrects is not None):
            raise Bug("a void names the entry it voids, and only a void does", draft=draft)
        if said := said_by(draft):
            words.check_attributes(kind, said)


def _quantity_problem(kind: Kind) -> Message:
    if kind.quantity:
        return msg("“{kind}”须填写数量（{unit}）。", kind=label(kind.zh), unit=kind.quantity)
    return msg("“{kind}”不带数量，请去掉数量{unit}。", kind=label(kind.zh), unit="")


def _histories(facts: Iterable[Fact], told: Mapping[int, Sequence[Fact]]) -> dict[int, list[Fact]]:
    """The surviving history of every case touched, the new entries included, in the order of the fold."""
    new: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        new[fact.case_id].append(fact)
    return {case_id: surviving_history([*told.get(case_id, ()), *added]) for case_id, added in new.items()}


def _write(facts: Sequence[Fact], last: str) -> str:
    """Chain the entries behind the hash `last` and store them; gives the hash of the last."""
    at = as_instant(facts[0].recorded_at)

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal last
        for fact in facts:
            id, roster_id, case_id, kind_id, day, _, by, parcel_id, quantity, corrects, said, where = fact
            details = fact.details_text
            last = link(last, fact, details)
            what = (id, roster_id, case_id, kind_id, *where, parcel_id, day_number(day))
            root, brought = (
                said.get("root", corrects),
                said["source"].get("import") if "source" in said else None,
            )
            yield (*what, at, by, quantity, corrects, root, brought, details, HASH_VERSION, last)

    insert(Entry, ENTRY_COLUMNS, rows())
    return last
