"""Workbooks in Office Open XML (.xlsx)."""

import io
import zipfile
from pathlib import Path

from tenglong.domain.intake.raw import RawBook
from tenglong.domain.intake.readers.guard import BROKEN
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.parts import workbook_parts
from tenglong.domain.intake.readers.respelling import respelled
from tenglong.domain.intake.readers.sheetxml import Looks, looks_of
from tenglong.domain.intake.readers.workbook import open_workbook, worksheets
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg


def read_xlsx(path: Path, filename: str, limits: Limits) -> RawBook:
    """The workbook's sheets. Cells hold what was last saved; nothing is evaluated, links are not followed.

    Raises:
        BadFile: broken, or a sheet too big; also while the sheets are walked.
    """
    source = respelled(path, limits) or io.BytesIO(path.read_bytes())
    archive = zipfile.ZipFile(source)
    try:
        parts = workbook_parts(archive)
    except BadFile as error:
        raise BadFile(msg(BROKEN, name=filename)) from error
    book = open_workbook(source, filename)

    def look_into(sheet: str) -> Looks:
        part = parts.paths.get(sheet)
        if part is None:
            raise BadFile(msg(BROKEN, name=filename))
        try:
            return looks_of(archive, part, parts.around)
        except BadFile as error:
            raise BadFile(msg(BROKEN, name=filename)) from error

    return RawBook(lambda: worksheets(book, filename, limits, look_into), parts.date_1904)
