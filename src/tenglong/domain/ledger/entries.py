"""What an entry of the ledger is."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from tenglong.domain.ledger.kinds import VOID, Kind, Subject

_canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode
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
        return _canonical(self.details) if self.details else "{}"

    def canonical(self, details_text: str = "") -> bytes:
        """The bytes that the hash chain covers, the same for the same facts on every database: JSON with
        sorted keys and no spaces (written out here, because a ledger has millions of entries).

        Who has `details_text` already may hand it over.
        """
        return (
            f'{{"case":{self.case_id},"corrects":{_number(self.corrects)},'
            f'"details":{details_text or self.details_text},'
            f'"effective_on":"{self.effective_on.isoformat()}","id":{self.id},"kind":{_text(self.kind)},'
            f'"parcel":{_number(self.parcel_id)},"quantity":{_number(self.quantity)},'
            f'"recorded_at":"{_instant(self.recorded_at)}","recorded_by":{_text(self.recorded_by)},'
            f'"roster":{self.roster_id}}}'
        ).encode()


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


@lru_cache(maxsize=256)
def _text(value: str) -> str:
    return _canonical(value)


@lru_cache(maxsize=256)
def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


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
