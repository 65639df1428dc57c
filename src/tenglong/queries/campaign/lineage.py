"""Every figure opened down to the cases and entries it comes from, and two points in time compared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign import figures as meaning
from tenglong.domain.campaign.figures import PARTY, Counter, Line, each, of_case, slots_of
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.entries import AsOf
from tenglong.queries.campaign.figures import Question, certificates_asked
from tenglong.queries.ledger.fold import fold_rows, said_of_cases
from tenglong.queries.registry.book import names_then
from tenglong.queries.uplift.certificates import of_cases
from tenglong.store.models import Case, Certificate, Entry, Evidence


@dataclass(frozen=True)
class Contribution:
    """What one case adds to a figure, and the entries or certificates it comes from."""

    case_id: int
    number: int
    firm: str
    place_id: int
    amount: Fraction
    entry_ids: tuple[int, ...] = ()
    certificate_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Source:
    """An entry, or a certificate from the day it was granted, as somebody who checks a figure wants to see it; `source`
    holds import, file, sheet and cell."""

    entry_id: int | None
    kind: str
    effective_day: int
    recorded_at: Any
    recorded_by: str
    quantity: int | None
    source: dict[str, Any]
    evidence: tuple[tuple[int, str], ...] = ()
    certificate_id: int | None = None


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


def sources(found: Contribution, scope: Scope) -> list[Source]:
    """What a case adds comes from, with file, sheet, cell and evidence; the caller has checked the scope of the case.
    Who recorded a certificate of a firm that lies elsewhere, and from which file, is its own office's."""
    return [*_entries(found.entry_ids), *_certificates(found.certificate_ids, scope)]


def _entries(ids: Sequence[int]) -> Iterator[Source]:
    files: dict[int, list[tuple[int, str]]] = {}
    for evidence in Evidence.objects.filter(entry_id__in=ids).order_by("id"):
        files.setdefault(evidence.entry_id, []).append((evidence.pk, evidence.name))
    for row in Entry.objects.filter(pk__in=ids).order_by("id"):
        yield Source(
            entry_id=row.pk,
            kind=row.kind,
            effective_day=row.effective_day,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            quantity=row.quantity,
            source=row.details.get("source", {}),
            evidence=tuple(files.get(row.pk, ())),
        )


def _certificates(ids: Sequence[int], scope: Scope) -> Iterator[Source]:
    for row in Certificate.objects.filter(pk__in=ids).select_related("firm").order_by("id"):
        here = scope.everywhere or row.firm.place_id in scope.places
        yield Source(
            entry_id=None,
            kind=row.kind,
            effective_day=day_number(row.granted),
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by if here else "",
            quantity=None,
            source=row.source if here else {},
            certificate_id=row.pk,
        )


def _summable(figure_id: str) -> meaning.Definition:
    figure = meaning.definition(figure_id)
    if figure.parts:
        parts = listed(meaning.definition(id).zh for id in figure.parts)
        problem = "“{name}”是比率，不能逐户相加；请打开它的组成指标：{parts}。"
        raise BadValue(msg(problem, name=label(figure.zh), parts=parts))
    return figure


def _contributions(asked: Question, figure: meaning.Definition) -> list[Contribution]:
    return _held(asked, figure) if figure.certificate else _counted(asked, figure)


def _held(asked: Question, figure: meaning.Definition) -> list[Contribution]:
    """The cases whose firms hold certificates on the day."""
    held = of_cases(certificates_asked(asked), figure.certificate)
    found = []
    for pk, number, firm, place_id in _cases_of(asked, held):
        rows = held[pk]
        amount = len({(row.firm_id, row.key) for row in rows}) if figure.each == "certificate" else 1
        ids = tuple(row.pk for row in rows)
        found.append(Contribution(pk, number, firm, place_id, Fraction(amount), certificate_ids=ids))
    return found


def _cases_of(asked: Question, among: Iterable[int] | None = None) -> Iterator[tuple[int, int, str, int]]:
    """(id, number, firm as it was called then, place) of the cases, in the order of their numbers."""
    cases, names = (
        Case.objects.filter(roster_id=asked.roster.pk, place_id__in=asked.place_ids),
        names_then(asked.known_at),
    )
    wanted = cases if among is None else cases.filter(pk__in=list(among))
    for pk, number, firm, place_id in wanted.order_by("number").values_list(
        "pk", "number", "firm__name", "place_id"
    ):
        yield pk, number, names.get(pk, firm), place_id


def _counted(asked: Question, figure: meaning.Definition) -> list[Contribution]:
    counter, lines = Counter.of(each(figure.terms)), defaultdict[int, list[Line]](list)
    for row in fold_rows(asked.roster.pk, slots_of(each(figure.terms)), asked.at):
        lines[row.case_id].append(Line(row.slot, row.is_on, row.quantity, row.entry_id))
    parties = said_of_cases(asked.roster.pk, asked.at, [PARTY]) if figure.party else {}
    found = []
    for pk, number, firm, place_id in _cases_of(asked):
        amount, entries = of_case(figure.terms, counter.parts(lines[pk]))
        if amount and figure.party in ("", parties.get(pk, {}).get(PARTY)):
            found.append(Contribution(pk, number, firm, place_id, amount, entries))
    return found
