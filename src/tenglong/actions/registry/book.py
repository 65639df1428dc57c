"""The one door into the register book: number, chain, write, and bring the tables of the register up to it.

New firms enter by it, with their temporary ids, and further names of firms.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max

from tenglong.actions.ledger.projection import ChainEnd
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import Filed, is_void, link
from tenglong.domain.ledger.kinds import VOID
from tenglong.domain.registry.book import (
    COLUMNS,
    FIRM,
    FROM_THE_START,
    HOLDING,
    NAME,
    PARCEL,
    REGISTER,
    SUBJECTS,
    book_vocabulary,
    core_of,
    filed_under,
    firm_columns,
    kind_of,
)
from tenglong.domain.registry.codes import TemporaryId
from tenglong.queries.registry.book import (
    MODELS,
    brought_by,
    columns_of,
    histories,
    said_now,
    subjects_in_parts,
)
from tenglong.queries.registry.territory import territory
from tenglong.store.bulk import as_instant, as_json, insert, next_ids, update, upsert
from tenglong.store.models import Firm, FirmName, Holding, Import, RegisterEntry

ENTRY_COLUMNS = tuple(column.attname for column in RegisterEntry._meta.concrete_fields)
GONE_IN_PARTS = 500


class Statement(NamedTuple):
    """Something said of a subject: from the start (`day` None) or from a day on; `source` is import, sheet and row.

    `is_new`: the row of the subject is made with it, so the tables know it already.
    """

    subject_type: str
    subject: int
    said: Mapping[str, str]
    day: date | None
    source: Mapping[str, Any]
    is_new: bool = False


class OpenBook:
    """The book in the hands of one writer: locked at the first entry, its end stored by `close`."""

    def __init__(self, *, by: str, at: datetime):
        self._by, self._at = by, at
        self._end: ChainEnd | None = None

    def lock(self) -> ChainEnd:
        """Take the book before anything else is locked: who also writes a ledger does so first of all, so that two
        writers never wait for each other for ever."""
        end = self._end = self._end or ChainEnd(REGISTER, self._at)
        self._at = end.at
        return end

    def tell(self, statements: Sequence[Statement]) -> None:
        """Record what is said, and bring the tables up to it.

        Raises:
            BadValue: an attribute is none of the subject, or has a value that it may not have.
        """
        if not statements:
            return
        end = self.lock()
        self._write([self._fact(id, one) for id, one in enumerate(statements, start=end.last_id + 1)])
        project((one.subject_type, one.subject) for one in statements if not one.is_new)

    def take_back(self, batch: Import, *, reason: str) -> None:
        """What an import said counts no longer; what it had replaced counts again.

        Raises:
            Conflict: another import speaks of a holding that this one brought.
        """
        facts: list[Fact] = []
        told = {kind: dict(histories(kind, ids)) for kind, ids in brought_by(batch.pk).items()}
        if not told:
            return
        end, why = self.lock(), {"reason": reason, "withdrawn_import": batch.pk}
        for kind, subjects in told.items():
            for history in subjects.values():
                _check_nothing_rests_on(batch, kind, history)
                for fact in _standing(history, batch.pk):
                    number = end.last_id + len(facts) + 1
                    facts.append(
                        self._entry(
                            number, VOID, fact.effective_on, fact.filed, details=why, corrects=fact.id
                        )
                    )
        self._write(facts)
        project((kind, subject) for kind, subjects in told.items() for subject in subjects)

    def close(self, known_at: datetime | None = None) -> None:
        """Store where the book ends now; what was told is known from `known_at` on, where that is later."""
        if self._end is not None and self._end.recorded:
            self._end.known(known_at or self._at)
            self._end.store()

    def _fact(self, id: int, one: Statement) -> Fact:
        kind, words = kind_of(one.subject_type, from_the_start=one.day is None), book_vocabulary()
        words.check_attributes(words.kind(kind), one.said)
        details = {"said": one.said, "source": one.source}
        where = filed_under(one.subject_type, one.subject)
        return self._entry(id, kind, one.day or FROM_THE_START, where, details=details)

    def _entry(
        self,
        id: int,
        kind: str,
        day: date,
        where: Filed | None,
        *,
        details: Mapping[str, Any],
        corrects: int | None = None,
    ) -> Fact:
        return Fact(
            id, REGISTER, 0, kind, day, self._at, self._by, corrects=corrects, details=details, filed=where
        )

    def _write(self, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        end = self.lock()
        last = end.hash
        at = as_instant(facts[0].recorded_at)

        def rows() -> Iterator[tuple[Any, ...]]:
            nonlocal last
            for fact in facts:
                details, where = fact.details_text, fact.filed or filed_under("", 0)
                last = link(last, fact, details)
                brought = (fact.details.get("source") or {}).get("import")
                what = (fact.id, where.subject_type, where.subject, fact.kind, day_number(fact.effective_on))
                yield (*what, at, fact.recorded_by, fact.corrects, brought, details, last)

        insert(RegisterEntry, ENTRY_COLUMNS, rows())
        end.advance(facts, last)


def hold_register(at: datetime) -> datetime:
    """Keep the register to this transaction, locked before any roster: who begins cases by hand, merges firms or takes
    a merge back waits for an acceptance, which numbers cases and rests on which firm is which. Gives the instant of
    what is recorded meanwhile: not before what another writer recorded."""
    return OpenBook(by="", at=at).lock().at


@transaction.atomic
def tell(statements: Sequence[Statement], *, by: str, at: datetime) -> None:
    """Record what is said of subjects of the register, all or nothing; raises what `OpenBook.tell` raises."""
    book = OpenBook(by=by, at=at)
    book.tell(statements)
    book.close()


def project(touched: Iterable[tuple[str, int]]) -> None:
    """Bring the rows of some subjects up to what the book says of them now."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for subject_type, subject in touched:
        subjects[subject_type].add(subject)
    for subject_type, ids in subjects.items():
        _project(subject_type, ids)


