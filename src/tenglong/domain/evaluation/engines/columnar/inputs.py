"""The rows of a year as an engine reads them: typed, keyed, merged (docs/algorithms/evaluation.md §1)."""

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.expressions import tree
from tenglong.domain.evaluation.engines.columnar.peers import Frame, with_keys
from tenglong.domain.evaluation.expressions import Expression, aggregates, names
from tenglong.domain.evaluation.schemes import Merge, Scheme
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg


@dataclass(frozen=True)
class Firms:
    """The firms of a year, merged ones once under the id of their host.

    `members` are the ids of merged rows with the id of their host as `_host`; None if the scheme merges nothing.
    """

    rows: Frame
    members: Frame | None = None


def opened(scheme: Scheme, frame: Frame) -> Frame:
    """`id`, `year` and the columns that the scheme reads, each of its type; NaN and infinities are missing.

    Raises:
        BadFile: a column is not there.
    """
    schema = frame.collect_schema()
    read = [column for column in scheme.column if column in set(_columns_read(scheme))]
    for column in ("id", "year", *read):
        if column not in schema:
            raise BadFile(msg("表中没有列“{column}”，请补上这一列后重试。", column=column))
    tested = set(_texts_read(scheme))
    typed: list[nw.Expr] = [nw.col("id"), nw.col("year")]
    for column in read:
        kind, given = scheme.column[column].type, schema[column]
        typed.append(_typed(nw.col(column), kind, given, column in tested).alias(column))
    return frame.select(*typed)


def firms_of(scheme: Scheme, frame: Frame, year: int) -> Firms:
    """The firms of one year of an opened frame."""
    rows = frame.filter(nw.col("year") == year).drop("year")
    if scheme.merge is None:
        return Firms(with_keys(rows, _grouping(scheme)))
    alone = rows.filter(nw.col(scheme.merge.by).is_null())
    together = _with_hosts(rows.filter(~nw.col(scheme.merge.by).is_null()), scheme.merge)
    hosts = _added_up(scheme, scheme.merge, together).filter(nw.col("_host") == nw.col("id").cast(nw.String))
    firms = nw.concat([alone, hosts.select(*alone.collect_schema().names())])
    return Firms(with_keys(firms, _grouping(scheme)), together.select("id", "_host"))


def each_member(rows: Frame, members: Frame | None) -> Frame:
    """The rows with every merged firm once for each member, under the member's id; `_host` is then its host's."""
    if members is None:
        return rows
    text = nw.col("id").cast(nw.String)
    alone = rows.with_columns(_host=text).join(members.select("_host"), on="_host", how="anti")
    hosts = rows.with_columns(_host=text).drop("id").join(members, on="_host", how="inner")
    return nw.concat([alone, hosts.select(*alone.collect_schema().names())])


def conditions(scheme: Scheme) -> list[Expression]:
    """The conditions of scope and exemptions."""
    texts = [scheme.scope.when, *(exemption.when for exemption in scheme.exempt)]
    return [tree(text) for text in texts if text]


def points_read(scheme: Scheme) -> list[Expression]:
    """The conditions and amounts of points."""
    texts = [text for one in scheme.points for text in (one.when, one.points) if isinstance(text, str)]
    return [tree(text) for text in texts if text]


def _typed(column: nw.Expr, kind: str, given: nw.dtypes.DType, tested: bool) -> nw.Expr:
    if kind == "number":
        number = column if given == nw.Float64 else column.cast(nw.Float64)
        return number if given.is_integer() else nw.when(number.is_finite()).then(number)
    if kind == "flag":
        return column if given == nw.Boolean else column.cast(nw.Boolean)
    keep = given == nw.String or (given.is_integer() and not tested)
    return column if keep else column.cast(nw.String)


def _expressions(scheme: Scheme) -> Iterator[Expression]:
    """Every expression of the scheme."""
    for indicator in scheme.indicator:
        yield tree(indicator.numerator)
        if indicator.denominator:
            yield tree(indicator.denominator)
    yield from conditions(scheme)
    yield from points_read(scheme)
    yield from (tree(adjustment.when) for adjustment in scheme.adjust)


def _columns_read(scheme: Scheme) -> Iterator[str]:
    """The columns that the scheme reads anywhere."""
    for expression in _expressions(scheme):
        yield from names(expression)
    yield from _grouping(scheme)
    yield from _texts_read(scheme)
    if scheme.merge is not None:
        yield scheme.merge.host


def _texts_read(scheme: Scheme) -> Iterator[str]:
    """Text columns whose values matter, not only whether they are equal."""
    for expression in _expressions(scheme):
        yield from names(expression)
    for indicator in scheme.indicator:
        if indicator.benchmark is not None and indicator.benchmark.given_by:
            yield indicator.benchmark.given_by
    if scheme.merge is not None:
        yield scheme.merge.by


def _grouping(scheme: Scheme) -> list[str]:
    """The columns that make groups, once each."""
    found = list(scheme.grades.peers if scheme.grades else ())
    for indicator in scheme.indicator:
        found += [*indicator.by, *(indicator.average_by or ())]
        found += indicator.benchmark.by if indicator.benchmark else ()
    for expression in _expressions(scheme):
        for aggregate in aggregates(expression):
            found += aggregate.by
    return list(dict.fromkeys(found))


def _with_hosts(together: Frame, merge: Merge) -> Frame:
    """Rows that are merged with the id of their host: the largest `host` column, of equals the smallest id."""
    host = nw.col(merge.host)
    highest = together.with_columns(_top=host.max().over(merge.by))
    best = (host == nw.col("_top")) | nw.col("_top").is_null()
    named = highest.with_columns(_best=nw.when(best).then(nw.col("id").cast(nw.String)))
    return named.with_columns(_host=nw.col("_best").min().over(merge.by)).drop("_top", "_best")


def _added_up(scheme: Scheme, merge: Merge, together: Frame) -> Frame:
    """The columns that indicators read as sums over the merged rows; missing where all are."""
    texts = [text for one in scheme.indicator for text in (one.numerator, one.denominator) if text]
    columns = dict.fromkeys(name for text in texts for name in names(tree(text)))
    sums = {
        name: nw.when(nw.col(name).count().over(merge.by) > 0).then(nw.col(name).sum().over(merge.by))
        for name in columns
    }
    return together.with_columns(**sums) if sums else together
