"""The table that a scheme asks for, in the words of intake: headers, units, and where a basis may be written.

The columns of a scheme stand under ids with `OWN` before them, so that none is taken for a column of intake.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.schemes import Column as SchemeColumn
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.intake.headers import header_key
from tenglong.domain.intake.kinds import Choice, Column, ColumnType, TableKind, Unit, table_kinds, units
from tenglong.domain.intake.raw import RawRow, RawSheet
from tenglong.domain.intake.shapes import FoundTable, Misfit, find_table
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.rulefiles import load_rules

OWN = "column."
ID, CODE, NAME, YEAR, SERIAL = "id", "code", "firm_name", "year", "serial"
IDENTITIES = (ID, CODE, NAME)  # what names a firm; the first that a table has

FLAGS = {"number": ColumnType.NUMBER, "text": ColumnType.TEXT, "flag": ColumnType.YES_NO}
_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")


def table_of(wanted: Wanted) -> TableKind:
    """What a table of firms must hold, with every wording under which its columns arrive."""
    known, said = intake_columns(), load_rules("tenglong.domain.evaluation.tables", "firms.toml").content
    further = {CODE: said["code"], NAME: said["name"], YEAR: said["year"], SERIAL: []}
    firsts = [replace(known[id], synonyms=(*known[id].synonyms, *names)) for id, names in further.items()]
    firsts.append(Column(ID, said["id"][0], tuple(said["id"][1:]), ColumnType.CODE))
    firsts = [replace(column, as_written=True) for column in firsts]
    own = [replace(_column(id, c), required=id in wanted.required) for id, c in wanted.column.items()]
    own = _without_doubles(own, taken={header_key(name) for column in own for name in column.names})
    own_keys = {header_key(name) for column in own for name in column.names}
    bases = _basis_columns(wanted)
    others = (_without(column, own_keys) for column in (*firsts, *bases.values()))
    marked = [replace(c, qualifier=_qualifier(wanted.column[c.id.removeprefix(OWN)], bases)) for c in own]
    return TableKind("firms", wanted.title, wanted.title, (*others, *marked))


def find_firms(sheet: RawSheet, rows: list[RawRow], kind: TableKind, filename: str) -> FoundTable:
    """The table of firms whose header stands in `rows`, the first of the sheet.

    Raises:
        BadFile: a column is missing, stands twice or has an unknown unit, or none says which firm a row is.
    """
    fit = find_table(sheet, rows, kind)
    if isinstance(fit, Misfit):
        problem = "文件“{name}”里没有找到“{wanted}”所需的表。{why}没有数据的列，请加上表头、留空单元格。"
        raise BadFile(msg(problem, name=filename, wanted=label(kind.name_zh), why=fit.message))
    identity_in(fit.numbers, filename)
    return fit


def identity_in(columns: Collection[str], filename: str) -> str:
    """The column that names the firms, among the ids of those that a table has.

    Raises:
        BadFile: there is none.
    """
    found = next((id for id in IDENTITIES if id in columns), None)
    if found is None:
        problem = "文件“{name}”里没有企业编号、统一社会信用代码或企业名称，分不清是哪家企业，请补上其中一列。"
        raise BadFile(msg(problem, name=filename))
    return found


def qualifier_of(kind: TableKind, id: str) -> str | None:
    """The column of `kind` that holds the basis of the scheme's column `id`."""
    return kind.column(OWN + id).qualifier


def basis_in(kind: TableKind, id: str, header: str) -> str:
    """The basis that the header of the scheme's column `id` names anywhere in its words; "" where none or two."""
    column, text = kind.column(qualifier_of(kind, id) or ""), header_key(header)
    choices = (choice for choice in column.choices if any(header_key(w) in text for w in _words(choice)))
    found = [choice.id for choice in choices]
    return found[0] if len(found) == 1 else ""


def basis_words(basis: str) -> str:
    """How a basis is written in a header: 等价; "" for none."""
    choices = (choice for column in intake_columns().values() for choice in column.choices)
    return next((choice.label for choice in choices if choice.id == basis), "") if basis else ""


