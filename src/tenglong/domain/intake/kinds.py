"""The kinds of table that intake reads, from `kinds.toml`: columns, synonyms, units, choices.

Other stages describe further kinds with the same words (evaluation: the table of firms that a scheme asks for).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulebook import Rule, shipped
from tenglong.domain.kernel.rulefiles import RuleFile

TABLES = Rule("tables", "tenglong.domain.intake", "kinds.toml")


class ColumnType(StrEnum):
    """What the cells of a column hold once read."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    YEAR = "year"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Unit:
    """The unit a quantity is kept in, and exact factors from the units that people write.

    `implied` units (人, °) need not be written in a header: no other is in use. Only `signed` ones (money,
    degrees) may be below zero: nobody holds less than no land.
    """

    id: str
    canonical: str
    label: str
    accepted: Mapping[str, Decimal]
    implied: bool = False
    signed: bool = False


@dataclass(frozen=True)
class Choice:
    """One permitted answer; `label` is the official wording, `synonyms` what real sheets write."""

    id: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a kind.

    `entry`: the ledger entry kind its date becomes. `measure`: the quantity its number is. `qualifier`: the
    column that holds its basis or method (当量/等价, 核定/实测), which a header may also name. `qualified`:
    whether a number without that qualifier is refused. `as_written`: a number keeps every decimal place, a code its
    case, and a required column may hold blank cells. `beside`: what it says only describes, so that a cell that is not
    understood is left out with a remark and does not keep the row out. `place`: its cells may name a place.
    """

    id: str
    header: str
    synonyms: tuple[str, ...]
    type: ColumnType
    unit: Unit | None = None
    required: bool = False
    choices: tuple[Choice, ...] = ()
    entry: str | None = None
    measure: str | None = None
    qualifier: str | None = None
    qualified: bool = False
    as_written: bool = False
    beside: bool = False
    place: bool = False

    @property
    def header_with_unit(self) -> str:
        """The official header as a template prints it: 实际用地(亩)."""
        return f"{self.header}({self.unit.label})" if self.unit and not self.unit.implied else self.header

    @property
    def names(self) -> tuple[str, ...]:
        """Every wording of the header, the official one first."""
        return (self.header, *self.synonyms)


@dataclass(frozen=True)
class TableKind:
    """A kind of table: what its columns are called and hold, in official order."""

    id: str
    name_zh: str
    name_en: str
    columns: tuple[Column, ...]
    by_id: Mapping[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {column.id: column for column in self.columns})

    def column(self, column_id: str) -> Column:
        """The column with this id (KeyError if the kind has none)."""
        return self.by_id[column_id]


@cache
def table_kinds() -> Mapping[str, TableKind]:
    """The kinds that ship with the program, by id, in the order they are offered."""
    return kinds_from(shipped(TABLES))


def table_kind(kind_id: str) -> TableKind:
    """The kind with this id.

    Raises:
        NotFound: there is no such kind.
    """
    kinds = table_kinds()
    if kind_id not in kinds:
        known = "、".join(kinds)
        raise NotFound(msg("没有“{kind}”这种表，可导入的表有：{known}。", kind=kind_id, known=known))
    return kinds[kind_id]


def units() -> tuple[Unit, ...]:
    """The units that ship with the program, in the order of the file."""
    content = shipped(TABLES).content
    return tuple(_unit(unit_id, data) for unit_id, data in content["unit"].items())


def measure_unit(measure: str) -> Unit | None:
    """The unit in which the case ledger keeps a measure such as `area_signed`; None if it keeps none."""
    columns = table_kinds()["case_ledger"].columns
    return next((column.unit for column in columns if column.measure == measure), None)


def kind_to_json(kind: TableKind) -> dict[str, Any]:
    """Plain values for another process; `kind_from_json` gives the same kind back."""
    data = asdict(kind)
    del data["by_id"]
    for column in data["columns"]:
        if column["unit"]:
            column["unit"]["accepted"] = {n: str(f) for n, f in column["unit"]["accepted"].items()}
    return data


def kind_from_json(data: dict[str, Any]) -> TableKind:
    """The kind that `kind_to_json` wrote."""
    columns = []
    for column in data["columns"]:
        unit = column["unit"]
        if unit:
            unit = Unit(**{**unit, "accepted": {n: Decimal(f) for n, f in unit["accepted"].items()}})
        choices = tuple(Choice(c["id"], c["label"], tuple(c["synonyms"])) for c in column["choices"])
        read = {"unit": unit, "choices": choices, "type": ColumnType(column["type"])}
        columns.append(Column(**{**column, **read, "synonyms": tuple(column["synonyms"])}))
    return TableKind(data["id"], data["name_zh"], data["name_en"], tuple(columns))


def kinds_from(rules: RuleFile) -> Mapping[str, TableKind]:
    """Kinds from a parsed rule file.

    Raises:
        BadRules: a key is missing, or names a column, unit or choice list that the file does not define.
    """
    content = rules.content
    try:
        units = {unit_id: _unit(unit_id, data) for unit_id, data in content["unit"].items()}
        choices = {name: tuple(_choice(item) for item in items) for name, items in content["choices"].items()}
        columns = {name: _column(name, data, units, choices) for name, data in content["column"].items()}
        return {kind_id: _kind(kind_id, data, columns) for kind_id, data in content["kind"].items()}
    except KeyError as error:
        problem = "规则文件 {name} 中缺少或引用了未定义的 {key}，请补充后重试。"
        raise BadRules(msg(problem, name=rules.name, key=error)) from error


def _unit(unit_id: str, data: dict[str, Any]) -> Unit:
    accepted = {name: Decimal(factor) for name, factor in data["accepted"].items()}
    implied, signed = data.get("implied", False), data.get("signed", False)
    return Unit(unit_id, data["canonical"], data["label"], accepted, implied, signed)


def _choice(data: dict[str, Any]) -> Choice:
    return Choice(data["id"], data["label"], tuple(data["synonyms"]))


def _column(
    column_id: str, data: dict[str, Any], units: dict[str, Unit], choices: dict[str, tuple[Choice, ...]]
) -> Column:
    return Column(
        id=column_id,
        header=data["header"],
        synonyms=tuple(data.get("synonyms", ())),
        type=ColumnType(data["type"]),
        unit=units[data["unit"]] if "unit" in data else None,
        choices=choices[data["choices"]] if "choices" in data else (),
        entry=data.get("entry"),
        measure=data.get("measure"),
        qualifier=data.get("qualifier"),
        beside=data.get("beside", False),
        place=data.get("place", False),
    )


def _kind(kind_id: str, data: dict[str, Any], columns: dict[str, Column]) -> TableKind:
    required, qualified = set(data["required"]), set(data.get("qualified", ()))
    chosen = (columns[name] for name in data["columns"])
    marked = (replace(c, required=c.id in required, qualified=c.id in qualified) for c in chosen)
    return TableKind(kind_id, data["name_zh"], data["name_en"], tuple(marked))
