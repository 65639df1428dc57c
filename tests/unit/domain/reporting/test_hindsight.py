"""The same bulletin with later knowledge."""

from dataclasses import replace

from tenglong.domain.reporting.bulletins.content import PrintedFigure
from tenglong.domain.reporting.hindsight import CELLS, RANKING, Moved, basis_of, moved_cells, parts_of
from tests.unit.domain.reporting.samples import sample_content


def test_nothing_moves_when_nothing_was_learnt():
    assert moved_cells(sample_content(), sample_content()) == ()


def test_moved_figures_and_cells_are_named_with_both_values():
    printed = sample_content()
    figures = tuple(
        replace(figure, printed="519", exact="519") if figure.id == "firms_written_off" else figure
        for figure in printed.main.figures
    )
    first = replace(printed.ranking[0], done=printed.ranking[0].done - 1)
    now = replace(printed, main=replace(printed.main, figures=figures), ranking=(first, *printed.ranking[1:]))
    moved = [(cell.unit, cell.cell, cell.printed, cell.now) for cell in moved_cells(printed, now)]
    assert moved == [("", "firms_written_off", "520", "519"), ("嘉善县", "done", "84", "83")]


def test_other_lists_are_compared_under_their_own_calibre():
    printed = sample_content()
    other = printed.others[0]
    changed = replace(
        other, figures=(replace(other.figures[0], printed="282", exact="282"), *other.figures[1:])
    )
    (cell,) = moved_cells(printed, replace(printed, others=(changed, *printed.others[1:])))
    assert (cell.list_title, cell.cell) == (other.calibre.title, "firms_closed")


def test_a_list_that_would_not_be_printed_now_moves_every_cell():
    printed = sample_content()
    moved = moved_cells(printed, replace(printed, others=()))
    assert moved and {cell.now for cell in moved} == {"—"}
    assert {cell.roster for cell in moved} == {other.calibre.roster for other in printed.others}


def test_another_deadline_is_a_moved_cell():
    printed = sample_content()
    calibre = replace(printed.main.calibre, deadline=printed.main.calibre.start)
    (cell,) = moved_cells(printed, replace(printed, main=replace(printed.main, calibre=calibre)))
    assert (cell.cell, cell.now) == ("calibre", str(calibre))


def moved(cell: str, unit: str = "") -> Moved:
    return Moved("名单", "r", unit, cell, "1", "2")


def test_every_column_of_the_ranking_rests_on_something():
    assert RANKING.keys() == set(CELLS)
    assert basis_of(moved("done", "合计")).whole and not basis_of(moved("done", "嘉善县")).whole


def test_a_gain_of_the_week_rests_on_two_days_and_a_rate_on_its_parts():
    assert basis_of(moved("week:land_vacated")).weeks == (0, 1)
    assert basis_of(moved("land_vacated")).weeks == (0,)
    assert parts_of("lead_pp") == parts_of("write_off_rate") == ("firms_written_off", "firms_target")


def test_a_zero_that_was_printed_for_what_nobody_stated_is_not_corrected() -> None:
    zero, unknown, five = (
        PrintedFigure("land_vacated", "腾出用地", said, "亩", said) for said in ("0", "", "5")
    )
    assert zero.still_holds(unknown) and zero.still_holds(zero)
    assert not zero.still_holds(five) and not five.still_holds(unknown) and not unknown.still_holds(zero)
