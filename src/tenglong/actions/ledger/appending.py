"""The one door into the ledger: check, number, chain, write, and fold the cases touched anew."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import transaction

from tenglong.actions.ledger.projection import Branch, ChainEnd, Projection, project_evidence
from tenglong.domain.campaign.cases import Move, check_history, machine, standing
from tenglong.domain.kernel.errors import BadValue, Bug, Conflict
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.periods import Clock, china_date, day_number
from tenglong.domain.ledger.entries import (
    Draft,
    causes_of,
    filed,
    is_void,
    link,
    part_of,
    root_of,
    said_by,
)
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import CASE, PARCEL, VOID, Kind, vocabulary
from tenglong.queries.ledger.fold import facts_of_cases, last_correction, taken_back, to_fact
from tenglong.queries.ledger.states import CaseHead, surviving_history
from tenglong.queries.registry.book import kept_firms
from tenglong.store.bulk import as_instant, count_anew, insert
from tenglong.store.models import Case, CaseState, Entry, Holding, Roster

# What follows from an entry by rule: a relapse takes back the amounts that the case had freed.
#
# The consequence is an entry of its own behind its cause, which it names in `details.follows`: so every
# figure stays a plain fold. It stands and falls with its cause: taking the cause back takes it back,
# bringing it back brings it back, and alone it cannot be taken back.

Told = Mapping[int, Sequence[Fact]]
"""The entries that cases have already, in the order they were recorded."""


class Planned(NamedTuple):
    """A draft with what it follows from: entries by number, drafts by their place among those to be recorded."""

    draft: Draft
    entries: tuple[int, ...] = ()
    places: tuple[int, ...] = ()

    def numbered(self, first: int) -> Draft:
        """The draft with the causes written into it, `first` being the number of the first draft."""
        if not self.entries and not self.places:
            return self.draft
        causes = (*self.entries, *(first + place for place in self.places))
        follows = causes[0] if len(causes) == 1 else list(causes)
        return self.draft._replace(details={**self.draft.details, "follows": follows})


class _SoFar:
    """What is planned so far, in its order; the drafts also by case, for an import brings a hundred thousand.

    `relapsed` are the cases of which something was ever taken back by rule.
    """

    def __init__(self, told: Told) -> None:
        self.planned: list[Planned] = []
        self.drafts: dict[int, list[Draft]] = defaultdict(list)
        self.corrected: set[int] = set()
        self.relapsed = {
            id for id, facts in told.items() if any(fact.kind in _taking_back() for fact in facts)
        }
        self._places: dict[int, int] = {}  # by identity: two drafts may say the same

    def add(self, *more: Planned) -> None:
        """Plan something more."""
        for one in more:
            draft = one.draft
            if draft.kind in _taking_back():
                self._places[id(draft)] = len(self.planned)
            self.planned.append(one)
            self.drafts[draft.case_id].append(draft)
            if draft.corrects is not None:
                self.corrected.add(draft.corrects)

    def place(self, draft: Draft) -> int:
        """Where the draft of a relapse stands among all."""
        return self._places[id(draft)]


def with_consequences(drafts: Sequence[Draft], told: Told) -> list[Planned]:
    """`drafts` with what follows from each behind it."""
    so_far, relapses = _SoFar(told), _taking_back()
    if not so_far.relapsed and not any(one.kind in relapses or one.corrects is not None for one in drafts):
        return [Planned(draft) for draft in drafts]  # nothing is taken back, nor was: a million of an import
    for draft in drafts:
        place = len(so_far.planned)
        so_far.add(Planned(draft))
        if draft.corrects is not None:
            so_far.add(*_falling_with(draft, place, told.get(draft.case_id, ()), so_far))
        elif draft.kind in relapses:
            so_far.relapsed.add(draft.case_id)
            so_far.add(*_taken_back(draft, relapses[draft.kind], place, told, so_far))
        elif draft.quantity and draft.case_id in so_far.relapsed:
            so_far.add(*_told_late(draft, place, told, so_far))
    return so_far.planned


def check_alone(entry: Fact) -> None:
    """Raises Conflict where an entry followed from another one: that one must be taken back instead."""
    causes = [id for id in causes_of(entry) if Entry.objects.filter(pk=id).exclude(kind=VOID).exists()]
    if causes:
        problem = "第 {id} 号记录是第 {cause} 号记录按规则带来的，不能单独更正，请更正第 {cause} 号记录。"
        raise Conflict(msg(problem, id=entry.id, cause=causes[0]))


def turned_over(entry: Fact, told: Sequence[Fact], why: Mapping[str, object]) -> Draft:
    """The correction that takes `entry` back, or brings it back where it was: it corrects the last one of its chain.

    `told` are the entries of its case.
    """
    root = root_of(entry) if is_void(entry) else entry.id
    corrects = max((fact.id for fact in told if is_void(fact) and root_of(fact) == root), default=root)
    kind = entry.details.get("kind", "") if is_void(entry) else entry.kind
    details = {**why, "kind": kind, **({"root": root} if corrects != root else {})}
    return Draft(entry.case_id, VOID, entry.effective_on, entry.parcel_id, None, corrects, details)


def _falling_with(void: Draft, place: int, told: Sequence[Fact], so_far: _SoFar) -> Iterator[Planned]:
    """The entries that followed from what `void` takes back, and that nobody has turned over since."""
    corrected = {fact.corrects for fact in told}
    why = {"reason": void.details.get("reason", "")}
    for fact in told:
        if void.corrects in causes_of(fact) and fact.id not in corrected and fact.id not in so_far.corrected:
            yield Planned(turned_over(fact, told, why), places=(place,))


def _taken_back(cause: Draft, move: Move, place: int, told: Told, so_far: _SoFar) -> Iterator[Planned]:
    """Zeros for the amounts that the case counts of the kinds that the move takes back."""
    words = vocabulary()
    counting: dict[tuple[str, int, str], Fact | Draft] = {}
    for fact in _history(cause.case_id, told, so_far):
        if fact.kind in move.takes_back:
            where = filed(words.kind(fact.kind), fact)
            counting[where.subject_type, where.subject, fact.kind] = fact
    for fact in counting.values():
        if fact.quantity and _still_its_own(fact):
            reason = {"reason": cause.details.get("reason", "")}
            zero = _zero(cause, fact, reason)
            yield Planned(zero, places=(place,))


def _told_late(amount: Draft, place: int, told: Told, so_far: _SoFar) -> Iterator[Planned]:
    """A zero for an amount of a day before a relapse that is still open: it counts once the case is done again."""
    history = _history(amount.case_id, told, so_far)
    relapses = (fact for fact in reversed(history) if fact.kind in _taking_back())
    cause = next((fact for fact in relapses if amount.kind in _taking_back()[fact.kind].takes_back), None)
    if cause is None or amount.effective_on > cause.effective_on or not _still_its_own(amount):
        return
    if standing(history).state in machine().moves[cause.kind].sources:
        return
    reason = {"reason": cause.details.get("reason", "")}
    zero = _zero(cause, amount, reason)
    if isinstance(cause, Fact):
        yield Planned(zero, entries=(cause.id,), places=(place,))
    else:
        yield Planned(zero, places=(so_far.place(cause), place))


def _zero(cause: Fact | Draft, amount: Fact | Draft, reason: Mapping[str, object]) -> Draft:
    """Nothing of what `amount` tells, from the day of the cause on."""
    what = (amount.case_id, amount.kind, cause.effective_on, amount.parcel_id)
    return Draft(*what, 0, None, reason, part_of(amount))


@cache
def _taking_back() -> dict[str, Move]:
    """The moves that take back amounts, by kind."""
    return {move.kind: move for move in machine().moves.values() if move.takes_back}


def _history(case_id: int, told: Told, so_far: _SoFar) -> list[Fact | Draft]:
    """What survives of the case's entries, and the drafts before, in the order of the fold."""
    drafts = so_far.drafts[case_id]
    gone = {draft.corrects for draft in drafts if draft.corrects is not None}
    facts = [fact for fact in surviving_history(told.get(case_id, ())) if fact.id not in gone]
    added = [draft for draft in drafts if not is_void(draft)]
    return sorted([*facts, *added], key=lambda fact: fact.effective_on)


