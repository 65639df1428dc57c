"""The books of a site: the ledger of each roster, the register, and every table whose rows only grow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_noop

from tenglong.domain.kernel.messages import Message, label
from tenglong.domain.ledger.checkpoints import Span
from tenglong.store.models import (
    Bulletin,
    Cosignature,
    Entry,
    HolidayNotice,
    ImportWithdrawal,
    Observation,
    OrganisationStep,
    PlaceStep,
    ReferencePoint,
    RegisterEntry,
    Roster,
    RosterTerms,
    RosterVersion,
    RuleText,
    Standing,
    Target,
    TrailEvent,
)
from tenglong.store.models.sealed import SEAL
from tenglong.store.registry import REGISTRY, Proof

LABELS: dict[type[Model], str] = {
    Bulletin: gettext_noop("通报"),
    RosterVersion: gettext_noop("名单版本"),
    RosterTerms: gettext_noop("名单口径"),
    Target: gettext_noop("目标"),
    ReferencePoint: gettext_noop("参照值"),
    Observation: gettext_noop("年度数据"),
    ImportWithdrawal: gettext_noop("撤回记录"),
    HolidayNotice: gettext_noop("放假通知"),
    RuleText: gettext_noop("规则原文"),
    PlaceStep: gettext_noop("单位变动"),
    OrganisationStep: gettext_noop("组织机构记录"),
    TrailEvent: gettext_noop("操作留痕"),
    Standing: gettext_noop("状态摘要"),
    Cosignature: gettext_noop("见证签名"),
}
SEALED = tuple(model for model, kept in REGISTRY.items() if kept.proof is Proof.SEAL)
REGISTER_BOOK = "register"
SPANS_AT_ONCE = 100


@dataclass(frozen=True)
class Book:
    """Rows in the order of their numbers, each with a column that covers what it says.

    `orderly`: within it numbers grow with time, so that none comes late.
    """

    key: str
    title: str
    rows: QuerySet[Any]
    column: str
    orderly: bool = False

    @property
    def called(self) -> Message:
        """Its name in the reader's language."""
        return label(self.title)

    def leaves(self, spans: Sequence[Span]) -> Iterator[tuple[int, bytes]]:
        """The numbers and hashes of its rows within the spans, in order."""
        for start in range(0, len(spans), SPANS_AT_ONCE):
            within = reduce(or_, (Q(pk__range=span) for span in spans[start : start + SPANS_AT_ONCE]))
            yield from _hashes(self.rows.filter(within), self.column)

    def leaves_after(self, last: int) -> Iterator[tuple[int, bytes]]:
        """The same of the rows with a higher number."""
        return _hashes(self.rows.filter(pk__gt=last), self.column)


def _hashes(rows: QuerySet[Any], column: str) -> Iterator[tuple[int, bytes]]:
    for number, value in rows.order_by("pk").values_list("pk", column).iterator(chunk_size=10_000):
        yield number, value.encode()


def book_of_roster(roster: Roster) -> Book:
    """The ledger of a roster."""
    rows = Entry.objects.filter(roster_id=roster.pk)
    return Book(f"roster {roster.code}", roster.title, rows, "hash", orderly=True)


def register_book() -> Book:
    """The register."""
    return Book(REGISTER_BOOK, gettext_noop("登记簿"), RegisterEntry.objects.all(), "hash", orderly=True)


def books() -> list[Book]:
    """Every book there is."""
    tables: Iterable[Book] = (
        Book(model._meta.db_table, LABELS[model], model._default_manager.all(), SEAL) for model in SEALED
    )
    return [*map(book_of_roster, Roster.objects.order_by("pk")), register_book(), *tables]
