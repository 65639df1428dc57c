"""Cells merged over several rows: one town beside twelve firms, one plot under three tenants."""

from collections.abc import Iterable

from tenglong.domain.intake.raw import MergedRange, RawValue


class Merges:
    """Carries the value of a merged cell down, while rows are walked from top to bottom."""

    def __init__(self, merged: Iterable[MergedRange]):
        self._starts: dict[int, list[MergedRange]] = {}
        for merge in merged:
            if merge.bottom > merge.top:
                self._starts.setdefault(merge.top, []).append(merge)
        self._open: dict[int, tuple[int, int, RawValue]] = {}

    def above(self, row: int, cells: list[RawValue], first_column: int) -> dict[int, tuple[int, RawValue]]:
        """The columns of `row` that lie inside a merge begun further up: (its top row, its value)."""
        self._open = {column: held for column, held in self._open.items() if held[0] >= row}
        inside = {column: (top, value) for column, (_, top, value) in self._open.items()}
        for merge in self._starts.get(row, ()):
            at = merge.left - first_column
            value = cells[at] if 0 <= at < len(cells) else ""
            if value != "":
                self._open[merge.left] = (merge.bottom, row, value)
        return inside
