"""Every figure opened down to the cases and entries it comes from, and two points in time compared."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.quantities import MICRO
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.reporting import figures as meaning
from tenglong.queries.figures import Question
from tenglong.queries.ledger import Row, fold_rows
from tenglong.queries.states import OF_ALL
from tenglong.store.models import Case, Entry, Evidence


@dataclass(frozen=True)
class Contribution:
    """What one case adds to a figure, and the entries it comes from."""

    case_id: int
    number: int
    firm: str
    place_id: int
    amount: Fraction
    entry_ids: tuple[int, ...]


@dataclass(frozen=True)
class Source:
    """An entry as somebody who checks a figure wants to see it; `source` holds import, file, sheet and cell."""

    entry_id: int
    kind: str
    effective_day: int
    recorded_at: Any
    recorded_by: str
    quantity: int | None
    source: dict[str, Any]
    evidence: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Change:
    """What a case adds at the opening, at the opening as known later, and at the closing."""

    case_id: int
    firm: str
    opening: Fraction
    restated: Fraction
    closing: Fraction

    @property
    def corrected(self) -> Fraction:
        """What later knowledge changed about the opening."""
        return self.restated - self.opening

    @property
    def new(self) -> Fraction:
        """What happened between the two days."""
        return self.closing - self.restated


@dataclass(frozen=True)
class Comparison:
    """opening + corrected + new = closing, with the rows behind each part."""

    figure: str
    rows: tuple[Change, ...]

    @property
    def opening(self) -> Fraction:
        """The figure at the first point."""
        return sum((row.opening for row in self.rows), Fraction(0))

    @property
    def corrected(self) -> Fraction:
        """What later knowledge changed about the first point."""
        return sum((row.corrected for row in self.rows), Fraction(0))

    @property
    def new(self) -> Fraction:
        """What happened between the two points."""
        return sum((row.new for row in self.rows), Fraction(0))

    @property
    def closing(self) -> Fraction:
        """The figure at the second point."""
        return sum((row.closing for row in self.rows), Fraction(0))

    @property
    def corrected_rows(self) -> tuple[Change, ...]:
        """The cases whose part in the opening was corrected later."""
        return tuple(row for row in self.rows if row.corrected)


def contributions(asked: Question, figure_id: str) -> list[Contribution]:
    """The cases behind a figure, in the order of their numbers; their amounts add up to it exactly.

    Raises:
        BadValue: the figure is a rate or a lead: open its numerator and denominator instead.
    """
    return _contributions(asked, _summable(figure_id))


def compare(opening: Question, closing: Question, figure_id: str) -> Comparison:
    """How a figure came from one point (day, known-at) to a later one, case by case."""
    figure = _summable(figure_id)
    restated_at = AsOf(opening.at.day, closing.at.last_id)
    restated = Question(
        opening.roster, opening.territory, opening.as_of, closing.known_at, restated_at, opening.scope
    )
    columns = [
        {c.case_id: c for c in _contributions(point, figure)} for point in (opening, restated, closing)
    ]
    rows = []
    for case_id in sorted({case_id for column in columns for case_id in column}):
        firm = next(column[case_id].firm for column in columns if case_id in column)
        amounts = [column[case_id].amount if case_id in column else Fraction(0) for column in columns]
        rows.append(Change(case_id, firm, *amounts))
    return Comparison(figure_id, tuple(rows))


def sources(entry_ids: list[int]) -> list[Source]:
    """The entries themselves, with file, sheet, cell and evidence; the caller has checked the scope."""
    files: dict[int, list[tuple[int, str]]] = {}
    for evidence in Evidence.objects.filter(entry_id__in=entry_ids).order_by("id"):
        files.setdefault(evidence.entry_id, []).append((evidence.pk, evidence.name))
    return [
        Source(
            entry_id=row.pk,
            kind=row.kind,
            effective_day=row.effective_day,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            quantity=row.quantity,
            source=row.details.get("source", {}),
            evidence=tuple(files.get(row.pk, ())),
        )
        for row in Entry.objects.filter(pk__in=entry_ids).order_by("id")
    ]


def _summable(figure_id: str) -> meaning.Definition:
    figure = meaning.definition(figure_id)
    if figure.part or figure.lead_of:
        ids = filter(None, (figure.part, figure.whole, figure.lead_of))
        parts = listed(meaning.definition(id).zh for id in ids)
        problem = "“{name}”是比率，不能逐户相加；请打开它的组成指标：{parts}。"
        raise BadValue(msg(problem, name=label(figure.zh), parts=parts))
    return figure


def _contributions(asked: Question, figure: meaning.Definition) -> list[Contribution]:
    slots = sorted({"target", *figure.slots} - {"removed"})
    rows = fold_rows(asked.roster.pk, slots, asked.at)
    members = {row.case_id for row in rows if row.slot == "target" and row.is_on}
    amounts: dict[int, int] = {}
    entries: dict[int, list[int]] = {}
    for row in rows:
        if figure.count not in OF_ALL and row.case_id not in members:
            continue
        amount = _amount(figure, row)
        if amount is not None:
            amounts[row.case_id] = amounts.get(row.case_id, 0) + amount
            entries.setdefault(row.case_id, []).append(row.entry_id)
    return _named(asked, figure, amounts, entries)


def _amount(figure: meaning.Definition, row: Row) -> int | None:
    """What one line of the fold adds: millionths for amounts, one million for each thing counted."""
    if figure.count == meaning.DISCHARGING_BEFORE:
        return (row.quantity or 0) if row.slot == "wastewater_baseline" else None
    if figure.count == meaning.DISCHARGING_AFTER:
        signs = {"wastewater_baseline": 1, "wastewater_freed": -1}
        return signs[row.slot] * (row.quantity or 0) if row.slot in signs else None
    if figure.count == "removed":
        return MICRO if row.slot == "target" and not row.is_on else None
    if not row.is_on:
        return None
    if figure.count:
        return MICRO if row.slot == figure.count else None
    signs = {figure.sum: 1, figure.less: -1}
    return signs[row.slot] * (row.quantity or 0) if row.slot in signs and row.quantity is not None else None


def _named(
    asked: Question, figure: meaning.Definition, amounts: dict[int, int], entries: dict[int, list[int]]
) -> list[Contribution]:
    counts_each = figure.count in (meaning.DISCHARGING_BEFORE, meaning.DISCHARGING_AFTER)
    cases = Case.objects.filter(roster=asked.roster, place_id__in=asked.place_ids)
    found = []
    for pk, number, firm, place_id, party in cases.order_by("number").values_list(
        "pk", "number", "firm__name", "place_id", "party"
    ):
        amount = amounts.get(pk, 0)
        if not amount or (figure.party and figure.party != party) or (counts_each and amount < 0):
            continue
        exact = Fraction(1) if counts_each else Fraction(amount, MICRO)
        found.append(Contribution(pk, number, firm, place_id, exact, tuple(entries[pk])))
    return found
