"""What the bulletin of a day would say: the content, its corrections of earlier issues, and what moved since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.campaign.figures import TARGET, Figure, definition
from tenglong.domain.campaign.lateness import due
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.race.ranking import CARDS, Row
from tenglong.domain.reporting.addressing import ADDRESSING, Address, address
from tenglong.domain.reporting.bulletins import OverdueItem
from tenglong.domain.reporting.bulletins import content as b
from tenglong.domain.reporting.bulletins.pages import bulletin_document
from tenglong.domain.reporting.bulletins.roadmap import WORDING as ROADMAP_WORDING
from tenglong.domain.reporting.bulletins.wording import (
    WORDING,
    highlights_of,
    next_steps_of,
    problems_of,
    short_day,
)
from tenglong.domain.reporting.documents import Document
from tenglong.queries.campaign.figures import Question, ask, reference_points
from tenglong.queries.campaign.rosters import RosterView, as_known, calibre_of, visible_rosters
from tenglong.queries.kernel.rules import rules_used
from tenglong.queries.ledger.fold import fold_rows, said_of_cases
from tenglong.queries.ledger.states import done_slot
from tenglong.queries.race import board as race
from tenglong.queries.registry.book import name_of, names_then
from tenglong.queries.registry.rulebook import rulebook
from tenglong.queries.registry.territory import territory
from tenglong.queries.reporting import corrections
from tenglong.queries.values import Named, Value
from tenglong.store.models import Bulletin, Case

# Cases past the day they were due.

SAID = ("due_on", "team", "department")


def overdue_items(asked: Question) -> tuple[OverdueItem, ...]:
    """The targets whose due day has passed and that are not done, longest overdue first; days, teams, departments
    and firms as they were known to the question."""
    done = done_slot(asked.roster.done_figure)
    rows = fold_rows(asked.roster.pk, [TARGET, done], asked.at)
    counting = {(row.case_id, row.slot) for row in rows if row.is_on}
    said, names = said_of_cases(asked.roster.pk, asked.at, SAID), names_then(asked.known_at)
    days = {
        id: due(_day(said.get(id, {})), asked.roster.deadline).days_late(
            asked.as_of, is_target=True, is_done=(id, done) in counting
        )
        for id, slot in counting
        if slot == TARGET
    }
    cases = Case.objects.filter(roster_id=asked.roster.pk, place_id__in=asked.place_ids)
    late = [case for case in cases.select_related("firm") if days.get(case.pk)] if any(days.values()) else []
    return tuple(
        OverdueItem(
            unit=_unit(case.place_id, asked),
            firm=name_of(case, names),
            item=definition(asked.roster.done_figure).zh.removesuffix("企业数"),
            days=days[case.pk],
            responsible=_responsible(said.get(case.pk, {})),
        )
        for case in sorted(late, key=lambda case: (-days[case.pk], case.number))
    )


def _day(said: dict[str, str]) -> date | None:
    """The day by which a case was said to be done."""
    return date.fromisoformat(said["due_on"]) if said.get("due_on") else None


def _responsible(said: dict[str, str]) -> str:
    return said.get("team") or said.get("department") or "未指定"


def _unit(place_id: int, asked: Question) -> str:
    """The name of the place that counts the case on the day."""
    tree = territory(asked.known_at)
    place = tree.places.get(place_id) or territory().places[place_id]
    home = tree.home(place, asked.as_of)
    return home.name if home else place.name


WEEK = timedelta(days=7)
CATCH_UP = timedelta(days=7)


@dataclass(frozen=True)
class Heading:
    """What an issuing officer decides: the number, the date printed, and sentences added by hand."""

    issue: int
    issued_on: date
    highlights: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    notice: str = ""


def content_of(asked: Question, heading: Heading, earlier: Bulletin | None) -> b.BulletinContent:
    """Everything the bulletin prints, from one question; `earlier` is the issue it corrects where needed."""
    from tenglong.queries.roadmap.bulletin import (
        roadmap_course,  # NumPy; to list bulletins needs nothing of it
    )

    book = rulebook(asked.territory, heading.issued_on, asked.known_at)
    words, said = _address(asked, book), book.file(WORDING).content
    board = race.board(asked)
    rows = tuple(ranking_row(row) for row in board)
    late = overdue_items(asked)
    by = asked.as_of + CATCH_UP
    deadline, done = asked.roster.deadline, words.done_word
    steps = next_steps_of(said, rows, late, by=by, deadline=deadline, office=words.office, done=done)
    return b.BulletinContent(
        series=words.series,
        issue=heading.issue,
        title=words.title,
        office=words.office,
        recipients=words.recipients,
        copies=words.copies,
        issued_on=heading.issued_on,
        known_at=asked.known_at,
        main=progress(asked, words.whole, board),
        ranking=rows,
        total=_total_row(asked, board),
        highlights=(*highlights_of(said, rows, done=done), *heading.highlights),
        problems=(*problems_of(said, rows, late, done=done), *heading.problems),
        next_steps=(*steps, *heading.next_steps),
        corrections=corrections.since(earlier, asked) if earlier else (),
        others=_others(asked),
        notice=heading.notice,
        done_word=done,
        roadmap=roadmap_course(asked, book.file(ROADMAP_WORDING).content),
        rules=_rules_of(asked, book),
    )


def _rules_of(asked: Question, book: Rulebook) -> dict[str, str]:
    """The digests of the rules that count for a bulletin: cards by the day of its figures, words by its own."""
    cards = rulebook(asked.territory, asked.as_of, asked.known_at)
    return cards.digests([CARDS]) | book.digests([ADDRESSING, WORDING, ROADMAP_WORDING])


def document_of(content: b.BulletinContent) -> Document:
    """A bulletin as a document, in the words of the rules that counted for it."""
    return bulletin_document(content, rules_used(content.rules))


def progress(asked: Question, whole: str, board: Sequence[Row] = ()) -> b.RosterProgress:
    """The figures of one roster with their gains of this week and the week before."""
    figures = [b.PrintedFigure.of(figure) for figure in ask(asked, figure_ids(asked))]
    calibre = calibre_of(asked.roster)
    return b.RosterProgress(
        calibre=replace(calibre, title=f"《{calibre.title}》"),
        territory=whole,
        as_of=asked.as_of,
        figures=(*figures, *_pace_figures(asked, board)),
        week_start=asked.as_of - WEEK + timedelta(days=1),
        weekly=_weekly(asked),
        reference=_reference(asked),
    )


def figure_ids(asked: Question) -> list[str]:
    """The figures a bulletin prints for a roster, by what the roster counts."""
    ids = ["firms_target", asked.roster.done_figure]
    if asked.roster.done_figure == "firms_written_off":
        ids.append("write_off_rate")
        if asked.roster.reference_title:
            ids.append("lead_pp")
    if asked.roster.done_figure == "firms_vacated":
        ids.insert(1, "firms_signed")
    return [*ids, "land_vacated", "energy_freed"]


def at_day(asked: Question, day: date) -> Question:
    """The same question about another day, with the same knowledge."""
    return replace(asked, as_of=day, at=AsOf(day, asked.at.last_id))


def _weekly(asked: Question) -> tuple[b.WeeklyDelta, ...]:
    ids = [asked.roster.done_figure, "land_vacated", "energy_freed"]
    days = [asked.as_of - n * WEEK for n in range(3)]
    now, then, before = ([figure.exact for figure in ask(at_day(asked, d), ids)] for d in days)
    has_last = days[1] > asked.roster.start
    return tuple(
        b.WeeklyDelta(
            id=id,
            name=definition(id).zh,
            unit=definition(id).unit,
            this_week=_gain(amount, then[n]),
            last_week=_gain(then[n], before[n]) if has_last else None,
        )
        for n, (id, amount) in enumerate(zip(ids, now, strict=True))
        if amount is not None
    )


def _gain(now: Fraction | None, then: Fraction | None) -> Decimal:
    """What came to be known since, nothing having been stated counting as nothing gained."""
    return _decimal((now or Fraction(0)) - (then or Fraction(0)))


def _pace_figures(asked: Question, board: Sequence[Row]) -> list[b.PrintedFigure]:
    """序时进度 of the roster's own window, and how far the done rate of all targets stands from it."""
    total = _total_row(asked, board) if board else None
    if total is None or total.rate is None:
        return []
    pace = calibre_of(asked.roster).window.pace(asked.as_of) * 100
    difference = _rate(board) - pace
    return [
        b.PrintedFigure("pace", "序时进度", f"{half_up(pace, 1):f}", "%", str(_decimal(pace))),
        b.PrintedFigure(
            "pace_diff", "序时差", f"{half_up(difference, 1):f}", "个百分点", str(_decimal(difference))
        ),
    ]


