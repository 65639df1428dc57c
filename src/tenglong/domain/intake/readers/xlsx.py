"""Workbooks in Office Open XML (.xlsx)."""

import zipfile
from pathlib import Path

from tenglong.domain.intake.raw import RawBook
from tenglong.domain.intake.readers.guard import BROKEN
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.sheetxml import BadCells, bad_cells, workbook_parts
from tenglong.domain.intake.readers.workbook import open_workbook, worksheets
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg


def read_xlsx(path: Path, filename: str, limits: Limits) -> RawBook:
    """The workbook's sheets. Cells hold what was last saved; nothing is evaluated, links are not followed.

    Raises:
        BadFile: broken, or a sheet too big; also while the sheets are walked.
    """
    with zipfile.ZipFile(path) as archive:
        parts = workbook_parts(archive)
    book = open_workbook(path, filename)

    def look_into(sheet: str) -> BadCells:
        part = parts.paths.get(sheet)
        if part is None:
            raise BadFile(msg(BROKEN, name=filename))
        with zipfile.ZipFile(path) as archive:
            return bad_cells(archive, part)

    return RawBook(lambda: worksheets(book, filename, limits, look_into), parts.date_1904)
