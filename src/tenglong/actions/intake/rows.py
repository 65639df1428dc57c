"""A row on its way through staging: what accepting it would do, and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.plans import Plan
from tenglong.domain.intake.rows import CellProblem, ParsedRow, Verdict
from tenglong.domain.kernel.messages import msg
from tenglong.store.bulk import as_json, insert
from tenglong.store.models import Import, ImportRow

TEXT_LIMITS = {
    "firm_name": 200,
    "former_names": 200,
    "address": 300,
    "zone": 60,
    "team": 60,
    "department": 60,
    "owner_person": 60,
    "processes": 120,
    "parcel_no": 60,
    "certificate_no": 80,
}
"""What the store has room for; longer text is refused, never cut off."""

COLUMNS = ("batch_id", "sheet", "row", "verdict", "name", "firm_id", "case_id", "values", "plan", "messages")


@dataclass
class RowPlan:
    """The verdict in the making. `fresh`: something new begins; `changed`: something known changes."""

    row: ParsedRow
    problems: list[CellProblem] = field(default_factory=list)
    firm_id: int | None = None
    case_id: int | None = None
    plan: Plan = Plan()
    fresh: bool = False
    changed: bool = False

    @classmethod
    def of(cls, row: ParsedRow) -> "RowPlan":
        """A row with the problems that reading it found."""
        found = cls(row, list(row.problems))
        for column in row.cells.keys() & TEXT_LIMITS.keys():
            value, limit = row.value(column), TEXT_LIMITS[column]
            if isinstance(value, str) and len(value) > limit:
                found.error(
                    column,
                    "这一格有 {length} 个字，最多 {limit} 个，请缩短。",
                    length=len(value),
                    limit=limit,
                )
        return found

    @property
    def refused(self) -> bool:
        """Whether some problem keeps the row out."""
        return bool(self.problems) and any(p.severity is Severity.ERROR for p in self.problems)

    @property
    def verdict(self) -> Verdict:
        """What accepting the file would do with the row."""
        if self.refused:
            return Verdict.REJECTED
        if self.fresh:
            return Verdict.INSERTED
        return Verdict.UPDATED if self.changed else Verdict.UNCHANGED

    def intend(self, **said: Any) -> None:
        """Put something into the plan."""
        self.plan = self.plan._replace(**said)

    def error(self, column: str, template: str, /, **params: Any) -> None:
        """Keep the row out."""
        self._problem(column, Severity.ERROR, template, params)

    def warn(self, column: str, template: str, /, **params: Any) -> None:
        """Say something that does not keep the row out."""
        self._problem(column, Severity.WARNING, template, params)

    def _problem(self, column: str, severity: Severity, template: str, params: dict[str, Any]) -> None:
        """One more sentence about the row, at the cell of `column` if it has one."""
        cell = self.row.cells.get(column)
        self.problems.append(CellProblem(column, cell.ref if cell else "", msg(template, **params), severity))


def plain(value: Any) -> Any:
    """A cell's value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def write_rows(batch: Import, plans: Iterable[RowPlan]) -> None:
    """Store judged rows in the order in which accepting must take them."""
    insert(ImportRow, COLUMNS, (_stored(batch.pk, plan) for plan in plans))


def _stored(batch_id: int, plan: RowPlan) -> tuple[Any, ...]:
    row, verdict = plan.row, plan.verdict
    effective = plan.plan.to_json() if verdict in (Verdict.INSERTED, Verdict.UPDATED) else {}
    messages = [
        {"column": p.column_id, "ref": p.ref, "severity": p.severity, "message": p.message.to_json()}
        for p in plan.problems
    ]
    return (
        batch_id,
        row.sheet,
        row.row,
        verdict.value,
        str(row.value("firm_name") or "")[:200],
        plan.firm_id,
        plan.case_id,
        row.said,
        as_json(effective),
        as_json(messages),
    )
