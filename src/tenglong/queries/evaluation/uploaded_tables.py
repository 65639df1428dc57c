"""A table of firms that somebody handed in, as a table of the register's firms."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.kept import FirmsTable, Row, Value, columns_of
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.tables.found import Unread
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg
from tenglong.queries.evaluation.firms_table import bare_table
from tenglong.queries.evaluation.grades import AT_ONCE
from tenglong.queries.files import whole
from tenglong.store.models import Firm, FirmName

NAMED = 5
MOST_CELLS = 20  # bad cells that a refusal names at most


def uploaded_table(scheme: Scheme, place: str, year: int, *, digest: str, name: str) -> FirmsTable:
    """The rows of a kept file with the columns of `scheme`, under the numbers of the register's firms.

    Firms are found among those of `place` by credit code or temporary id, or by their name where the file or the
    register has no code for them. What the file does not say of the
    scheme's columns is missing, whatever the register knows: the file is rated, as the command line would rate it.

    Raises:
        BadFile: it is no table of firms, has none of `year`, or names firms that the register does not have there, or
            rows cannot be read.
        BadValue: a unit or basis is not that of the scheme.
    """
    rows, names = _read(scheme, year, digest, name)
    _refuse_other_years(rows, year, name)
    base = {str(row["id"]): row for row in bare_table(place, year, Scope(everywhere=True)).rows}
    firms, coded = _firms(base), _with_code()
    found = {id: firms.get(id) for id in {str(row["id"]) for row in rows}}
    for id in [id for id, firm in found.items() if firm is None]:
        same_name = firms.get(names.get(id, ""))
        found[id] = None if same_name in coded else same_name
    strangers = sorted(names.get(id) or id for id, firm in found.items() if firm is None)
    if strangers:
        problem = "文件“{name}”中有 {count} 家企业不在本地企业名录中：{firms}。请核对代码或先导入企业名录。"
        said = "、".join(strangers[:NAMED])
        raise BadFile(msg(problem, name=name, count=len(strangers), firms=said))
    _refuse_doubles(found, names, name)
    columns = columns_of(scheme.column)
    return FirmsTable(columns, [_row(scheme, base[str(found[str(row["id"])])], row) for row in rows])


def _read(
    scheme: Scheme, year: int, digest: str, name: str
) -> tuple[Sequence[Mapping[str, Any]], dict[str, str]]:
    """The rows of the file, and the names of firms by their id in it."""
    from tenglong.domain.evaluation.tables.outcomes import names_of, rows_of
    from tenglong.domain.evaluation.tables.reading import read_firms
    from tenglong.domain.evaluation.tables.wanted import wanted_by

    with tempfile.TemporaryDirectory(prefix="tenglong-") as folder:
        path = Path(folder) / (Path(name).name or "table")
        shutil.copyfile(whole(digest, name), path)
        wanted = wanted_by(scheme)
        table = read_firms(path, wanted, Path(folder), year=year)
        if table.unread:
            raise BadFile(_unread(name, table.unread))
        return rows_of(table.path, wanted), names_of(table.path) if table.name else {}


def _refuse_other_years(rows: Sequence[Mapping[str, Any]], year: int, name: str) -> None:
    years = {int(row["year"]) for row in rows}
    if year not in years:
        problem = "文件“{name}”里没有 {year} 年的企业，只有 {years} 年的，请核对“年度”列，或改选评价年度。"
        found = "、".join(str(one) for one in sorted(years))
        raise BadFile(msg(problem, name=name, year=year, years=found))


def _unread(name: str, unread: Sequence[Unread]) -> Message:
    cells = [cell for row in unread for cell in (row.message, *row.others)]
    named = cells[MOST_CELLS - 1 :: -1]
    said = named[0]
    for cell in named[1:]:
        said = msg("{first} {rest}", first=cell, rest=said)
    problem = "文件“{name}”有 {count} 行无法读取，没有评价。{cells} 请改正后重新提交。"
    if len(cells) > MOST_CELLS:
        problem = "文件“{name}”有 {count} 行无法读取，没有评价。前 {most} 处：{cells} 请改正后重新提交。"
    return msg(problem, name=name, count=len(unread), cells=said, most=MOST_CELLS)


def _firms(base: Mapping[str, Row]) -> dict[str, str]:
    """The number of a firm by its number, code, temporary id, or a name that only one firm there has."""
    found = {id: id for id in base} | {str(row["code"]): id for id, row in base.items() if row["code"]}
    names = [(str(row["name"]), id) for id, row in base.items()]
    further = FirmName.objects.filter(firm__absorbed_by=None).values_list("name", "firm_id")
    names += [(name, str(id)) for name, id in further.iterator(chunk_size=AT_ONCE) if str(id) in base]
    bearers = Counter(name for name, _ in set(names))
    return {name: id for name, id in names if bearers[name] == 1} | found


def _with_code() -> set[str]:
    return {str(id) for id in Firm.objects.exclude(code="").values_list("id", flat=True).iterator(AT_ONCE)}


def _refuse_doubles(found: Mapping[str, str | None], names: Mapping[str, str], filename: str) -> None:
    counts = Counter(found.values())
    twice = [names.get(id) or id for id, firm in found.items() if counts[firm] > 1]
    if twice:
        problem = "文件“{name}”中“{firms}”是企业名录中的同一家企业，请合并为一行。"
        raise BadFile(msg(problem, name=filename, firms="、".join(sorted(twice)[:NAMED])))


def _row(scheme: Scheme, base: Row, said: Mapping[str, Any]) -> Row:
    own = {id: _value(said.get(id)) for id in scheme.column if id not in ("id", "year", "name", "code")}
    return {**base, **own, "year": Decimal(said["year"])}


def _value(value: Any) -> Value:
    """A double is the shortest decimal that prints as it (docs/algorithms/evaluation.md §1.2)."""
    if isinstance(value, float):
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
