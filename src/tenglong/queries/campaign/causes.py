"""Why a figure is known differently: what was recorded between two moments that it rests on.

Reasons are texts: what people wrote, and for what asks for no reason a word that a rule of translation knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

from django.db.models import Q
from django.utils.translation import gettext_noop

from tenglong.domain.campaign.figures import definition, measures_of, slots_of
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.ledger.kinds import VOID, vocabulary
from tenglong.domain.reporting import hindsight
from tenglong.queries.campaign.figures import Question
from tenglong.queries.campaign.lineage import compare
from tenglong.queries.ledger.fold import describing_slots
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case, Entry, PlaceStep, ReferencePoint, RosterTerms, Target

LATE = gettext_noop("补登前期事项")
RETARGETED = gettext_noop("目标调整")
REFERENCE_CORRECTED = gettext_noop("参照值更正")
REFERENCE_LATE = gettext_noop("参照值补登")
AMENDED = gettext_noop("名单口径修改")
PLACES_CHANGED = gettext_noop("单位变动")
REARRANGED = gettext_noop("单位、属地或分类调整")
REPROGRAMMED = gettext_noop("统计规则或程序更新")

WEEK = timedelta(days=7)
Reasons = tuple[str, ...]


@dataclass(frozen=True)
class _Case:
    """A case whose part in a figure changed."""

    firm: str
    place_id: int
    reasons: Reasons


@dataclass
class Causes:
    """What lies between `printed` and `now`, the same question with later knowledge.

    `else_` is the reason where nothing of it was recorded: places and attributes of cases, or the program.
    """

    printed: Question
    now: Question
    else_: str = REARRANGED
    _cases: dict[tuple[str, int], list[_Case]] = field(default_factory=dict)

    def of_cell(self, cell: hindsight.Moved) -> Reasons:
        """Why a printed cell moved; never empty."""
        basis, found = hindsight.basis_of(cell), dict[str, None]()
        places, codes = (None, None) if basis.whole or not cell.unit else self._unit(cell.unit)
        for figure in basis.figures:
            for week in basis.weeks:
                id = self.now.roster.done_figure if figure == hindsight.DONE else figure
                found |= dict.fromkeys(self.of_figure(id, week, places))
        if basis.targets:
            found |= dict.fromkeys(self._targets(codes))
        if basis.terms:
            found |= dict.fromkeys(self._terms(whole=cell.cell == hindsight.CALIBRE))
        return tuple(found) or self._places() or (self.else_,)

    def of_figure(self, figure: str, week: int = 0, places: frozenset[int] | None = None) -> Reasons:
        """What people said of the entries that moved a figure so many weeks before the day, within `places`."""
        cases = (case for part in hindsight.parts_of(figure) for case in self._changed(part, week))
        found = [case.reasons for case in cases if places is None or case.place_id in places]
        references = self._references(definition(figure).lead_of) if definition(figure).lead_of else ()
        return tuple(dict.fromkeys((*(text for texts in found for text in texts), *references)))

    def firms(self, figure: str) -> tuple[str, ...]:
        """The firms whose part in a figure changed."""
        cases = (case for part in hindsight.parts_of(figure) for case in self._changed(part, 0))
        return tuple(dict.fromkeys(case.firm for case in cases))

    def _unit(self, name: str) -> tuple[frozenset[int], frozenset[str]]:
        """The places and the code of a unit of the ranking; one that has its name no longer has none."""
        tree = territory().at(self.now.as_of)
        for place in tree.children(self.now.territory):
            if place.name == name:
                return tree.members(place.code), frozenset({place.code})
        return frozenset(), frozenset()

    def _changed(self, figure: str, week: int) -> list[_Case]:
        if (figure, week) not in self._cases:
            printed, now = (_before(asked, week) for asked in (self.printed, self.now))
            rows = compare(printed, now, figure).corrected_rows
            places = dict(
                Case.objects.filter(pk__in=[row.case_id for row in rows]).values_list("pk", "place_id")
            )
            said = _said(places, printed, now, figure)
            self._cases[figure, week] = [
                _Case(row.firm, places[row.case_id], said[row.case_id]) for row in rows
            ]
        return self._cases[figure, week]

    def _recorded(self) -> Q:
        return Q(recorded_at__gt=self.printed.known_at, recorded_at__lte=self.now.known_at)

    def _targets(self, codes: frozenset[str] | None) -> Reasons:
        rows = Target.objects.filter(
            self._recorded(), roster_id=self.now.roster.pk, figure=self.now.roster.done_figure
        )
        rows = rows if codes is None else rows.filter(code__in=codes)
        return _words(RETARGETED, rows.order_by("id").values_list("reason", flat=True))

    def _places(self) -> Reasons:
        """What happened to places by the day and became known since."""
        rows = PlaceStep.objects.filter(self._recorded(), day__lte=self.now.as_of)
        return _words(PLACES_CHANGED, rows.order_by("id").values_list("reason", flat=True))

    def _references(self, figure: str) -> Reasons:
        rows = ReferencePoint.objects.filter(
            self._recorded(), roster_id=self.now.roster.pk, figure=figure, day__lte=self.now.as_of
        )
        given = list(rows.order_by("id").values_list("reason", flat=True))
        corrected = [reason for reason in given if reason]
        late = (REFERENCE_LATE,) if len(corrected) < len(given) else ()
        return (*late, *_words(REFERENCE_CORRECTED, corrected))

    def _terms(self, *, whole: bool) -> Reasons:
        """Amendments of the window, or of everything that the roster says."""
        since = self.printed.known_at
        rows = list(
            RosterTerms.objects.filter(
                roster_id=self.now.roster.pk, recorded_at__lte=self.now.known_at
            ).order_by("id")
        )
        later = [
            after.reason
            for before, after in pairwise(rows)
            if after.recorded_at > since
            and (whole or (before.start, before.deadline) != (after.start, after.deadline))
        ]
        return _words(AMENDED, later)


def _before(asked: Question, weeks: int) -> Question:
    day = asked.as_of - weeks * WEEK
    return replace(asked, as_of=day, at=AsOf(day, asked.at.last_id))


def _words(what: str, given: Iterable[str]) -> Reasons:
    """What was done and the reasons that people gave; nothing where nothing was done."""
    reasons = list(given)
    return (what, *dict.fromkeys(filter(None, reasons))) if reasons else ()


def _said(cases: Iterable[int], printed: Question, now: Question, figure: str) -> dict[int, Reasons]:
    """What was said of the later entries of each case that bear on a figure by its day; else that they are late.

    What was recorded since but happened after the day explains nothing: a duplicate that is removed next week is on
    the list today.
    """
    slots = {*slots_of(measures_of([definition(figure)])), *describing_slots()}
    given: dict[int, dict[str, None]] = {id: {} for id in cases}
    entries = Entry.objects.filter(
        case_id__in=list(given),
        id__gt=printed.at.last_id,
        id__lte=now.at.last_id,
        effective_day__lte=day_number(now.as_of),
    )
    for case_id, kind, details in entries.order_by("id").values_list("case_id", "kind", "details"):
        about = vocabulary().kinds[details["kind"] if kind == VOID and "kind" in details else kind]
        if about.slot in slots and details.get("reason"):
            given[case_id][details["reason"]] = None
    return {id: tuple(texts) or (LATE,) for id, texts in given.items()}
