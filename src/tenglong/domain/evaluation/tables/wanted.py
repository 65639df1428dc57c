"""Which columns a rule file wants of a table of firms: a scheme of evaluation, or the rules of screening."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tenglong.domain.evaluation.expressions import names
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.schemes import Column, Scheme
from tenglong.domain.evaluation.screening.rules import Rules
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg


@dataclass(frozen=True)
class Wanted:
    """The columns by id; those of `required` must be in the table. `year` is that of a table without a year column."""

    title: str
    year: int
    column: Mapping[str, Column]
    required: frozenset[str]

    def joined(self, other: "Wanted") -> "Wanted":
        """The columns of both.

        Raises:
            BadValue: both have a column that differs in kind, unit or basis.
        """
        for id in self.column.keys() & other.column.keys():
            one, two = self.column[id], other.column[id]
            if (one.type, one.unit, one.basis) != (two.type, two.unit, two.basis):
                problem = (
                    "列“{column}”在《{one}》和《{two}》里的类型、单位或口径不同，不能用同一张企业表比较。"
                )
                raise BadValue(msg(problem, column=id, one=self.title, two=other.title))
        columns = {**other.column, **self.column}
        return Wanted(self.title, self.year, columns, self.required | other.required)


def wanted_by(scheme: Scheme) -> Wanted:
    """What a table must have to be rated: the columns that the scheme reads anywhere."""
    return Wanted(scheme.title, scheme.year, scheme.column, frozenset(_read(scheme)) & scheme.column.keys())


def wanted_for_screening(rules: Rules, year: int) -> Wanted:
    """What rules of screening look at; what is not there makes rules untested, not the table unfit."""
    return Wanted("疑似企业筛查规则", year, rules.columns, frozenset())


def _read(scheme: Scheme) -> Iterator[str]:
    """The names in expressions, groups and merges; columns among them, and indicators."""
    texts = [scheme.scope.when, *(one.when for one in (*scheme.exempt, *scheme.points, *scheme.adjust))]
    texts += [one.points for one in scheme.points if isinstance(one.points, str)]
    for indicator in scheme.indicator:
        texts += [indicator.numerator, indicator.denominator]
        yield from (*indicator.by, *(indicator.average_by or ()))
        if indicator.benchmark is not None:
            yield from (*indicator.benchmark.by, indicator.benchmark.given_by)
    for text in filter(None, texts):
        yield from names(parse(text, where=scheme.id))
    if scheme.merge is not None:
        yield from (scheme.merge.by, scheme.merge.host)
    if scheme.grades is not None:
        yield from scheme.grades.peers
