"""The same bulletin with later knowledge."""

from dataclasses import replace

from tenglong.domain.reporting.hindsight import moved_cells
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