def _words(choice: Choice) -> tuple[str, ...]:
    return (choice.label, *choice.synonyms)


def intake_columns() -> Mapping[str, Column]:
    """Every column that intake knows, by id; none of them must be there."""
    columns = (column for kind in table_kinds().values() for column in kind.columns)
    return {column.id: replace(column, required=False) for column in columns}


def _column(id: str, column: SchemeColumn) -> Column:
    """A column by its labels and those that intake knows for the same id, with exact factors to its unit."""
    known = intake_columns().get(id)
    names = [id, column.en, *column.synonyms, *_bare((column.zh, *column.synonyms))]
    if known and (known.unit is None or known.unit.id == getattr(_known_unit(column.unit), "id", None)):
        names += known.names
    synonyms = tuple(dict.fromkeys(name for name in names if name))
    unit = _unit(column.unit) if column.type == "number" else None
    return Column(OWN + id, column.zh, synonyms, FLAGS[column.type], unit, as_written=True)


def _bare(names: Iterable[str]) -> list[str]:
    """The names without what their brackets say: 综合能耗（等价值） is also 综合能耗."""
    return [bare for name in names if (bare := _BRACKETS.sub("", name).strip()) and bare != name]


def _without_doubles(columns: list[Column], taken: set[str]) -> list[Column]:
    """A synonym that two columns share means neither; a header is always its own column's."""
    said = Counter(key for column in columns for key in {header_key(name) for name in column.names})
    headers = {header_key(column.header) for column in columns}
    shared = {key for key in taken if said[key] > 1} | headers
    return [replace(c, synonyms=tuple(n for n in c.synonyms if header_key(n) not in shared)) for c in columns]


def _without(column: Column, keys: set[str]) -> Column:
    """A column of intake, without wordings that the scheme uses for its own."""
    names = [name for name in column.names if header_key(name) not in keys]
    return replace(column, header=names[0] if names else f"*{column.id}", synonyms=tuple(names[1:]))


def _unit(text: str) -> Unit | None:
    """A scheme's unit with the exact factors of the units that convert to it; a unit unknown to intake is itself."""
    if not text:
        return None
    known = _known_unit(text)
    if known is None:
        return Unit(text, text, text, {text: Decimal(1)}, implied=True, signed=True)
    ratios = {
        name: Fraction(factor) / Fraction(known.accepted[text]) for name, factor in known.accepted.items()
    }
    exact = {name: Decimal(r.numerator) / r.denominator for name, r in ratios.items() if _ends(r)}
    return replace(known, canonical=text, label=text, accepted=exact, signed=True)


def _ends(ratio: Fraction) -> bool:
    """Whether a ratio is a finite decimal: a fifteenth is not."""
    rest = ratio.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _known_unit(text: str) -> Unit | None:
    """The unit of intake that `text` spells; one whose own label it is comes first (㎡ is floor before land)."""
    fitting = [unit for unit in units() if text in unit.accepted]
    return next((unit for unit in fitting if text in (unit.label, unit.canonical)), next(iter(fitting), None))


def _basis_columns(wanted: Wanted) -> dict[str, Column]:
    """The columns that say on which basis a quantity is, by basis; one for each basis where two are used."""
    families: dict[str, list[str]] = {}
    for column in wanted.column.values():
        family = _family(column.basis)
        if family and column.basis not in families.setdefault(family, []):
            families[family].append(column.basis)
    found = {}
    for family, bases in families.items():
        for basis in bases:
            own = intake_columns()[family]
            if len(bases) > 1:  # one column cannot hold the basis of both: only the headers say it
                own = replace(own, id=f"{family}.{basis}", header=f"{own.header}:{basis}", synonyms=())
            found[basis] = own
    return found


def _qualifier(column: SchemeColumn, bases: Mapping[str, Column]) -> str | None:
    found = bases.get(column.basis)
    return found.id if found else None


def _family(basis: str) -> str | None:
    """The column of intake among whose choices a basis stands: 能耗口径, COD核算方法."""
    columns = intake_columns().values()
    return next((c.id for c in columns if any(choice.id == basis for choice in c.choices)), None)
