"""How many pieces of evidence lack in the cases of each place: cases that are alike are judged once."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import NamedTuple

from tenglong.domain.campaign.matrix import About, Checklist, Matrix, checklist, matrix_of
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.queries.kernel.rules import Shelf, shelf
from tenglong.queries.reading import read
from tenglong.queries.registry.rulebook import path_of
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import recorded, remembered
from tenglong.store.models import Roster

ALIKE = """
SELECT s.place_id, c.measure, c.batch, c.party, c.processes, s.held, s.done_on IS NOT NULL, COUNT(*)
FROM store_casestate s JOIN store_case c ON c.id = s.case_id
WHERE s.roster_id = %s AND s.target_on IS NOT NULL
GROUP BY s.place_id, c.measure, c.batch, c.party, c.processes, s.held, s.done_on IS NOT NULL
"""


class Alike(NamedTuple):
    """Cases of one place of which everything is alike that the matrix asks for."""

    place_id: int
    measure: str
    batch: str
    party: str
    processes: str
    held: str
    done: bool
    cases: int


@dataclass
class Tally:
    """What lacks in a unit: cases and those that lack something, open and written off; pieces, and those late."""

    open_cases: int = 0
    open_lacking: int = 0
    done_cases: int = 0
    done_lacking: int = 0
    missing: int = 0
    late: int = 0
    missing_in_done: int = 0

    def add(self, found: Checklist, cases: int, done: bool) -> None:
        """Count cases that are alike."""
        lacking = len(found.lacking)
        if done:
            self.done_cases += cases
            self.done_lacking += cases if lacking else 0
            self.missing_in_done += lacking * cases
        else:
            self.open_cases += cases
            self.open_lacking += cases if lacking else 0
            self.missing += lacking * cases
            self.late += sum(item.late for item in found.items) * cases


@dataclass(frozen=True)
class UnitTold:
    """A line of the board: the unit by its code, and what lacks there."""

    code: str
    name: str
    open_cases: int
    open_lacking: int
    missing: int
    late: int
    done_cases: int
    done_lacking: int
    missing_in_done: int


@dataclass(frozen=True)
class PieceTold:
    """A piece by its number and names, and in how many open cases it lacks."""

    id: str
    zh: str
    en: str
    missing: int


@dataclass(frozen=True)
class Board:
    """What lacks under a unit: by each unit right below it, itself first, and by piece."""

    units: tuple[UnitTold, ...]
    pieces: tuple[PieceTold, ...] = field(default=())


def board(roster: Roster, code: str, places: Collection[int], today: date) -> Board:
    """The board of the unit `code` over these places."""
    key = f"missing:{roster.pk}:{code}:{today}:{recorded()}:{hash(frozenset(places))}"
    return remembered(key, lambda: _board(roster, code, places, today))


def _board(roster: Roster, code: str, places: Collection[int], today: date) -> Board:
    below, whole = _units(code, today), Tally()
    tallies: dict[str, Tally] = {unit: Tally() for unit in below.values()}
    pieces, names = Counter[str](), dict[str, tuple[str, str]]()
    for alike, found in _judged(roster, places, today):
        whole.add(found, alike.cases, alike.done)
        if unit := below.get(alike.place_id):
            tallies[unit].add(found, alike.cases, alike.done)
        for item in found.lacking if not alike.done else ():
            pieces[item.piece.id] += alike.cases
            names[item.piece.id] = item.piece.zh, item.piece.en
    lines = [_told(code, whole, today), *(_told(unit, tally, today) for unit, tally in tallies.items())]
    return Board(tuple(lines), tuple(PieceTold(id, *names[id], pieces[id]) for id in sorted(pieces)))


def _judged(roster: Roster, places: Collection[int], today: date) -> Iterator[tuple[Alike, Checklist]]:
    matrix = _matrices(today)
    for row in read(Alike, ALIKE, roster.pk):
        if row.place_id in places:
            about = About(row.measure, row.batch, row.party, row.processes)
            yield row, checklist(matrix(row.place_id), row.held, about)


def _matrices(today: date) -> Callable[[int], Matrix]:
    """The matrix of each place, by its row."""
    kept: Shelf = shelf()

    @cache
    def of(place_id: int) -> Matrix:
        if not kept.versions:
            return matrix_of(SHIPPED)
        return matrix_of(kept.book(path_of(territory().places[place_id].code, today), today))

    return of


def _units(code: str, today: date) -> dict[int, str]:
    """The unit right below `code` to which each place belongs."""
    tree = territory().at(today)
    return {place: child.code for child in tree.children(code) for place in tree.members(child.code)}


def _told(code: str, tally: Tally, today: date) -> UnitTold:
    return UnitTold(
        code=code,
        name=territory().at(today).place(code).name,
        open_cases=tally.open_cases,
        open_lacking=tally.open_lacking,
        missing=tally.missing,
        late=tally.late,
        done_cases=tally.done_cases,
        done_lacking=tally.done_lacking,
        missing_in_done=tally.missing_in_done,
    )