def ranking_row(row: Row) -> b.RankingRow:
    """A line of the race board, rounded as it is printed."""
    unit = row.entrant
    return b.RankingRow(
        unit=unit.name,
        target=None if unit.target is None else int(unit.target),
        done=int(unit.done),
        new=int(unit.new),
        land=_stated([unit.land]),
        energy=_stated([unit.energy]),
        rank=row.rank,
        rate=None if row.rate is None else half_up(row.rate, 1),
        pace_diff=None if row.difference is None else half_up(row.difference, 1),
        last_rank=row.last_rank,
        change=row.change,
        card=row.card.zh if row.card else "",
    )


def _total_row(asked: Question, board: Sequence[Row]) -> b.RankingRow | None:
    if not board:
        return None
    units = [row.entrant for row in board]
    targets = sum((unit.target for unit in units if unit.target), Fraction(0))
    pace = calibre_of(asked.roster).window.pace(asked.as_of) * 100
    return b.RankingRow(
        unit="合计",
        target=int(targets) if targets else None,
        done=int(sum(unit.done for unit in units)),
        new=int(sum(unit.new for unit in units)),
        land=_stated(unit.land for unit in units),
        energy=_stated(unit.energy for unit in units),
        rate=half_up(_rate(board), 1) if targets else None,
        pace_diff=half_up(_rate(board) - pace, 1) if targets else None,
    )


