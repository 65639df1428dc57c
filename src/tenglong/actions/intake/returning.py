"""The user's own workbook, given back with what is wrong marked in it."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from django.db.models import Q

from tenglong.actions.files import keep
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.raw import column_number
from tenglong.domain.intake.rows import ReadSheet, Verdict
from tenglong.domain.intake.writers import (
    ERROR_COLUMN,
    CellMark,
    Problem,
    RowMark,
    SheetMarks,
    Summary,
    return_workbook,
)
from tenglong.domain.kernel.messages import Message
from tenglong.queries.files import path_of
from tenglong.store.models import Import, ImportRow

LABELS = {
    Verdict.INSERTED: "新增",
    Verdict.UPDATED: "更新",
    Verdict.UNCHANGED: "无变化",
    Verdict.REJECTED: "未导入",
}
LISTED = 500
"""How many problems the summary sheet lists; every one stands in its row anyway."""
PIECE = 1 << 20


def make_returned(batch: Import, sheets: Sequence[ReadSheet]) -> str:
    """Write the workbook and keep it; gives its digest."""
    marks = _marks(batch, sheets)
    with tempfile.TemporaryDirectory(prefix="tenglong-returned-") as folder:
        source = Path(folder) / f"source{PurePath(batch.filename).suffix}"
        source.symlink_to(path_of(batch.digest).absolute())
        target = Path(folder) / "returned.xlsx"
        return_workbook(source, target, marks, _summary(batch))
        return keep(_pieces(target), limit=2**40)[0]


def _marks(batch: Import, sheets: Sequence[ReadSheet]) -> dict[str, SheetMarks]:
    columns = batch.summary["columns"]
    ours = {
        sheet: column_number(ref.rstrip("0123456789"))
        for sheet, ref, header in batch.summary["account"]["unknown_columns"]
        if header == ERROR_COLUMN
    }
    rows: dict[str, dict[int, RowMark]] = defaultdict(dict)
    for row in _told(batch).iterator():
        rows[row.sheet][row.row] = _row_mark(row, columns[row.sheet])
    return {
        sheet.sheet: SheetMarks(sheet.header_rows[-1], rows[sheet.sheet], ours.get(sheet.sheet))
        for sheet in sheets
    }


def _told(batch: Import):
    """The rows of which something is to be said."""
    return batch.rows.filter(Q(verdict=Verdict.REJECTED.value) | ~Q(messages=[])).order_by("id")


def _row_mark(row: ImportRow, columns: dict[str, str]) -> RowMark:
    said: dict[str, list[str]] = defaultdict(list)
    worst: dict[str, Severity] = {}
    for problem in row.messages:
        ref, severity = _ref(row.row, problem, columns), Severity(problem["severity"])
        said[ref].append(str(Message.from_json(problem["message"])))
        worst[ref] = Severity.ERROR if Severity.ERROR in (severity, worst.get(ref)) else severity
    cells = tuple(CellMark(ref, "\n".join(texts), worst[ref]) for ref, texts in said.items())
    note = "；".join(text.rstrip("。") for texts in said.values() for text in texts)
    return RowMark(LABELS[Verdict(row.verdict)], cells, f"{note}。" if note else "")


def _ref(row: int, problem: dict[str, str], columns: dict[str, str]) -> str:
    """The cell to mark: the one named if it lies in the row, else the column's, else the firm's name."""
    ref = problem["ref"]
    if ref and ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(row):
        return ref
    return f"{columns.get(problem['column'], columns['firm_name'])}{row}"


def _summary(batch: Import) -> Summary:
    account = batch.summary["account"]
    lines = [
        ("文件", batch.filename),
        ("表", table_kind(batch.kind).name_zh),
        ("读取数据行", str(batch.read)),
        ("新增", str(batch.inserted)),
        ("更新", str(batch.updated)),
        ("无变化", str(batch.unchanged)),
        ("未导入", str(batch.rejected)),
        ("空行", str(account["empty"])),
        ("标题、合计、说明等非数据行", str(len(account["other_rows"]))),
        *(("未读取的列", f"{sheet} {ref} {header}") for sheet, ref, header in account["unknown_columns"]),
        *(("未读取的工作表", str(Message.from_json(why))) for _, why in account["unused_sheets"]),
        *(("提醒", str(Message.from_json(warning))) for warning in account["warnings"]),
    ]
    return Summary("导入结果（预检）", tuple(lines), tuple(_problems(batch)))


def _problems(batch: Import) -> Iterator[Problem]:
    """The rejected rows' problems, from the top."""
    columns = batch.summary["columns"]
    for row in batch.rows.filter(verdict=Verdict.REJECTED.value).order_by("id")[:LISTED]:
        for problem in row.messages:
            if problem["severity"] == Severity.ERROR:
                what, _, advice = str(Message.from_json(problem["message"])).rpartition("请")
                ref = _ref(row.row, problem, columns[row.sheet])
                yield Problem(row.sheet, ref, (what or advice).rstrip("，；"), f"请{advice}" if what else "")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
