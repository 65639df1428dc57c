"""Reads a table in a child process, so that no file can take this process down or fill its memory."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import tenglong
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.readers.child import RESULT, ROWS, TOO_MUCH
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.rows import ParsedRow, ReadSheet, Summary, row_from_json, sheet_from_json
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg

_LOG = logging.getLogger(__name__)
_CRASHED = "文件“{name}”读取时出错，没有读取任何一行。请另存为 .xlsx 后重新上传；仍不行请联系管理员。"
_TIMED_OUT = "文件“{name}”读取时间超过 {seconds} 秒，已停止，没有读取任何一行。请拆分后分别上传。"
_TIME_SIGNALS = {-signal.SIGXCPU, -signal.SIGKILL}


class ParsedTable:
    """A parsed file. Rows stay in a temporary file until `close()`, or until nobody holds it."""

    def __init__(
        self,
        kind_id: str,
        sheets: tuple[ReadSheet, ...],
        summary: Summary,
        folder: tempfile.TemporaryDirectory[str],
    ):
        self.kind_id = kind_id
        self.sheets = sheets
        self.summary = summary
        self._folder = folder

    @property
    def column_ids(self) -> frozenset[str]:
        """The columns of the kind that stand in at least one sheet."""
        return frozenset(column.column_id for sheet in self.sheets for column in sheet.columns)

    def rows(self) -> Iterator[ParsedRow]:
        """The data rows in the order of the file; may be walked several times."""
        types = {column.id: column.type for column in table_kind(self.kind_id).columns}
        with (Path(self._folder.name) / ROWS).open(encoding="utf-8") as file:
            for line in file:
                yield row_from_json(json.loads(line), self.sheets, types)

    def close(self) -> None:
        """Delete the temporary file."""
        self._folder.cleanup()

    def __enter__(self) -> "ParsedTable":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_table(path: Path, filename: str, kind_id: str, *, limits: Limits | None = None) -> ParsedTable:
    """The table of kind `kind_id` in the file at `path`, which the user calls `filename`.

    Raises:
        BadFile: the file is refused, holds no such table, or needs more memory or time than `limits` allow.
        NotFound: there is no such kind.
    """
    table_kind(kind_id)
    limits = limits or Limits()
    folder = tempfile.TemporaryDirectory(prefix="tenglong-intake-")
    try:
        result = _run(path, filename, kind_id, limits, Path(folder.name))
    except BaseException:
        folder.cleanup()
        raise
    sheets = tuple(sheet_from_json(sheet) for sheet in result["sheets"])
    return ParsedTable(kind_id, sheets, Summary.from_json(result["summary"]), folder)


def _run(path: Path, filename: str, kind_id: str, limits: Limits, folder: Path) -> dict[str, Any]:
    job = {"path": str(path.resolve()), "filename": filename, "kind_id": kind_id, "limits": asdict(limits)}
    (folder / "job.json").write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-P", "-m", "tenglong.domain.intake.readers.child", str(folder / "job.json")]
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            capture_output=True,
            timeout=limits.wall_seconds,
            cwd=folder,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadFile(msg(_TIMED_OUT, name=filename, seconds=limits.wall_seconds)) from error
    if done.returncode != 0 or not (folder / RESULT).exists():
        raise BadFile(_crash(done, filename, limits))
    result: dict[str, Any] = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    if "bad_file" in result:
        raise BadFile(Message.from_json(result["bad_file"]))
    return result


def _crash(done: subprocess.CompletedProcess[bytes], filename: str, limits: Limits) -> Message:
    if done.returncode in _TIME_SIGNALS:
        return msg(_TIMED_OUT, name=filename, seconds=limits.cpu_seconds)
    if done.returncode == -signal.SIGABRT or b"MemoryError" in done.stderr:
        return msg(TOO_MUCH, name=filename)
    _LOG.error(
        "intake child failed with %s: %s", done.returncode, done.stderr.decode("utf-8", "replace")[-4000:]
    )
    return msg(_CRASHED, name=filename)


def _environment() -> dict[str, str]:
    """What the child may know: where the package is, nothing of the server's settings or secrets."""
    root = str(Path(tenglong.__file__).parents[1])
    keep = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**keep, "PYTHONPATH": root, "PYTHONUTF8": "1", "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