def _rate(board: Sequence[Row]) -> Fraction:
    """Done of the units that have a target ÷ their targets, in percent."""
    taking_part = [row.entrant for row in board if row.entrant.target]
    targets = sum((unit.target or Fraction(0) for unit in taking_part), Fraction(0))
    return sum((unit.done for unit in taking_part), Fraction(0)) / targets * 100 if targets else Fraction(0)


def _others(asked: Question) -> tuple[b.RosterProgress, ...]:
    """The other rosters that have something to say of the territory on the day, each under its own calibre."""
    found = []
    for stored in visible_rosters(asked.scope):
        roster = as_known(stored, asked.known_at)
        if roster.pk == asked.roster.pk or not roster.start <= asked.as_of <= roster.deadline:
            continue
        other = replace(asked, roster=roster)
        ids = [id for id in figure_ids(other) if id not in ("firms_target", "lead_pp")]
        figures = [figure for figure in ask(other, ids) if figure.exact]
        if any(figure.id == roster.done_figure for figure in figures):
            found.append(_other_progress(other, figures))
    return tuple(found)


def _other_progress(other: Question, figures: Sequence[Figure]) -> b.RosterProgress:
    """The territory is left to the list's own title: it may be a part of the bulletin's."""
    calibre = calibre_of(other.roster)
    return b.RosterProgress(
        calibre=replace(calibre, title=f"《{calibre.title}》"),
        territory="",
        as_of=other.as_of,
        figures=tuple(b.PrintedFigure.of(figure) for figure in figures),
        reference=other.roster.reference_title or "参照进度",
    )


def _reference(asked: Question) -> str:
    """What the rate is compared with, and of which day where that is not the bulletin's own."""
    title = asked.roster.reference_title or "参照进度"
    point = reference_points(asked).get("write_off_rate")
    if point is None or point.day == asked.as_of:
        return title
    return f"{title}（{short_day(point.day, asked.as_of.year)}）"


def office_of(asked: Question, code: str) -> str:
    """The office that issues the bulletins of a unit."""
    return _address(replace(asked, territory=code), rulebook(code, asked.as_of, asked.known_at)).office


def section_titles(content: b.BulletinContent) -> dict[str, str]:
    """What the sections of a bulletin are called."""
    return dict(rules_used(content.rules).file(WORDING).content["sections"])


def ranking_headers(content: b.BulletinContent) -> dict[str, str]:
    """What the columns of the ranking are called, as they are written in the rules."""
    columns = rules_used(content.rules).file(WORDING).content["ranking"]["columns"]
    return {column["key"]: column["header"] for column in columns}


def _address(asked: Question, book: Rulebook) -> Address:
    place = territory(asked.known_at).at(asked.as_of).place(asked.territory)
    return address(book, str(place.level), place.name, asked.roster.done_figure)


def _stated(amounts: Iterable[Fraction | None]) -> Decimal | None:
    """What the amounts that are known add up to; nothing where none is."""
    known = [amount for amount in amounts if amount is not None]
    return _decimal(sum(known, Fraction(0))) if known else None


def _decimal(value: Fraction) -> Decimal:
    return plain(Decimal(value.numerator) / Decimal(value.denominator))


@dataclass(frozen=True)
class BulletinView(Value):
    """An issued bulletin as pages show it."""

    pk: int
    roster: RosterView
    place: Named
    number: int
    year: int
    as_of: date
    known_at: datetime
    last_entry_id: int
    digest: str
    software: str
    rules_digest: str
    issued_by: str
    issued_at: datetime


def issued(asked_roster_id: int, place_ids: frozenset[int] | None) -> list[Bulletin]:
    """The issued bulletins of a roster, newest first; without the documents themselves."""
    found = (
        Bulletin.objects.filter(roster_id=asked_roster_id).defer("document").select_related("place", "roster")
    )
    return list(found if place_ids is None else found.filter(place_id__in=place_ids))


def issued_of_day(roster_id: int, code: str, as_of: date) -> BulletinView | None:
    """The bulletin of a day that has been issued for a place, which must be one that the person sees; None before."""
    found = Bulletin.objects.filter(roster_id=roster_id, place__code=code, as_of=as_of)
    row = found.defer("document", "content").select_related("place", "roster").first()
    return BulletinView.of(row) if row else None


def addressed(roster_id: int, codes: Iterable[str], day: date) -> list[Bulletin]:
    """The bulletins that units above those of `codes` issued: addressed to these, which read their totals only."""
    tree = territory().at(day)
    above = {place.id for code in codes if tree.has(code) for place in tree.ancestors(code)}
    found = Bulletin.objects.filter(roster_id=roster_id, place_id__in=above)
    return list(found.defer("document").select_related("place", "roster"))


def issued_bulletin(id: int, place_ids: frozenset[int] | None) -> Bulletin:
    """One issued bulletin.

    Raises:
        NotFound: there is none, or not for this person.
    """
    found = Bulletin.objects.select_related("place", "roster").filter(pk=id)
    row = (found if place_ids is None else found.filter(place_id__in=place_ids)).first()
    if row is None:
        raise NotFound(msg("没有这一期通报，请从通报列表中选择。"))
    return row
