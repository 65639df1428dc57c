"""Units and bases of a table of firms against those of a scheme (docs/algorithms/evaluation.md §1.1).

Two bases in one column (当量 and 等价, 核定 and 实测) change every ranking without a sign; they are refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from tenglong.domain.evaluation.schemes import Column, Scheme
from tenglong.domain.intake.kinds import Choice, table_kinds
from tenglong.domain.kernel.energy import factor_table
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, label, msg

QUALIFIERS = ("energy_basis", "cod_method")
NAMED = 3  # firms or rows that a sentence names for each basis


@dataclass(frozen=True)
class Stated:
    """What a table says of one column: the unit, and each basis with the firms or rows it appears on.

    "" is a unit or basis that the table does not state. A few rows for each basis are enough.
    """

    unit: str = ""
    bases: Mapping[str, Sequence[str]] = field(default_factory=dict)


def check_units(scheme: Scheme, columns: Mapping[str, Stated]) -> None:
    """Accept the columns of a table, by their ids in the scheme. What the table does not state, the scheme says.

    Raises:
        BadValue: a unit or basis is not that of the scheme, or a column has more than one basis.
    """
    check_columns(scheme.column, columns)


def check_columns(wanted: Mapping[str, Column], columns: Mapping[str, Stated]) -> None:
    """`check_units` for columns that are those of no scheme, such as screening's."""
    for column_id, stated in columns.items():
        column = wanted[column_id]
        if stated.unit and not same_unit(stated.unit, column.unit):
            problem = "“{column}”的单位是{found}，评价办法按{wanted}计算，请换算成{wanted}后重新提交。"
            units = {"found": stated.unit, "wanted": column.unit or msg("无单位数值")}
            raise BadValue(msg(problem, column=label(column.zh), **units))
        if column.basis or stated.bases:
            one_basis(stated.bases, label(column.zh), expected=column.basis)


def one_basis(bases: Mapping[str, Sequence[str]], what: Message | str, *, expected: str = "") -> str:
    """The one basis of `what`; `expected`, or else "", where none is stated at all.

    `bases`: each basis that appears, by id or in words, with the firms or rows it appears on ("": not stated).

    Raises:
        BadValue: there is more than one, or one besides rows that state none, or it is not the expected one.
    """
    rows = _by_id(bases)
    if len(rows) > 1:
        found: Message | str = ""
        for basis, names in reversed(rows.items()):
            one = msg("{basis}：{names}", basis=_said(basis), names=_named(names))
            found = msg("{first}；{rest}", first=one, rest=found) if found else one
        problem = "“{what}”混用了不同口径（{found}），不能一起评价；请统一为同一口径后重新提交。"
        raise BadValue(msg(problem, what=what, found=found))
    basis = next(iter(rows), "")
    if basis and expected and basis != expected:
        problem = "“{what}”按{found}填报（{names}），评价办法要求{wanted}；请换算后重新提交。"
        said = {"found": _said(basis), "wanted": _said(expected), "names": _named(rows[basis])}
        raise BadValue(msg(problem, what=what, **said))
    return basis or expected


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings mean the same unit: 吨标煤 and tce do, 元 and 万元 don't."""
    return one == other or any(
        one in unit and other in unit and unit[one] == unit[other] for unit in _known_units()
    )


def known_bases() -> Mapping[str, str]:
    """Every basis that a column may have, by its id, with its wording: calorific (当量), permitted (核定) and so on."""
    return _labels()


def _by_id(bases: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The rows of each basis, with words such as 等价值 as ids; a basis without rows does not appear."""
    found: dict[str, list[str]] = {}
    for said, names in bases.items():
        if names:
            found.setdefault(_words().get(said, said), []).extend(names)
    return dict(found)


def _named(names: Sequence[str]) -> Message | str:
    shown = "、".join(names[:NAMED])
    return shown if len(names) <= NAMED else msg("{names}等{count}处", names=shown, count=len(names))


def _said(basis: str) -> Message:
    return label(_labels().get(basis, basis)) if basis else msg("未注明")


@cache
def _labels() -> Mapping[str, str]:
    """The official wording of each basis, by its id."""
    return {choice.id: choice.label for choice in _choices()}


@cache
def _words() -> Mapping[str, str]:
    """The id of each basis, by any of its wordings."""
    return {word: choice.id for choice in _choices() for word in (choice.label, *choice.synonyms)}


def _choices() -> Iterator[Choice]:
    observations = table_kinds()["observations"]
    return (choice for name in QUALIFIERS for choice in observations.column(name).choices)


@cache
def _known_units() -> tuple[Mapping[str, Decimal], ...]:
    """The spellings of each unit with their factors, of quantities and of energy carriers."""
    columns = (column for kind in table_kinds().values() for column in kind.columns)
    units = [column.unit.accepted for column in columns if column.unit]
    return (*units, *(carrier.units for carrier in factor_table().carriers.values()))
