"""What the commands on tables of firms share: which scheme, which table, which year, and how sizes are written."""

import argparse
import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tenglong.domain.evaluation.loading import load_scheme
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.shipped import shipped_scheme
from tenglong.domain.evaluation.tables.found import FirmTable
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.kernel.errors import BadFile, BadValue
from tenglong.domain.kernel.messages import msg

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(KiB|MiB|GiB|TiB)", re.IGNORECASE)
_POWERS = {"kib": 10, "mib": 20, "gib": 30, "tib": 40}


@dataclass(frozen=True)
class Firms:
    """A table of firms ready for an engine, the year to evaluate, and the digest of the file it came from."""

    table: FirmTable
    year: int
    digest: str


def scheme_named(name: str) -> Scheme:
    """The scheme in the file `name`, or the shipped one with this id.

    Raises:
        NotFound: neither exists; BadRules: the file is not a scheme.
    """
    path = Path(name)
    if path.suffix == ".toml" or path.exists():
        check_readable(path)
        return load_scheme(path)
    return shipped_scheme(name)


@contextmanager
def firms_in(path: Path, wanted: Wanted, year: int | None) -> Iterator[Firms]:
    """The firms in a file as long as the block runs; without `year` the latest that occurs.

    Raises:
        BadFile, BadValue: as `read_firms`; BadValue: there are no firms of the year.
    """
    from tenglong.domain.evaluation.tables.reading import read_firms

    with tempfile.TemporaryDirectory(prefix="tenglong-firms-") as folder:
        table = read_firms(path, wanted, Path(folder), year=year)
        lost = {row.year for row in table.unread if row.year is not None}
        years = sorted({*table.years, *lost}) or [year or wanted.year]
        chosen = year or years[-1]
        if chosen not in years:
            problem = "文件“{name}”里没有 {year} 年的企业，有数据的年度是：{years}。"
            raise BadValue(msg(problem, name=path.name, year=chosen, years="、".join(map(str, years))))
        yield Firms(table, chosen, digest_of(path))


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; of a folder that of its files' names and contents in order."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for inner in sorted(file for file in path.rglob("*") if file.is_file()):
        whole.update(f"{inner.relative_to(path)} {digest_of(inner)}\n".encode())
    return whole.hexdigest()


def check_readable(path: Path) -> None:
    """Refuse a path that cannot be opened, with a sentence (BadFile)."""
    try:
        with path.open("rb"):
            return
    except OSError as error:
        problem = "文件“{name}”无法打开（{why}），请核对路径。"
        raise BadFile(msg(problem, name=path, why=error.strerror or error)) from error


def memory(text: str) -> int:
    """A size such as 2GiB or 800MiB in bytes, for argparse."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise argparse.ArgumentTypeError(f"“{text}”不是内存大小，请写成 2GiB 或 800MiB 的形式。")
    return int(float(match[1]) * 2 ** _POWERS[match[2].lower()])


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 2**30:.2f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"


def names_in(firms: Firms) -> dict[str, str]:
    """The names of the firms of the year by their ids; empty where the table has none."""
    import polars as pl

    from tenglong.domain.evaluation.tables.parquet import scan

    if not firms.table.name:
        return {}
    rows = scan(firms.table.path).filter(pl.col("year") == firms.year)
    pairs = rows.select(pl.col("id").cast(pl.String), "name").collect().iter_rows()
    return {id: name for id, name in pairs if name}


def missing_in(firms: Firms, scheme: Scheme) -> dict[str, int]:
    """How many firms of the year have no figure in a column of numbers, by its wording; whole columns left out."""
    import polars as pl

    from tenglong.domain.evaluation.tables.parquet import scan

    rows = scan(firms.table.path).filter(pl.col("year") == firms.year)
    there = rows.collect_schema()
    numbers = {id: c.zh for id, c in scheme.column.items() if c.type == "number" and id in there}
    gaps = rows.select(pl.col(id).null_count() for id in numbers).collect()
    return {
        words: count for id, words in numbers.items() if (count := int(gaps[id].item() if gaps.height else 0))
    }