@transaction.atomic
def refold_register() -> int:
    """Build what the tables of the register repeat of the book anew, part by part; gives how many subjects."""
    count = 0
    for subject_type in SUBJECTS:
        for part in subjects_in_parts(subject_type):
            _project(subject_type, part)
            count += len(part)
    told = RegisterEntry.objects.filter(subject_type=HOLDING).values("subject")
    Holding.objects.exclude(pk__in=told).delete()
    return count


def _project(subject_type: str, ids: Collection[int]) -> None:
    model, names = MODELS[subject_type], COLUMNS[subject_type]
    now = said_now(subject_type, ids)
    rows = [columns_of(subject_type, said, first) for said, first in now.values()]
    if subject_type in (FIRM, PARCEL):
        update(model, names, [(*row, id) for id, row in zip(now, rows, strict=True)])
        return
    gone = sorted(set(ids) - now.keys())
    for start in range(0, len(gone), GONE_IN_PARTS):
        model._default_manager.filter(pk__in=gone[start : start + GONE_IN_PARTS]).delete()
    upsert(model, ("id", *names), [(id, *row) for id, row in zip(now, rows, strict=True)], key="id")


def _standing(history: Sequence[Fact], import_id: int) -> Iterator[Fact]:
    """What an import said of a subject and nobody has taken back."""
    corrected = {fact.corrects for fact in history}
    for fact in reversed(history):
        if not is_void(fact) and fact.id not in corrected and _import_of(fact) == import_id:
            yield fact


def _check_nothing_rests_on(batch: Import, subject_type: str, history: Sequence[Fact]) -> None:
    """A lease that another import ended or changed since can only go after that import: else what it ended of the
    lease before would stand again beside the later one."""
    if subject_type != HOLDING or _import_of(history[0]) != batch.pk:
        return
    corrected = {fact.corrects for fact in history}
    for fact in history:
        by = _import_of(fact)
        if not is_void(fact) and fact.id not in corrected and by is not None and by != batch.pk:
            other = Import.objects.get(pk=by)
            problem = "导入“{name}”登记的租赁或持有关系已由导入“{other}”变更，请先撤回“{other}”。"
            raise Conflict(msg(problem, name=batch.filename, other=other.filename))


