"""The same bulletin with later knowledge: which printed cells would be different."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from tenglong.domain.reporting.bulletins import BulletinContent, RankingRow, RosterProgress


@dataclass(frozen=True)
class Moved:
    """A printed cell and what it would be now; `list_title` is its calibre, `unit` empty outside the ranking."""

    list_title: str
    unit: str
    cell: str
    printed: str
    now: str


CELLS = tuple(field.name for field in fields(RankingRow) if field.name != "unit")


def moved_cells(printed: BulletinContent, now: BulletinContent) -> tuple[Moved, ...]:
    """Every cell that differs, in the order of the page."""
    return (*_progress(printed.main, now.main), *_ranking(printed, now), *_others(printed, now))


def _progress(printed: RosterProgress, now: RosterProgress) -> Iterator[Moved]:
    title = printed.calibre.title
    known = {figure.id: figure for figure in now.figures}
    for figure in printed.figures:
        later = known.get(figure.id)
        if later is None or later.exact != figure.exact:
            yield Moved(title, "", figure.id, figure.printed, later.printed if later else "—")
    gains = {delta.id: delta.this_week for delta in now.weekly}
    for delta in printed.weekly:
        if gains.get(delta.id) != delta.this_week:
            yield Moved(title, "", f"week:{delta.id}", f"{delta.this_week:f}", _text(gains.get(delta.id)))


def _ranking(printed: BulletinContent, now: BulletinContent) -> Iterator[Moved]:
    title = printed.main.calibre.title
    later = {row.unit: row for row in (*now.ranking, *filter(None, (now.total,)))}
    for row in (*printed.ranking, *filter(None, (printed.total,))):
        for cell in CELLS:
            before, after = getattr(row, cell), getattr(later.get(row.unit), cell, None)
            if before != after:
                yield Moved(title, row.unit, cell, _text(before), _text(after))


def _others(printed: BulletinContent, now: BulletinContent) -> Iterator[Moved]:
    later = {progress.calibre.roster: progress for progress in now.others}
    for progress in printed.others:
        if progress.calibre.roster in later:
            yield from _progress(progress, later[progress.calibre.roster])


def _text(value: object) -> str:
    return "—" if value is None else f"{value}"
