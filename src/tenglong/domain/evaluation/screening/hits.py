"""Which firms are suspected, by which rule, and why: docs/algorithms/evaluation.md §9, domain.md §4.1.

A hit is not a finding. A rule that cannot be tried is not passed either: the firm is listed with what is missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.engines.reference.expressions import Exact, Row, Tables, compute, tables_of
from tenglong.domain.evaluation.engines.reference.rows import Value, exact
from tenglong.domain.evaluation.rounding import rounded
from tenglong.domain.evaluation.screening.rules import WHICH, Rule, Rules, read_by
from tenglong.domain.kernel.messages import Message, label, listed
from tenglong.domain.kernel.quantities import plain

SHOWN_PLACES = 4  # of numbers in sentences; inputs are kept exact


@dataclass(frozen=True)
class Hit:
    """A rule that is true of a firm, with everything the firm may ask: the sentence, the numbers, the documents.

    `source` is where the rule comes from, `data_source` and `date` where its inputs come from and as of when.
    """

    rule: str
    version: str
    firm: str
    inputs: Mapping[str, Exact]
    thresholds: Mapping[str, Decimal]
    source: str
    data_source: str
    date: Date
    sentence: Message


@dataclass(frozen=True)
class Untested:
    """A rule that could not be tried on a firm: neither suspected by it nor cleared; `missing` are the inputs.

    An untested scope rule stands for all rules within it.
    """

    rule: str
    firm: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Hint:
    """What may make the hits of a firm false, with the code of the removal reason, to be verified on site."""

    guard: str
    firm: str
    reason: str


@dataclass(frozen=True)
class Screening:
    """Hits in the order of rules, then of rows; hints only for firms that were hit."""

    hits: tuple[Hit, ...]
    untested: tuple[Untested, ...]
    hints: tuple[Hint, ...]


def screen(
    rules: Rules, rows: Sequence[Mapping[str, Value]], *, date: Date, data_source: str = ""
) -> Screening:
    """Try every rule on every row of one year; a row has an `id` and the columns of the rules, as far as known.

    Aggregates are over all rows; the units are those of `rules.columns` (`inputs.check_units` takes a scheme's).
    """
    firms = [str(row["id"]) for row in rows]
    known = _with_quantities(rules, [{id: exact(row.get(id)) for id in rules.columns} for row in rows])
    hits: list[Hit] = []
    untested: list[Untested] = []
    scopes: dict[str, list[Exact]] = {}
    for rule in rules.rules:
        verdicts = _verdicts(rule, known)
        if rule.scope:
            scopes[rule.id] = verdicts
        inputs = read_by(rules, rule.when)
        for place, (firm, row, verdict) in enumerate(zip(firms, known, verdicts, strict=True)):
            within = scopes[rule.within][place] if rule.within else True
            if within is True and verdict is True and not rule.scope:
                values = {id: row[id] for id in inputs}
                sentence = _sentence(rules, rule, values)
                hits.append(
                    Hit(
                        rule=rule.id,
                        version=rule.version,
                        firm=firm,
                        inputs=values,
                        thresholds=rule.thresholds,
                        source=rule.source,
                        data_source=data_source,
                        date=date,
                        sentence=sentence,
                    )
                )
            elif within is True and verdict is None:
                untested.append(Untested(rule.id, firm, _missing(rules, inputs, row)))
    hit = {one.firm for one in hits}
    return Screening(tuple(hits), tuple(untested), tuple(_hints(rules, firms, known, hit)))


def _with_quantities(rules: Rules, rows: Sequence[Row]) -> list[Row]:
    """The rows with the quantities, each after those it is made of."""
    known = list(rows)
    for quantity in rules.quantities:
        tables = tables_of([quantity.expression], known)
        known = [{**row, quantity.id: compute(quantity.expression, row, tables)} for row in known]
    return known


def _verdicts(rule: Rule, rows: Sequence[Row]) -> list[Exact]:
    """True, false or None (unknown) for each row."""
    thresholds = {id: Fraction(value) for id, value in rule.thresholds.items()}
    with_thresholds = [{**row, **thresholds} for row in rows]
    tables: Tables = tables_of([rule.when], with_thresholds)
    return [compute(rule.when, row, tables) for row in with_thresholds]


def _missing(rules: Rules, inputs: Sequence[str], row: Row) -> tuple[str, ...]:
    """The columns that are missing; where none is, the quantities that could not be computed of them."""
    columns = tuple(id for id in inputs if id in rules.columns and row[id] is None)
    return columns or tuple(id for id in inputs if row[id] is None)


def _hints(rules: Rules, firms: Sequence[str], rows: Sequence[Row], hit: set[str]) -> Iterator[Hint]:
    for guard in rules.guards:
        tables = tables_of([guard.when], rows)
        for firm, row in zip(firms, rows, strict=True):
            if firm in hit and compute(guard.when, row, tables) is True:
                yield Hint(guard.id, firm, guard.reason)


def _sentence(rules: Rules, rule: Rule, inputs: Mapping[str, Exact]) -> Message:
    """What the firm is told, with the numbers as they are printed."""
    shown = {id: _shown(Fraction(value)) for id, value in rule.thresholds.items()}
    shown |= {id: _shown(value) for id, value in inputs.items() if not isinstance(value, bool)}
    true = [rules.columns[id].zh for id, value in inputs.items() if value is True]
    return Message(rule.sentence, {**shown, WHICH: listed(true)})


def _shown(value: Exact) -> str | Message:
    if isinstance(value, Fraction):
        return str(plain(rounded(value, SHOWN_PLACES)))
    return label(str(value)) if value is not None else ""