def _import_of(fact: Fact) -> int | None:
    found: int | None = (fact.details.get("source") or {}).get("import")
    return found


# Firms entered: with a name, a temporary id where they have no code, and what a table says of them.

FIXED = ("id", "temporary_id", "place_id", "synthetic", "created_at")
DIGITS_AS_LETTERS = str.maketrans("0123456789", "ABCDEFGHIJ")


@dataclass(frozen=True)
class NewFirm:
    """A firm as a table names it. `provisional` ones get a temporary id even when they bear a code."""

    name: str
    place_id: int
    code: str = ""
    code_status: str = "none"
    provisional: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def register_firms(
    firms: Sequence[NewFirm],
    *,
    book: OpenBook,
    at: datetime,
    source: dict[str, Any],
    synthetic: bool = False,
    numbers: "TemporaryNumbers | None" = None,
) -> list[int]:
    """Enter `firms`, in order, and give their ids; those without a code get a temporary id (TMP-330421-BAB-000123).

    Who registers many, part by part, hands over the same `numbers` every time: they are looked up once.
    """
    numbers, ids, instant = numbers or TemporaryNumbers(), next_ids(Firm, len(firms)), as_instant(at)
    said = [_said(firm) for firm in firms]
    fixed = (
        (id, None if firm.code and not firm.provisional else numbers.next(firm.place_id), firm.place_id)
        for id, firm in zip(ids, firms, strict=True)
    )
    rows = [(*own, synthetic, instant, *firm_columns(one)) for own, one in zip(fixed, said, strict=True)]
    insert(Firm, (*FIXED, *COLUMNS[FIRM]), rows)
    where = as_json(source)
    names = [(id, firm.name, core_of(firm.name), instant, where) for id, firm in zip(ids, firms, strict=True)]
    insert(FirmName, COLUMNS[NAME], names)
    book.tell([Statement(FIRM, id, one, None, source, True) for id, one in zip(ids, said, strict=True)])
    return ids


def name_firms(names: Iterable[tuple[int, str]], *, book: OpenBook, source: dict[str, Any]) -> None:
    """Remember further names of firms; a name that is known already is passed over."""
    wanted = list(dict.fromkeys(names))
    known = set(FirmName.objects.filter(firm_id__in={id for id, _ in wanted}).values_list("firm_id", "name"))
    fresh = [one for one in wanted if one not in known]
    said = [{"bearer": str(firm_id), "further_name": name} for firm_id, name in fresh]
    ids = next_ids(FirmName, len(fresh))
    book.tell([Statement(NAME, id, one, None, source) for id, one in zip(ids, said, strict=True)])


def _said(firm: NewFirm) -> dict[str, str]:
    facts = {name: str(value) for name, value in firm.facts.items() if value}
    code = {"code": firm.code} if firm.code else {}
    return {"name": firm.name, **code, "code_status": firm.code_status, **facts}


class TemporaryNumbers:
    """Running numbers of temporary ids, per county and town; good for one transaction."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}
        self._keys: dict[int, tuple[str, str]] = {}
        self._places = territory().places

    def next(self, place_id: int) -> str:
        """The next free id of a place. Towns stand with letters for the last digits of their code: no two of
        a county share them, as initials might."""
        if place_id not in self._keys:
            code = self._places[place_id].code
            letters = re.sub(r"[^A-Z]", "", code[6:9].translate(DIGITS_AS_LETTERS)) or "AA"
            self._keys[place_id] = code[:6], letters
        key = self._keys[place_id]
        if key not in self._last:
            self._last[key] = self._highest(*key)
        self._last[key] += 1
        return str(TemporaryId(*key, self._last[key]))

    def _highest(self, county: str, town: str) -> int:
        prefix = f"TMP-{county}-{town}-"
        last = Firm.objects.filter(temporary_id__startswith=prefix).aggregate(last=Max("temporary_id"))[
            "last"
        ]
        return int(last.removeprefix(prefix)) if last else 0
