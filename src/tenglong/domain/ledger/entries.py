"""What an entry of the ledger is."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from tenglong.domain.kernel.jsontext import canonical
from tenglong.domain.ledger.kinds import VOID, Kind, Subject

_NO_DETAILS: Mapping[str, Any] = MappingProxyType({})


class Draft(NamedTuple):
    """A fact on its way into the ledger: what happened to which case, when, on whose word.

    `quantity` is in millionths of the kind's unit. `details` holds the reason, document numbers, the
    measure chosen, the source file and cell: plain JSON values. `corrects` is the entry that a void voids.
    """

    case_id: int
    kind: str
    effective_on: date
    parcel_id: int | None = None
    quantity: int | None = None
    corrects: int | None = None
    details: Mapping[str, Any] = _NO_DETAILS


class Entry(NamedTuple):
    """A recorded fact; a tuple, because a ledger has millions of them.

    `id` grows with `recorded_at`, so "known at" is one comparison of ids.
    """

    id: int
    roster_id: int
    case_id: int
    kind: str
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    parcel_id: int | None = None
    quantity: int | None = None
    corrects: int | None = None
    details: Mapping[str, Any] = _NO_DETAILS

    @property
    def key(self) -> tuple[date, int]:
        """What decides which entry of a slot is the last one."""
        return (self.effective_on, self.id)

    @property
    def details_text(self) -> str:
        """The details as canonical JSON: sorted keys, no spaces."""
        return canonical(self.details) if self.details else "{}"

    def canonical(self, details_text: str = "") -> bytes:
        """The bytes that the hash chain covers, the same for the same facts on every database: JSON with
        sorted keys and no spaces (written out here, because a ledger has millions of entries).

        Who has `details_text` already may hand it over.
        """
        id, roster_id, case_id, kind, day, at, by, parcel_id, quantity, corrects, _ = self
        return _CANONICAL % (
            case_id,
            b"null" if corrects is None else b"%d" % corrects,
            (details_text or self.details_text).encode(),
            _day(day),
            id,
            _text(kind),
            b"null" if parcel_id is None else b"%d" % parcel_id,
            b"null" if quantity is None else b"%d" % quantity,
            _instant(at),
            _text(by),
            roster_id,
        )


_CANONICAL = (
    b'{"case":%d,"corrects":%b,"details":%b,"effective_on":"%b","id":%d,"kind":%b,"parcel":%b,"quantity":%b,'
    b'"recorded_at":"%b","recorded_by":%b,"roster":%d}'
)


@lru_cache(maxsize=256)
def _text(value: str) -> bytes:
    return canonical(value).encode()


@lru_cache(maxsize=4096)
def _day(day: date) -> bytes:
    return day.isoformat().encode()


@lru_cache(maxsize=256)
def _instant(at: datetime) -> bytes:
    return at.astimezone(UTC).isoformat(timespec="microseconds").encode()


def subject_of(kind: Kind, case_id: int, parcel_id: int | None) -> int:
    """The subject as one integer: a case by its id, a parcel by its id below zero.

    An amount of land without a parcel stays with the case until a parcel is known.
    """
    if kind.subject is Subject.PARCEL and parcel_id is not None:
        return -parcel_id
    return case_id


def is_void(entry: Entry | Draft) -> bool:
    """Whether this entry only takes another one back."""
    return entry.kind == VOID