def _still_its_own(fact: Fact | Draft) -> bool:
    """Whether the parcel's amount that counts is reported by this case and not, later, by another one."""
    where = filed(vocabulary().kind(fact.kind), fact)
    if where.subject_type == CASE:
        return True
    rows = Entry.objects.filter(subject_type=where.subject_type, subject=where.subject, kind=fact.kind)
    found = list(rows.order_by("-effective_day", "-id"))
    gone = taken_back([row.pk for row in found])
    last = next((row for row in found if row.pk not in gone), None)
    return last is None or last.case_id == fact.case_id or _behind(fact, last)


def _behind(fact: Fact | Draft, other: Entry) -> bool:
    """Whether a fact stands behind an entry in the order of the fold; a draft gets a higher number than all."""
    day = other.effective_day
    own = day_number(fact.effective_on), fact.id if isinstance(fact, Fact) else float("inf")
    return own > (day, other.pk)


# Which part of its parcel an amount of land speaks of: that of an owner who holds one beside the others' land.


def on_own_parts(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, those about land of an owner's own part filed under it: so parts of a parcel add up, while reports of
    one part, or of the parcel whoever makes them, replace each other."""
    parcels = {draft.parcel_id for draft in drafts if _is_of_land(draft)}
    parts = _parts(sorted(id for id in parcels if id is not None))
    if not parts:
        return list(drafts)
    kept, wanted = kept_firms(), {draft.case_id for draft in drafts}
    firms = dict(Case.objects.filter(pk__in=wanted).values_list("id", "firm_id"))
    found = {(parcel, kept.get(firm, firm)): id for (parcel, firm), id in parts.items()}

    def part(draft: Draft) -> int | None:
        firm = firms[draft.case_id]
        return found.get((draft.parcel_id or 0, kept.get(firm, firm)))

    return [draft._replace(subject_id=part(draft)) if _is_of_land(draft) else draft for draft in drafts]


def _is_of_land(draft: Draft) -> bool:
    return draft.parcel_id is not None and vocabulary().kind(draft.kind).subject == PARCEL


def _parts(parcels: Sequence[int]) -> dict[tuple[int, int], int]:
    """The holdings that are parts of some parcels, by parcel and firm."""
    found = {}
    for start in range(0, len(parcels), 500):
        rows = Holding.objects.filter(parcel_id__in=parcels[start : start + 500], part_micro__isnull=False)
        found.update(
            {(parcel, firm): id for id, parcel, firm in rows.values_list("id", "parcel_id", "firm_id")}
        )
    return found


# The writing.

ENTRY_COLUMNS = tuple(column.attname for column in Entry._meta.concrete_fields)
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
    """The ledger in the hands of one writer, for a transaction that records much, part by part, and ends with an error.

    Locked from the first entry on; on a `branch` only by `close`, which joins it: others record meanwhile, and what
    they recorded must be of other cases and parcels. The instant of recording is taken while the ledger is locked:
    `at`, or the last one's where another writer was faster.
    """

    def __init__(self, roster: Roster, *, by: str, at: datetime, branch: Branch | None = None):
        self._roster, self._by, self._at = roster, by, branch.at if branch else at
        self._branch = branch
        self._end: ChainEnd | None = None
        self._projection = Projection(roster.pk)

    def append(self, drafts: Sequence[Draft], *, fresh: Fresh = NOTHING_FRESH) -> list[Fact]:
        """As `append` of this module; raises what it raises."""
        if not drafts:
            return []
        end = self._branch or self._hold()
        self._at = end.at
        _check_drafts(drafts, self._at)
        known = {draft.case_id for draft in drafts} - fresh.cases.keys()
        told = facts_of_cases(known) if known else {}
        planned = with_consequences(drafts, told)
        facts = self._facts(planned, end.numbers(len(planned)))
        histories = _histories(facts, told)
        for history in histories.values():
            check_history(history)
        end.advance(facts, _write(facts, end.hash))
        self._projection.add(facts, histories, fresh_cases=fresh.cases, fresh_parcels=fresh.parcels)
        project_evidence(facts)
        return facts

    def close(self, clock: Clock | None = None) -> None:
        """Store where the ledger ends now; a branch is known from now on, as `clock` has it.

        Raises:
            Conflict: somebody recorded meanwhile what the branch speaks of too.
        """
        written = self._branch or self._end
        if written is None or not written.recorded:
            return
        if written.recorded >= MANY:
            count_anew(Entry, Case, CaseState)
        end = self._hold()
        if self._branch:
            self._join(self._branch, end)
            end.known(clock() if clock else self._at)
        self._projection.write()
        end.store()

    def _hold(self) -> ChainEnd:
        self._end = self._end or ChainEnd(self._roster.pk, self._at)
        return self._end

    def _join(self, branch: Branch, end: ChainEnd) -> None:
        """Join the branch; what others recorded and it must not bear on each other, for neither saw the other."""
        others = Entry.objects.filter(roster_id=self._roster.pk, id__gt=branch.behind, id__lte=end.last_id)
        told = [to_fact(row) for row in others.order_by("id")]
        end.join(branch)
        for case in Case.objects.filter(pk__in=self._projection.touched_by(told)[:1]).select_related("firm"):
            problem = "确认期间有人登记了“{name}”等企业的事项，请对本文件重新预检后再确认。"
            raise Conflict(msg(problem, name=case.firm.name))

    def _facts(self, planned: Sequence[Planned], first: int) -> list[Fact]:
        kinds, roster_id, at, by = vocabulary().kinds, self._roster.pk, self._at, self._by
        facts = []
        for id, one in enumerate(planned, start=first):
            draft = one.numbered(first)
            case_id, kind, day, parcel_id, quantity, corrects, details, _ = draft
            where = filed(kinds[kind], draft)
            facts.append(
                Fact(id, roster_id, case_id, kind, day, at, by, parcel_id, quantity, corrects, details, where)
            )
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
        _, kind_id, day, _, quantity, corrects, _, _ = draft
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
            assert where is not None  # OpenLedger files every entry
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
