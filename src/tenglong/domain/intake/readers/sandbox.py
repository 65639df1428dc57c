"""Reads a table in a child process, so that no file can take this process down or fill its memory."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Container, Iterator
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import tenglong
from tenglong.domain.intake.kinds import TableKind, kind_to_json, table_kind
from tenglong.domain.intake.readers.child import RESULT, ROWS, TOO_MUCH
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.rows import ParsedRow, ReadSheet, Summary, row_from_json, sheet_from_json
from tenglong.domain.intake.values import decoders_of
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.jsontext import read
from tenglong.domain.kernel.messages import Message, msg

_LOG = logging.getLogger(__name__)
_CRASHED = "文件“{name}”读取时出错，没有读取任何一行。请另存为 .xlsx 后重新上传；仍不行请联系管理员。"
_TIMED_OUT = "文件“{name}”读取时间超过 {seconds} 秒，已停止，没有读取任何一行。请拆分后分别上传。"
JOB, ERRORS = "job.json", "errors.txt"
PAUSE = 0.01
"""Seconds between two looks for further rows."""
_TIME_SIGNALS = {-signal.SIGXCPU, -signal.SIGKILL}


class ParsedTable:
    """A file that is being parsed. Rows stay in a temporary file until `close()`, or until nobody holds it."""

    def __init__(self, kind: TableKind, child: "_Child"):
        self._kind = kind
        self._child = child

    @cached_property
    def sheets(self) -> tuple[ReadSheet, ...]:
        """The sheets that were read, once the whole file was. Raises BadFile as `read_table`."""
        return tuple(sheet_from_json(sheet) for sheet in self._child.result["sheets"])

    @cached_property
    def summary(self) -> Summary:
        """The account of the whole file, once it was read. Raises BadFile as `read_table`."""
        return Summary.from_json(self._child.result["summary"])

    @property
    def rows_in_all(self) -> int:
        """How many data rows there are; 0 as long as the file is being read."""
        return self.summary.read if self._child.ended() else 0

    @property
    def column_ids(self) -> frozenset[str]:
        """The columns of the kind that stand in at least one sheet."""
        return frozenset(column.column_id for sheet in self.sheets for column in sheet.columns)

    def rows(self, only: Container[str] | None = None) -> Iterator[ParsedRow]:
        """The data rows in the order of the file, while it is being read; may be walked several times. Who needs `only`
        the cells of some columns need not wait for the others to be understood.

        Raises:
            BadFile: as `read_table`, after the rows that could be read.
        """
        decoders = decoders_of(self._kind.columns)
        sheets: list[ReadSheet] = []
        for line in self._child.lines():
            said = read(line)
            if isinstance(said, dict):
                sheets.append(sheet_from_json(said))
            else:
                yield row_from_json(said, sheets, decoders, only)

    def close(self) -> None:
        """Delete the temporary file; a child that still reads is stopped."""
        self._child.close()

    def __enter__(self) -> "ParsedTable":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_table(
    path: Path, filename: str, kind: str | TableKind, *, limits: Limits | None = None
) -> ParsedTable:
    """The table of a kind (or of the shipped kind with this id) in the file at `path`, which the user calls `filename`.

    Raises:
        BadFile: the file is refused, holds no such table, or needs more memory or time than `limits` allow.
        NotFound: there is no such kind.
    """
    table = start_reading(path, filename, kind, limits=limits)
    try:
        table.summary  # noqa: B018 - waits until the file is read
    except BaseException:
        table.close()
        raise
    return table


def start_reading(
    path: Path, filename: str, kind: str | TableKind, *, limits: Limits | None = None
) -> ParsedTable:
    """As `read_table`, but rows may be walked while the file is still being read.

    Raises:
        NotFound: there is no such kind. What `read_table` raises otherwise comes from the table.
    """
    wanted = table_kind(kind) if isinstance(kind, str) else kind
    return ParsedTable(wanted, _Child(path, filename, wanted, limits or Limits()))


class _Child:
    """The process that parses one file, and the folder that it writes to."""

    def __init__(self, path: Path, filename: str, kind: TableKind, limits: Limits):
        self._filename, self._limits = filename, limits
        self._temporary = tempfile.TemporaryDirectory(prefix="tenglong-intake-")
        self._folder = Path(self._temporary.name)
        job = {
            "path": str(path.resolve()),
            "filename": filename,
            "kind": kind_to_json(kind),
            "limits": asdict(limits),
        }
        (self._folder / JOB).write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
        (self._folder / ROWS).touch()
        command = [
            sys.executable,
            "-P",
            "-m",
            "tenglong.domain.intake.readers.child",
            str(self._folder / JOB),
        ]
        with (self._folder / ERRORS).open("wb") as errors:
            self._process = subprocess.Popen(
                command, env=_environment(), stdout=subprocess.DEVNULL, stderr=errors, cwd=self._folder
            )
        self._stop = weakref.finalize(self, _stop, self._process, self._temporary)
        self._until = time.monotonic() + limits.wall_seconds
        self._late = False

    def ended(self) -> bool:
        """Whether the process is done; one that takes too long is stopped."""
        if self._process.poll() is None and time.monotonic() >= self._until:
            self._late = True
            self._process.kill()
            self._process.wait()
        return self._process.returncode is not None

    def lines(self) -> Iterator[bytes]:
        """The lines written so far and those to come. Raises BadFile at the end, when the file is refused."""
        rest = b""
        with (self._folder / ROWS).open("rb") as file:
            ended = False
            while not ended:
                ended = self.ended()  # asked before reading, so that nothing written last is missed
                for line in file:
                    rest += line
                    if rest.endswith(b"\n"):
                        yield rest
                        rest = b""
                if not ended:
                    time.sleep(PAUSE)
        _ = self.result

    @cached_property
    def result(self) -> dict[str, Any]:
        """What the process found, once it is done. Raises BadFile."""
        while not self.ended():
            time.sleep(PAUSE)
        if self._late:
            raise BadFile(msg(_TIMED_OUT, name=self._filename, seconds=self._limits.wall_seconds))
        if self._process.returncode != 0 or not (self._folder / RESULT).exists():
            raise BadFile(self._crash())
        result: dict[str, Any] = json.loads((self._folder / RESULT).read_text(encoding="utf-8"))
        if "bad_file" in result:
            raise BadFile(Message.from_json(result["bad_file"]))
        return result

    def close(self) -> None:
        """Stop the process and delete what it wrote."""
        self._stop()

    def _crash(self) -> Message:
        code, errors = self._process.returncode, (self._folder / ERRORS).read_bytes()[-4000:]
        if code in _TIME_SIGNALS:
            return msg(_TIMED_OUT, name=self._filename, seconds=self._limits.cpu_seconds)
        if code == -signal.SIGABRT or b"MemoryError" in errors:
            return msg(TOO_MUCH, name=self._filename)
        _LOG.error("intake child failed with %s: %s", code, errors.decode("utf-8", "replace"))
        return msg(_CRASHED, name=self._filename)


def _stop(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    folder.cleanup()


def _environment() -> dict[str, str]:
    """What the child may know: where the package is, nothing of the server's settings or secrets."""
    root = str(Path(tenglong.__file__).parents[1])
    keep = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**keep, "PYTHONPATH": root, "PYTHONUTF8": "1", "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
