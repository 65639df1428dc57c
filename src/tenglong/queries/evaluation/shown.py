"""Schemes, runs, results and objections as pages show them; the fields are the columns of the rows."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from tenglong.domain.ledger.entries import StatedFile
from tenglong.queries.values import Named, Value


@dataclass(frozen=True)
class SchemeNamed(Value):
    """A version of a scheme by its name."""

    pk: int
    code: str
    year: int
    version: int
    title: str
    title_en: str


@dataclass(frozen=True)
class SchemeView(SchemeNamed):
    """A version of a scheme as pages show it."""

    place: Named
    digest: str
    state: str
    imported_by: str
    imported_at: datetime
    in_force_by: str
    in_force_at: datetime | None


@dataclass(frozen=True)
class RunView(Value):
    """A run as pages show it; the columns are those of Evaluation."""

    pk: int
    scheme: SchemeNamed
    scheme_id: int
    place: Named
    year: int
    state: str
    shown_state: str
    provisional: bool
    scheme_digest: str
    upload_digest: str
    upload_name: str
    input_digest: str
    result_digest: str
    software: str
    note: str
    revises_id: int | None
    way: str
    counts: dict[str, dict[str, int]]
    requested_by: str
    requested_at: datetime
    computed_at: datetime | None
    publicised_by: str
    publicised_at: datetime | None
    publicity_start: date | None
    publicity_end: date | None
    publicity_days: int | None
    finalised_by: str
    finalised_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    reason: str


@dataclass(frozen=True)
class ObjectionView(Value):
    """An objection as pages show it; the columns are those of Objection."""

    pk: int
    evaluation_id: int
    firm: Named
    firm_id: int
    place: Named
    number: int
    claim: str
    files: tuple[StatedFile, ...]
    state: str
    corrections: dict[str, str | None]
    reason: str
    recorded_by: str
    recorded_at: datetime
    due_on: date
    provisional: bool
    decided_by: str
    decided_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """The value of `row`; its files are kept as JSON."""
        found = super().of(row)
        return replace(found, files=tuple(StatedFile.from_json(file) for file in row.files))


@dataclass(frozen=True)
class RatedFirm(Named):
    """The firm that a result is about."""

    code: str


@dataclass(frozen=True)
class ResultView(Value):
    """What a run says of one firm, as its page shows it."""

    place: Named
    status: str
    peer_group: str
    grade: str
    kept: bool
