"""What an entry of the ledger is."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tenglong.domain.ledger.kinds import VOID, Kind, Subject

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True)
class Draft:
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
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A recorded fact. `id` grows with `recorded_at`, so "known at" is one comparison of ids."""

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
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[date, int]:
        """What decides which entry of a slot is the last one."""
        return (self.effective_on, self.id)

    def canonical(self) -> bytes:
        """The bytes that the hash chain covers: the same for the same facts on every database."""
        facts = {
            "id": self.id,
            "roster": self.roster_id,
            "case": self.case_id,
            "kind": self.kind,
            "effective_on": self.effective_on.isoformat(),
            "recorded_at": self.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "recorded_by": self.recorded_by,
            "parcel": self.parcel_id,
            "quantity": self.quantity,
            "corrects": self.corrects,
            "details": self.details,
        }
        return _canonical(facts).encode()


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
