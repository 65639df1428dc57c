"""Tables read in the process of the test: what a test made itself needs no sandbox, and a child of its own takes time.

The sandbox has its own tests (tests/unit/domain/intake/readers/test_sandbox.py); those marked `in_earnest` stage files
through it, as the site does.
"""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tenglong.actions.intake import staging
from tenglong.domain.intake.kinds import TableKind
from tenglong.domain.intake.readers.child import open_book
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.rows import ParsedRow, ReadSheet, Summary, row_from_json, sheet_from_json
from tenglong.domain.intake.tables import BookReader
from tenglong.domain.intake.values import decoders_of


class Read:
    """A table that was read in this process, as staging wants it."""

    def __init__(self, path: Path, filename: str, kind: TableKind):
        self._kind = kind
        reader = BookReader(open_book(path, filename, Limits()), self._kind, filename)
        self._rows = list(reader.rows())
        self.sheets: tuple[ReadSheet, ...] = tuple(sheet_from_json(sheet) for sheet in reader.sheets)
        self.summary: Summary = reader.summary()
        self.rows_in_all = self.summary.read

    def rows(self, only: Container[str] | None = None) -> Iterator[ParsedRow]:
        """The rows in the order of the file, with the cells of all columns or of some."""
        decoders = decoders_of(self._kind.columns)
        return (row_from_json(row, list(self.sheets), decoders, only) for row in self._rows)


def read_here(patch: pytest.MonkeyPatch) -> None:
    """Let staging read files in this process."""

    @contextmanager
    def start(path: Path, filename: str, kind: TableKind) -> Iterator[Read]:
        yield Read(path, filename, kind)

    patch.setattr(staging, "start_reading", start)
