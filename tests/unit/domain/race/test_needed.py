"""What a unit still has to do."""

from datetime import date
from fractions import Fraction

from tenglong.domain.kernel.periods import Window
from tenglong.domain.race.needed import Needed, needed
from tenglong.domain.race.ranking import Entrant

WINDOW = Window(date(2021, 9, 1), date(2021, 9, 10))


def unit(target: int | None, done: int) -> Entrant:
    goal = None if target is None else Fraction(target)
    return Entrant("330421", "嘉善县", 0, goal, WINDOW, Fraction(done), Fraction(0), None, None)


def test_what_is_short_of_pace_and_target_and_how_much_a_day_that_makes() -> None:
    half = date(2021, 9, 5)
    pace = WINDOW.pace(half)
    assert pace == Fraction(1, 2)
    assert needed(unit(11, 3), half) == Needed(behind=3, left=8, days=5, daily=Fraction(8, 5))
    assert needed(unit(11, 7), half) == Needed(behind=0, left=4, days=5, daily=Fraction(4, 5))


def test_nothing_is_needed_a_day_when_all_is_done_or_no_day_is_left_and_nothing_is_said_without_a_target() -> (
    None
):
    assert needed(unit(5, 6), date(2021, 9, 5)) == Needed(0, 0, 5, None)
    assert needed(unit(5, 4), date(2021, 9, 12)) == Needed(1, 1, 0, None)
    assert needed(unit(None, 4), date(2021, 9, 5)) is None and needed(unit(0, 4), date(2021, 9, 5)) is None
