"""The same bulletin with later knowledge: which printed cells would be different, and what each of them rests on."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from tenglong.domain.campaign.figures import definition
from tenglong.domain.reporting.bulletins import BulletinContent, RankingRow, RosterProgress


@dataclass(frozen=True)
class Moved:
    """A printed cell, what it would be now, and why.

    `list_title` is its calibre and `roster` the code of its list; `unit` is empty outside the ranking.
    """

    list_title: str
    roster: str
    unit: str
    cell: str
    printed: str
    now: str
    reasons: tuple[str, ...] = ()

    def because(self, reasons: tuple[str, ...]) -> "Moved":
        """The same cell with its reasons."""
        return replace(self, reasons=reasons)


@dataclass(frozen=True)
class Basis:
    """What a cell rests on: entries of `figures` (`done`: what the roster counts) until the day and so many `weeks`
    before, `targets` and `terms` (window, words) of the roster; `whole`: of all units, not of the cell's own."""

    figures: tuple[str, ...] = ()
    weeks: tuple[int, ...] = (0,)
    targets: bool = False
    terms: bool = False
    whole: bool = False


DONE = "done"
TOTAL = "合计"
CALIBRE = "calibre"
STATED = ("land", "energy")
CELLS = tuple(field.name for field in fields(RankingRow) if field.name != "unit")
RANKING = {
    "target": Basis(targets=True),
    "done": Basis((DONE,)),
    "new": Basis((DONE,), weeks=(0, 1)),
    "land": Basis(("land_vacated",)),
    "energy": Basis(("energy_freed",)),
    "rank": Basis((DONE,), targets=True, whole=True),
    "rate": Basis((DONE,), targets=True),
    "pace_diff": Basis((DONE,), targets=True, terms=True),
    "last_rank": Basis((DONE,), weeks=(1,), targets=True, whole=True),
    "change": Basis((DONE,), weeks=(0, 1), targets=True, whole=True),
    "card": Basis((DONE,), targets=True, terms=True),
}
PACE = {
    "pace": Basis(terms=True),
    "pace_diff": Basis((DONE,), targets=True, terms=True, whole=True),
    CALIBRE: Basis(terms=True),
}


def basis_of(cell: Moved) -> Basis:
    """What a moved cell rests on."""
    if cell.unit:
        found = RANKING[cell.cell]
        return replace(found, whole=True) if cell.unit == TOTAL else found
    if cell.cell in PACE:
        return PACE[cell.cell]
    kind, _, figure = cell.cell.rpartition(":")
    return Basis((figure,), weeks=(0, 1) if kind else (0,))


def parts_of(figure: str) -> tuple[str, ...]:
    """The figures that are added up case by case behind a figure: itself, or what a rate or a lead is made of."""
    found = definition(figure)
    parts = [id for id in (found.lead_of, found.part, found.whole) if id]
    return tuple(dict.fromkeys(one for id in parts for one in parts_of(id))) if parts else (figure,)


def moved_cells(printed: BulletinContent, now: BulletinContent) -> tuple[Moved, ...]:
    """Every cell that differs, in the order of the page."""
    return (*_progress(printed.main, now.main), *_ranking(printed, now), *_others(printed, now))


def _progress(printed: RosterProgress, now: RosterProgress | None) -> Iterator[Moved]:
    """Of a list that would not be printed now, every cell."""
    title, roster = printed.calibre.title, printed.calibre.roster
    if now and now.calibre != printed.calibre:
        yield Moved(title, roster, "", CALIBRE, str(printed.calibre), str(now.calibre))
    known = {figure.id: figure for figure in now.figures} if now else {}
    for figure in printed.figures:
        later = known.get(figure.id)
        if later is None or not figure.still_holds(later):
            yield Moved(title, roster, "", figure.id, figure.printed, later.printed if later else "—")
    gains = {delta.id: delta.this_week for delta in now.weekly} if now else {}
    for delta in printed.weekly:
        gain = gains.get(delta.id)
        if gain != delta.this_week and not (now and _never_stated(delta.this_week, gain)):
            yield Moved(title, roster, "", f"week:{delta.id}", f"{delta.this_week:f}", _text(gain))


def _ranking(printed: BulletinContent, now: BulletinContent) -> Iterator[Moved]:
    title, roster = printed.main.calibre.title, printed.main.calibre.roster
    later = {row.unit: row for row in (*now.ranking, *filter(None, (now.total,)))}
    for row in (*printed.ranking, *filter(None, (printed.total,))):
        for cell in CELLS:
            before, after = getattr(row, cell), getattr(later.get(row.unit), cell, None)
            if before != after and not (
                cell in STATED and row.unit in later and _never_stated(before, after)
            ):
                yield Moved(title, roster, row.unit, cell, _text(before), _text(after))


def _others(printed: BulletinContent, now: BulletinContent) -> Iterator[Moved]:
    later = {progress.calibre.roster: progress for progress in now.others}
    for progress in printed.others:
        yield from _progress(progress, later.get(progress.calibre.roster))


def _never_stated(before: Decimal | None, after: Decimal | None) -> bool:
    """Whether an issue printed, as was done until 30 November 2026, a 0 for what nobody had stated."""
    return before == 0 and after is None


def _text(value: object) -> str:
    return "—" if value is None else f"{value}"
