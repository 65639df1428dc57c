"""The process in which a file is parsed: limited memory and time, no access to the parent's environment.

`python -m tenglong.domain.intake.readers.child JOB` reads a job (JSON) and writes rows.jsonl (each
sheet, then its rows) and result.json beside it. Only a finished child leaves a result.json.
"""

import gc
import json
import resource
import sys
from pathlib import Path

from tenglong.domain.intake.kinds import TableKind, kind_from_json
from tenglong.domain.intake.raw import RawBook
from tenglong.domain.intake.readers.guard import BROKEN, file_format
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.jsontext import compact
from tenglong.domain.kernel.messages import Message, msg

TOO_MUCH = "文件“{name}”占用的内存超过上限，没有读取任何一行。请删除多余的空行空列，或拆分后分别上传。"
ROWS, RESULT = "rows.jsonl", "result.json"


def open_book(path: Path, filename: str, limits: Limits) -> RawBook:
    """The file as sheets of raw cells, once the guard has let it in.

    Raises:
        BadFile: refused by the guard, or broken.
    """
    from tenglong.domain.intake.readers import csv, ods, xls, xlsx

    openers = {"xlsx": xlsx.read_xlsx, "xls": xls.read_xls, "ods": ods.read_ods, "csv": csv.read_csv}
    return openers[file_format(path, filename, limits)](path, filename, limits)


def parse(path: Path, filename: str, kind: TableKind, limits: Limits, folder: Path) -> None:
    """Parse the file into `folder`; a refusal is a result like any other."""
    from tenglong.domain.intake.tables import BookReader

    try:
        reader = BookReader(open_book(path, filename, limits), kind, filename)
        with (folder / ROWS).open("w", encoding="utf-8") as file:
            told = 0
            for row in reader.rows():
                for sheet in reader.sheets[told:]:
                    file.write(compact(sheet) + "\n")
                told = len(reader.sheets)
                file.write(compact(row) + "\n")
        result: dict[str, object] = {"sheets": reader.sheets, "summary": reader.summary().to_json()}
    except BadFile as error:
        result = _refusal(error.message)
    except MemoryError:
        result = _refusal(msg(TOO_MUCH, name=filename))
    except Exception as error:
        if type(error).__name__ != "PanicException":
            raise
        result = _refusal(msg(BROKEN, name=filename))
    (folder / RESULT).write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def _refusal(message: Message) -> dict[str, object]:
    return {"bad_file": message.to_json()}


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(job_file: str) -> None:
    """Run one job under its limits."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    limits = Limits(**job["limits"])
    _limit(limits)
    gc.disable()  # millions of plain values, no cycles; the process ends with the file
    parse(Path(job["path"]), job["filename"], kind_from_json(job["kind"]), limits, Path(job_file).parent)


if __name__ == "__main__":
    main(sys.argv[1])
