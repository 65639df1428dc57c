"""The firms of a year, merged and sorted by status (docs/algorithms/evaluation.md §1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.engines.reference.expressions import Exact, Row, fits, number, tables_of
from tenglong.domain.evaluation.expressions import names
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.results import How, Status
from tenglong.domain.evaluation.rounding import compared
from tenglong.domain.evaluation.schemes import Indicator, Merge, Scheme
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

Value = Decimal | Fraction | int | float | str | bool | None
"""A value as a reader hands it over: already of the type of its column."""


@dataclass(frozen=True)
class Firm:
    """One row of the year, or the rows of `members` merged into one; `row` has columns and indicators' values."""

    members: tuple[str, ...]
    row: Row
    status: Status = "rated"
    reason: str = ""
    grade: str = ""


def firms_of(scheme: Scheme, rows: Sequence[Mapping[str, Value]], year: int) -> list[Firm]:
    """The firms of one year with their status by scope, exemptions and peers (1.4).

    Raises:
        BadValue: a row has no year or no id, or an id stands twice in the year.
    """
    firms = [
        Firm(members, _with_values(scheme, row))
        for members, row in _merged(scheme, _rows_of(scheme, rows, year))
    ]
    return _sorted_out(scheme, firms)


def measured(indicator: Indicator, row: Row) -> tuple[Fraction | None, How]:
    """The value of an indicator and which special case it is, "value" for none (3.1, 3.2)."""
    numerator = number(parse(indicator.numerator, where=indicator.id), row, {})
    denominator: Fraction | None = Fraction(1)
    if indicator.denominator:
        denominator = number(parse(indicator.denominator, where=indicator.id), row, {})
    if numerator is None or denominator is None:
        return None, "missing"
    if compared(denominator) <= 0:
        return None, "no_denominator"
    value = numerator / denominator
    if compared(value) < 0:
        return value, "negative"
    return value, "zero" if compared(value) == 0 else "value"


def _rows_of(scheme: Scheme, rows: Sequence[Mapping[str, Value]], year: int) -> dict[str, Row]:
    """The declared columns of the rows of a year, exact, by id (1.2, 1.3)."""
    found: dict[str, Row] = {}
    for place, row in enumerate(rows, start=1):
        id, stated = row.get("id"), row.get("year")
        if not isinstance(id, str) or not id:
            raise BadValue(msg("第 {place} 行没有企业编号 id，请补上后重试。", place=place))
        if stated is None:
            raise BadValue(msg("企业“{id}”的行没有年度 year，请补上后重试。", id=id))
        if stated != year:
            continue
        if id in found:
            raise BadValue(msg("企业“{id}”在 {year} 年有不止一行，请只保留一行。", id=id, year=year))
        found[id] = {column: exact(row.get(column)) for column in scheme.column}
    return found


def exact(value: Value) -> Exact:
    """A double is the shortest decimal that prints as it; NaN and infinities are missing (1.2)."""
    if value is None or isinstance(value, bool | str | Fraction):
        return value
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return Fraction(number) if number.is_finite() else None


def _merged(scheme: Scheme, rows: dict[str, Row]) -> list[tuple[tuple[str, ...], Row]]:
    """Firms that share the result of one parcel as one row, at the place of their first member (1.5)."""
    if scheme.merge is None:
        return [((id,), row) for id, row in rows.items()]
    groups: dict[tuple[bool, Exact], list[str]] = {}
    for id, row in rows.items():
        key = row[scheme.merge.by]
        groups.setdefault((key is not None, id if key is None else key), []).append(id)
    return [
        (tuple(ids), _one_row(scheme, scheme.merge, {id: rows[id] for id in ids})) for ids in groups.values()
    ]


def _one_row(scheme: Scheme, merge: Merge, rows: dict[str, Row]) -> Row:
    """What indicators read is added up; the rest is the host's."""
    row = dict(rows[_host(merge, rows)])
    for indicator in scheme.indicator:
        for text in filter(None, (indicator.numerator, indicator.denominator)):
            for column in names(parse(text, where=indicator.id)):
                stated = [value for one in rows.values() if isinstance(value := one[column], Fraction)]
                row[column] = sum(stated, Fraction(0)) if stated else None
    return row


def _host(merge: Merge, rows: dict[str, Row]) -> str:
    """The id with the largest `host` column, a missing one being the lowest; of equals the smallest id."""
    best = ""
    for id in sorted(rows):
        value, most = rows[id][merge.host], rows[best][merge.host] if best else None
        if not best or (isinstance(value, Fraction) and (not isinstance(most, Fraction) or value > most)):
            best = id
    return best


def _with_values(scheme: Scheme, row: Row) -> Row:
    return {**row, **{indicator.id: measured(indicator, row)[0] for indicator in scheme.indicator}}


def _sorted_out(scheme: Scheme, firms: list[Firm]) -> list[Firm]:
    """Scope, then the first exemption that fits, then missing peers (1.4); aggregates over all rows (2.5)."""
    scope = parse(scheme.scope.when, where="scope") if scheme.scope.when else None
    exemptions = [(exemption, parse(exemption.when, where=exemption.id)) for exemption in scheme.exempt]
    conditions = [condition for _, condition in exemptions] + ([scope] if scope is not None else [])
    tables = tables_of(conditions, [firm.row for firm in firms])
    peers = scheme.grades.peers if scheme.grades is not None else ()
    sorted_out: list[Firm] = []
    for firm in firms:
        exemption = next((one for one, when in exemptions if fits(when, firm.row, tables)), None)
        if scope is not None and not fits(scope, firm.row, tables):
            firm = replace(firm, status="out_of_scope")
        elif exemption is not None:
            firm = replace(firm, status="not_rated", reason=exemption.id, grade=exemption.grade)
        elif any(firm.row[column] is None for column in peers):
            firm = replace(firm, status="not_rated", reason="no_peers")
        sorted_out.append(firm)
    return sorted_out
