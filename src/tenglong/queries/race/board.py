"""The race board of a roster: units under a territory, against their targets."""

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from django.db import connection

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign import figures as meaning
from tenglong.domain.campaign.figures import Totals
from tenglong.domain.kernel.periods import Window, day_number
from tenglong.domain.kernel.quantities import MICRO, exact_text, half_up
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.race import ranking
from tenglong.domain.race.ranking import policy
from tenglong.queries.campaign.figures import Question, totals_by_place
from tenglong.queries.campaign.rosters import calibre_of
from tenglong.queries.ledger.fold import ByPlace
from tenglong.queries.registry.rulebook import rulebook
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import remembered
from tenglong.store.models import Target

WEEK = timedelta(days=7)


def board(asked: Question) -> list[ranking.Row]:
    """The board on the day, with the ranks of a week before as they were known at the same time."""
    before = _a_week_before(asked)
    earlier = _done_before(before)
    entrants = _entrants(before, earlier, earlier)
    last = ranking.ranks({unit.code: ranking.rate_of(unit, before.as_of) for unit in entrants})
    cards = policy(rulebook(asked.territory, asked.as_of, asked.known_at))
    return ranking.board(_entrants(asked, _done(asked), earlier), asked.as_of, cards, last)


@dataclass(frozen=True)
class RowTold:
    """A line of the board as programs read it, the same for the command line and the API: exact values as strings,
    printed ones beside them."""

    unit: str
    name: str
    order: int
    rank: int | None
    last_rank: int | None
    change: int | None
    target: str | None
    done: str
    new_this_week: str
    rate: str | None
    rate_printed: str
    pace: str
    pace_printed: str
    pace_difference: str | None
    pace_difference_printed: str
    card: str | None
    land_vacated: str | None
    energy_freed: str | None
    roster: str
    calibre: str
    as_of: str
    known_at: str


def told(row: ranking.Row, asked: Question) -> RowTold:
    """The line as programs read it."""
    unit = row.entrant
    return RowTold(
        unit=unit.code,
        name=unit.name,
        order=unit.order + 1,
        rank=row.rank,
        last_rank=row.last_rank,
        change=row.change,
        target=exact(unit.target),
        done=exact_text(unit.done),
        new_this_week=exact_text(unit.new),
        rate=exact(row.rate),
        rate_printed=to_tenth(row.rate),
        pace=exact_text(row.pace),
        pace_printed=to_tenth(row.pace),
        pace_difference=exact(row.difference),
        pace_difference_printed=to_tenth(row.difference),
        card=row.card.id if row.card else None,
        land_vacated=exact(unit.land),
        energy_freed=exact(unit.energy),
        roster=asked.roster.code,
        calibre=str(calibre_of(asked.roster)),
        as_of=asked.as_of.isoformat(),
        known_at=asked.known_at.isoformat(),
    )


def exact(value: Fraction | None) -> str | None:
    """The exact value for machines."""
    return None if value is None else exact_text(value)


def to_tenth(value: Fraction | None) -> str:
    """A rate as it is printed; a dash where there is none."""
    return "—" if value is None else f"{half_up(value, 1):f}"


def _a_week_before(asked: Question) -> Question:
    day = asked.as_of - WEEK
    at = AsOf(day, asked.at.last_id)
    return Question(asked.roster, asked.territory, day, asked.known_at, at, asked.scope)


def _done_before(before: Question) -> ByPlace:
    """What was done in every place of the roster by then; kept until an entry of those days becomes known."""
    roster = before.roster
    whole = replace(before, territory=territory().places[roster.place_id].code, scope=Scope(everywhere=True))
    wanted = [meaning.definition(roster.done_figure)]
    key = f"race:{roster.pk}:{roster.done_figure}:{before.as_of}:{_last_id_by(before)}"
    return remembered(key, lambda: totals_by_place(whole, wanted))


def _last_id_by(before: Question) -> int | None:
    """The last entry of the roster's days until then: "+" makes SQLite look from the end of the ledger."""
    found = "SELECT MAX(id) FROM store_entry WHERE +roster_id = %s AND effective_day <= %s AND id <= %s"
    with connection.cursor() as cursor:
        cursor.execute(found, [before.roster.pk, day_number(before.as_of), before.at.last_id])
        return cursor.fetchone()[0]


def _done(asked: Question) -> ByPlace:
    wanted = [meaning.definition(id) for id in (asked.roster.done_figure, "land_vacated", "energy_freed")]
    return totals_by_place(asked, wanted)


def _entrants(asked: Question, done: ByPlace, earlier: ByPlace) -> list[ranking.Entrant]:
    tree, targets = territory(asked.known_at).at(asked.as_of), _targets(asked)
    span = Window(asked.roster.start, asked.roster.deadline)
    entrants = []
    for order, place in enumerate(tree.children(asked.territory)):
        members = tree.members(place.code) & asked.place_ids
        if not members:
            continue
        now, then = _sum(done, members), _sum(earlier, members)
        target = targets.get(place.code)
        count = _count(asked.roster.done_figure, now)
        entrants.append(
            ranking.Entrant(
                code=place.code,
                name=place.name,
                order=order,
                target=Fraction(target.quantity, MICRO) if target else None,
                window=Window(target.start, target.deadline) if target else span,
                done=count,
                new=count - _count(asked.roster.done_figure, then),
                land=_value("land_vacated", now),
                energy=_value("energy_freed", now),
            )
        )
    return entrants


def _targets(asked: Question) -> dict[str, Target]:
    """The target of each unit that was known at the time: the latest one recorded."""
    rows = Target.objects.filter(
        roster_id=asked.roster.pk, figure=asked.roster.done_figure, recorded_at__lte=asked.known_at
    )
    return {row.code: row for row in rows.order_by("recorded_at", "id")}


def _sum(by_place: ByPlace, members: frozenset[int]) -> Totals:
    totals = Totals()
    for place_id in members & by_place.keys():
        totals.merge(by_place[place_id])
    return totals


def _value(figure: str, totals: Totals) -> Fraction | None:
    return meaning.value(meaning.definition(figure), totals, {})


def _count(figure: str, totals: Totals) -> Fraction:
    return _value(figure, totals) or Fraction(0)
