"""The tables by which an office sets itself up, carried out row by row: each row is a deed of its own.

A trial says of every row what carrying it out would do, and changes nothing; who carries it out hears the same.
Rows that are refused stay out, the others count.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from tenglong.domain.intake.readers.sandbox import start_reading
from tenglong.domain.intake.rows import ParsedRow, Verdict
from tenglong.domain.intake.site import MOST_ROWS, site_kinds
from tenglong.domain.kernel.errors import BadFile, UserError
from tenglong.domain.kernel.messages import Message, msg
from tenglong.queries.files import whole


@dataclass(frozen=True)
class Carried:
    """What became of a row, or would: `says` is why it was refused, `secret` a first password, shown once."""

    row: int
    about: str
    verdict: Verdict
    says: tuple[Message, ...] = ()
    secret: str = ""


@dataclass(frozen=True)
class Taken:
    """What taking the deed of a row did."""

    verdict: Verdict
    secret: str = ""


def rows_of(kind: str, digest: str, filename: str) -> list[ParsedRow]:
    """The rows of a kept file.

    Raises:
        BadFile: it is gone, cannot be read as such a table, or has more rows than one table may have.
    """
    with start_reading(whole(digest, filename), filename, site_kinds()[kind]) as table:
        rows = list(table.rows())
    if len(rows) > MOST_ROWS:
        problem = "表中有 {count} 行，一次最多 {most} 行，请拆分后分别上传。"
        raise BadFile(msg(problem, count=len(rows), most=MOST_ROWS))
    return rows


def carried(rows: Iterable[ParsedRow], named: str, take: Callable[[ParsedRow], Taken]) -> tuple[Carried, ...]:
    """Take the deed of every row, one after the other; `named` is the column that says what a row is about."""
    return tuple(_one(row, str(row.value(named) or ""), take) for row in rows)


@contextmanager
def undone() -> Iterator[None]:
    """What is done within is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _one(row: ParsedRow, about: str, take: Callable[[ParsedRow], Taken]) -> Carried:
    if row.errors:
        return Carried(row.row, about, Verdict.REJECTED, tuple(problem.message for problem in row.errors))
    try:
        with transaction.atomic():
            taken = take(row)
    except UserError as error:
        return Carried(row.row, about, Verdict.REJECTED, (error.message,))
    return Carried(row.row, about, taken.verdict, secret=taken.secret)
