"""Merged cells carry down."""

from tenglong.domain.intake.merges import Merges
from tenglong.domain.intake.raw import MergedRange


def test_a_merged_cell_serves_the_rows_it_covers_and_no_more() -> None:
    merges = Merges([MergedRange(5, 3, 7, 3), MergedRange(5, 4, 5, 6)])
    assert merges.above(4, ["", "乙县"], 2) == {}
    assert merges.above(5, ["1", "甲县"], 2) == {}
    assert merges.above(6, ["2", ""], 2) == {3: (5, "甲县")}
    assert merges.above(7, ["3", ""], 2) == {3: (5, "甲县")}
    assert merges.above(8, ["4", ""], 2) == {}


def test_an_empty_merge_carries_nothing() -> None:
    merges = Merges([MergedRange(1, 1, 3, 1)])
    merges.above(1, [""], 1)
    assert merges.above(2, [""], 1) == {}
