"""The one door into the register book: number, chain, write, and bring the tables of the register up to it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from tenglong.actions.ledger.chains import ChainEnd
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import Filed, is_void, link
from tenglong.domain.ledger.kinds import VOID
from tenglong.domain.registry.book import (
    FIRM,
    FROM_THE_START,
    HOLDING,
    PARCEL,
    REGISTER,
    SUBJECTS,
    book_vocabulary,
    filed_under,
    kind_of,
)
from tenglong.queries.registry.book import brought_by, histories, said_now, subjects_in_parts
from tenglong.queries.registry.register_columns import COLUMNS, MODELS, columns_of
from tenglong.store.bulk import as_instant, insert, update, upsert
from tenglong.store.models import Holding, Import, RegisterEntry

ENTRY_COLUMNS = tuple(column.column for column in RegisterEntry._meta.concrete_fields)
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

    def close(self) -> None:
        """Store where the book ends now."""
        if self._end is not None and self._end.recorded:
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
        if not is_void(fact) and fact.id not in corrected and _import_of(fact) != batch.pk:
            other = Import.objects.get(pk=_import_of(fact))
            problem = "导入“{name}”登记的租赁或持有关系已由导入“{other}”变更，请先撤回“{other}”。"
            raise Conflict(msg(problem, name=batch.filename, other=other.filename))


def _import_of(fact: Fact) -> int | None:
    found: int | None = (fact.details.get("source") or {}).get("import")
    return found
