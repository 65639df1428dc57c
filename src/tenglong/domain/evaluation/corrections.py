"""Whether what an upheld objection puts into the table of a run can be so."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from tenglong.domain.evaluation.columns import register_columns
from tenglong.domain.evaluation.kept import FirmsTable, Row, read_value
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.intake.kinds import units
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, msg

NAMED = 12  # values that a sentence names


def check_corrections(
    scheme: Scheme,
    table: FirmsTable,
    now: Row,
    corrections: Mapping[str, str | None],
    known: Mapping[str, Collection[str]],
) -> None:
    """Accept the corrections of one firm, whose row is `now`: column to text (None: missing).

    A column that puts firms into groups takes a value that stands in the table already, or one that is `known` for
    it: anything else would make the firm the only one of its kind, and the first of it.

    Raises:
        BadValue: a value is not what its column holds, is below zero where nothing can be, is of no group that there
            is, or is the one that stands there now.
    """
    grouping = set(_grouping(scheme))
    for column, text in corrections.items():
        value, named = read_value(text, column, scheme), label(scheme.column[column].zh)
        if value == now[column]:
            problem = "“{column}”更正后的数值与现在的相同（{value}），请填写更正后的数值，或去掉这一项。"
            raise BadValue(msg(problem, column=named, value=text or msg("缺")))
        if isinstance(value, Decimal) and value < 0 and not _may_be_negative(scheme, column):
            problem = "“{column}”的更正值“{value}”小于 0，这一项不能为负数，请改为 0 或正数。"
            raise BadValue(msg(problem, column=named, value=text))
        if column in grouping:
            there = {str(row[column]) for row in table.rows if row[column] is not None}
            allowed = sorted(there | set(known.get(column, ())))
            if value not in allowed:
                problem = "“{column}”的更正值“{value}”在本次评价中没有，请填写其中之一：{known}。"
                shown = "、".join(allowed[:NAMED]) + ("……" if len(allowed) > NAMED else "")
                raise BadValue(msg(problem, column=named, value=text or msg("缺"), known=shown))


def _grouping(scheme: Scheme) -> Iterator[str]:
    """The columns of text by which firms are compared, and those of place, industry and size."""
    yield from scheme.grades.peers if scheme.grades else ()
    for one in scheme.indicator:
        yield from (*one.by, *(one.average_by or ()))
        if one.benchmark is not None:
            yield from one.benchmark.by
            if one.benchmark.given_by:
                yield one.benchmark.given_by
    for id, column in register_columns().items():
        if column.groups and id in scheme.column:
            yield id


def _may_be_negative(scheme: Scheme, column: str) -> bool:
    """Money may be below zero, and what has no unit that is known, such as growth in percent."""
    if column in register_columns():
        return False
    unit = scheme.column[column].unit
    return all(one.signed for one in units() if unit in (one.canonical, *one.accepted))
