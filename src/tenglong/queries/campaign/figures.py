"""The one question behind every face: a figure of a roster, in a territory, as of a day, as known at a moment.

Screen, workbook, bulletin and API all call `ask`; nothing else computes a reported number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign import figures as meaning
from tenglong.domain.campaign.figures import Measure, Totals
from tenglong.domain.kernel.quantities import MICRO
from tenglong.domain.ledger.entries import AsOf
from tenglong.queries.campaign.rosters import RosterView, as_known, calibre_of
from tenglong.queries.ledger.fold import ByPlace, folded_totals, is_now, last_id_at
from tenglong.queries.registry.territory import territory
from tenglong.queries.uplift import certificates
from tenglong.store.models import PlaceTotal, ReferencePoint, Roster


@dataclass(frozen=True)
class Question:
    """What is asked. `scope` is where the person may look; the territory is narrowed to it."""

    roster: RosterView
    territory: str
    as_of: date
    known_at: datetime
    at: AsOf
    scope: Scope

    @property
    def place_ids(self) -> frozenset[int]:
        """The places that count under the territory on the day and that the person may see."""
        members = territory(self.known_at).at(self.as_of).members(self.territory)
        return self.scope.narrowed(members).places


def question(
    *, roster: Roster, code: str, as_of: date, known_at: datetime, scope: Scope, last_id: int | None = None
) -> Question:
    """A question with its known-at time turned into the entry id that the fold compares with, and its roster saying
    what was known then."""
    last = last_id_at(roster.pk, known_at) if last_id is None else last_id
    return Question(as_known(roster, known_at), code, as_of, known_at, AsOf(as_of, last), scope)


def ask(asked: Question, ids: Sequence[str] = ()) -> list[meaning.Figure]:
    """The figures `ids` (all by default) of one territory."""
    wanted = [meaning.definition(id) for id in ids] if ids else list(meaning.definitions().values())
    totals = Totals()
    for found in totals_by_place(asked, wanted).values():
        totals.merge(found)
    references = reference_values(asked)
    return [figure_of(asked, figure, totals, references) for figure in wanted]


def figure_of(
    asked: Question, figure: meaning.Definition, totals: Totals, references: dict[str, Fraction]
) -> meaning.Figure:
    """One figure from totals already at hand."""
    exact = meaning.value(figure, totals, references)
    return meaning.Figure(
        id=figure.id,
        name=figure.zh,
        exact=exact,
        printed=meaning.printed(figure, exact),
        unit=figure.unit,
        calibre=calibre_of(asked.roster),
        territory=asked.territory,
        as_of=asked.as_of,
        known_at=asked.known_at,
    )


@dataclass(frozen=True)
class FigureTold:
    """A figure as programs read it, the same for the command line and the API: an exact value as a string, the printed
    one beside it."""

    id: str
    name: str
    value: str | None
    printed: str
    unit: str
    roster: str
    calibre: str
    definition: str
    territory: str
    as_of: str
    known_at: str


def told(figure: meaning.Figure) -> FigureTold:
    """The figure as programs read it."""
    return FigureTold(
        id=figure.id,
        name=figure.name,
        value=figure.exact_text,
        printed=figure.printed,
        unit=figure.unit,
        roster=figure.calibre.roster,
        calibre=str(figure.calibre),
        definition=figure.calibre.definition,
        territory=figure.territory,
        as_of=figure.as_of.isoformat(),
        known_at=figure.known_at.isoformat(),
    )


def totals_by_place(asked: Question, wanted: Sequence[meaning.Definition]) -> ByPlace:
    """What each place adds up to: from the stored fold when nothing lies beyond the question, else folded."""
    places, measures = sorted(asked.place_ids), tuple(meaning.measures_of(wanted))
    if not places or not measures:
        return {}
    of_ledger = [measure for measure in measures if measure.in_ledger]
    if is_now(asked.roster.pk, asked.at):
        found = _stored(asked.roster.pk, of_ledger, places)
    else:
        found = folded_totals(asked.roster.pk, asked.at, of_ledger, places) if of_ledger else {}
    if len(of_ledger) < len(measures):
        _add_certificates(found, certificates_asked(asked))
    return found


def certificates_asked(asked: Question) -> certificates.Asked:
    """The same question about upgrade certificates."""
    return certificates.Asked(asked.roster.pk, asked.at, asked.known_at, asked.place_ids)


def _add_certificates(found: ByPlace, asked: certificates.Asked) -> None:
    counts = certificates.counts_by_place(asked)
    if counts is None:
        return
    found.setdefault(min(asked.places), Totals()).add(meaning.TOLD, "", 1, 0)
    for place, kinds in counts.items():
        totals = found.setdefault(place, Totals())
        for kind, count in kinds.items():
            for each, number in (("firm", count.firms), ("certificate", count.certificates)):
                totals.add(meaning.certificates_of(kind, each).key, "", number, 0)


def reference_values(asked: Question) -> dict[str, Fraction]:
    """The reference series' latest values on or before the day, known by then, by figure id."""
    return {figure: Fraction(point.quantity, MICRO) for figure, point in reference_points(asked).items()}


def reference_points(asked: Question) -> dict[str, ReferencePoint]:
    """The points that a lead is measured against, by figure id; their days may lie before the question's."""
    points = ReferencePoint.objects.filter(
        roster_id=asked.roster.pk, day__lte=asked.as_of, recorded_at__lte=asked.known_at
    ).order_by("day", "id")
    return {point.figure: point for point in points}


def _stored(roster_id: int, measures: Sequence[Measure], places: Sequence[int]) -> ByPlace:
    """Totals kept beside the stored fold: `actions.ledger.projection` moves them with every entry."""
    found: ByPlace = {}
    keys = [measure.key for measure in measures]
    rows = PlaceTotal.objects.filter(roster_id=roster_id, measure__in=keys, place_id__in=places)
    for place_id, party, key, count, total in rows.values_list(
        "place_id", "party", "measure", "count", "total"
    ):
        found.setdefault(place_id, Totals()).add(key, party, count, total)
    return found
