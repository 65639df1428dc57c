"""What a figure is: (measure, roster, territory, as-of, known-at), exact, printed once, with its calibre.

And what counts for it: the one definition behind stored totals, the SQL over entries, lineage and reference. A figure
is a sum of terms; a term counts or adds up a measure; a measure says which lines of the fold count, of which cases. All
of it is read from figures.toml; nothing else in the program knows what counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tenglong.domain.campaign.calibres import Calibre
from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import MICRO, exact_text, half_up, plain, share
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.entries import AsOf, Entry, attributes, filed, fold
from tenglong.domain.ledger.kinds import CASE, Vocabulary

# What counts.

TARGET = "target"
"""The slot whose holders are the members of a roster: figures count these cases, unless they count everyone."""
PARTY = "party"
"""The attribute by which figures may be narrowed."""
CERTIFICATE = "certificate:"
"""How the measures of upgrade certificates begin: no slot of the ledger, they are counted where certificates stand."""
TOLD = "certificates"
"""Beside them stands how many certificates were ever told of: where there are none, nobody knows how many hold."""


class Line(NamedTuple):
    """A line of the fold as counting reads it; `quantity` in millionths, None for events."""

    slot: str
    on: bool
    quantity: int | None
    entry_id: int


@dataclass(frozen=True)
class Measure:
    """The lines that count: those of `slot` that hold (or, without `on`, that were taken back), of members only or
    of `everyone`. With `than` it is the cases whose amount in `slot` is more than that in the slot `than` ("": 0).
    """

    slot: str
    on: bool = True
    everyone: bool = False
    than: str | None = None

    @property
    def key(self) -> str:
        """The name under which its totals are kept."""
        compared = "" if self.than is None else f">{self.than or 0}"
        return f"{'all:' if self.everyone else ''}{'' if self.on else '-'}{self.slot}{compared}"

    @property
    def in_ledger(self) -> bool:
        """Whether the ledger has what it counts."""
        return not self.slot.startswith(CERTIFICATE)

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots that it reads."""
        return (self.slot, self.than) if self.than else (self.slot,)

    def exceeded(self, amounts: Mapping[str, int]) -> bool:
        """Whether, compared, a case counts whose slots hold these amounts."""
        return amounts.get(self.slot, 0) > amounts.get(self.than or "", 0)


@dataclass(frozen=True)
class Term:
    """A measure as it enters a figure: how many lines it has, or (`adds`) what they add up to, times `sign`."""

    measure: Measure
    adds: bool = False
    sign: int = 1


@dataclass(frozen=True)
class Part:
    """What one case brings to a measure: lines (or, compared, itself), millionths, the entries behind them."""

    count: int
    total: int
    entry_ids: tuple[int, ...]


@dataclass
class Totals:
    """What one unit adds up to, by (measure's key, party): how many lines, and their sum in millionths.

    The empty party is everybody.
    """

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    sums: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, key: str, party: str, count: int, total: int) -> None:
        """Count `count` more lines of `party` with `total` millionths in a measure."""
        for place in {(key, party), (key, "")}:
            self.counts[place] = self.counts.get(place, 0) + count
            self.sums[place] = self.sums.get(place, 0) + total

    def merge(self, other: "Totals") -> None:
        """Add everything of `other`."""
        for key, count in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + count
            self.sums[key] = self.sums.get(key, 0) + other.sums[key]


@dataclass(frozen=True)
class Counter:
    """The measures of some figures, ready to be read off the lines of one case after the other."""

    by_line: Mapping[tuple[str, bool], tuple[Measure, ...]]
    compared: tuple[Measure, ...]

    @classmethod
    def of(cls, measures: Iterable[Measure]) -> "Counter":
        """A counter of `measures`."""
        by_line: dict[tuple[str, bool], list[Measure]] = defaultdict(list)
        once = dict.fromkeys(measures)
        for measure in once:
            if measure.than is None:
                by_line[measure.slot, measure.on].append(measure)
        compared = tuple(measure for measure in once if measure.than is not None)
        return cls({key: tuple(found) for key, found in by_line.items()}, compared)

    def parts(self, lines: Sequence[Line]) -> dict[Measure, Part]:
        """What a case with these lines brings to each measure that it counts for."""
        member = any(line.slot == TARGET and line.on for line in lines)
        found: dict[Measure, list[Line]] = {}
        for line in lines:
            for measure in self.by_line.get((line.slot, line.on), ()):
                if member or measure.everyone:
                    found.setdefault(measure, []).append(line)
        parts = {
            measure: Part(
                len(of), sum(line.quantity or 0 for line in of), tuple(line.entry_id for line in of)
            )
            for measure, of in found.items()
        }
        for measure in self.compared:
            if (member or measure.everyone) and (part := _compared(measure, lines)):
                parts[measure] = part
        return parts


def _compared(measure: Measure, lines: Sequence[Line]) -> Part | None:
    behind = [line for line in lines if line.on and line.slot in measure.slots]
    amounts: dict[str, int] = defaultdict(int)
    for line in behind:
        amounts[line.slot] += line.quantity or 0
    if not measure.exceeded(amounts):
        return None
    return Part(1, 0, tuple(line.entry_id for line in behind))


class Tally:
    """What many cases bring to the measures of a counter, by place and party; of the single case nothing is kept."""

    def __init__(self, counter: Counter):
        self._counter = counter
        self._by_line: dict[tuple[int, str, str, bool, bool], list[int]] = defaultdict(lambda: [0, 0])
        self._exceeded: dict[tuple[int, str, Measure], int] = defaultdict(int)

    def add(self, place: int, party: str, lines: Sequence[tuple[str, bool, int | None]], sign: int) -> None:
        """Count (sign 1) or take away (−1) a case with these lines: slot, on, quantity."""
        member = any(on and slot == TARGET for slot, on, _ in lines)
        amounts: dict[str, int] = {}
        for slot, on, quantity in lines:
            cell = self._by_line[place, party, slot, on, member]
            cell[0] += sign
            if quantity:
                cell[1] += sign * quantity
                if on:
                    amounts[slot] = amounts.get(slot, 0) + quantity
        for measure in self._counter.compared:
            if (member or measure.everyone) and measure.exceeded(amounts):
                self._exceeded[place, party, measure] += sign

    def sums(self) -> dict[tuple[int, str, str], list[int]]:
        """How many lines and how many millionths, by place, party and measure's key."""
        found: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for (place, party, slot, on, member), (count, total) in self._by_line.items():
            for measure in self._counter.by_line.get((slot, on), ()):
                if member or measure.everyone:
                    cell = found[place, party, measure.key]
                    cell[0] += count
                    cell[1] += total
        for (place, party, measure), count in self._exceeded.items():
            found[place, party, measure.key][0] += count
        return {key: cell for key, cell in found.items() if any(cell)}


def of_terms(terms: Iterable[Term], totals: Totals, party: str = "") -> Fraction:
    """What terms come to in these totals."""
    return sum((term.sign * _in(term, totals, party) for term in terms), Fraction(0))


def _in(term: Term, totals: Totals, party: str) -> Fraction:
    key = term.measure.key, party
    return Fraction(totals.sums.get(key, 0), MICRO) if term.adds else Fraction(totals.counts.get(key, 0))


def of_case(terms: Iterable[Term], parts: Mapping[Measure, Part]) -> tuple[Fraction, tuple[int, ...]]:
    """What one case brings to terms, and the entries behind it."""
    amount, entries = Fraction(0), list[int]()
    for term in terms:
        part = parts.get(term.measure)
        if part:
            amount += term.sign * (Fraction(part.total, MICRO) if term.adds else part.count)
            entries += part.entry_ids
    return amount, tuple(entries)


def reference(
    entries: Sequence[Entry], at: AsOf, places: Mapping[int, int], counter: Counter, words: Vocabulary
) -> dict[int, Totals]:
    """The totals of each place, by the slow, obvious way; `places` are those of the cases."""
    lines: dict[int, list[Line]] = defaultdict(list)
    for entry in fold(entries, at, words).values():
        where = filed(words.kind(entry.kind), entry)
        lines[entry.case_id].append(Line(where.slot, where.on, entry.quantity, entry.id))
    said = attributes(entries, at, words)
    found: dict[int, Totals] = defaultdict(Totals)
    for case_id, of_case_ in lines.items():
        party = said.get(((CASE, case_id), PARTY))
        for measure, part in counter.parts(of_case_).items():
            found[places[case_id]].add(measure.key, party.text if party else "", part.count, part.total)
    return dict(found)


def certificates_of(kind: str, each: str) -> Measure:
    """What counts upgrade certificates of a kind: `each` "firm" that holds one, or each "certificate"."""
    return Measure(f"{CERTIFICATE}{each}:{kind}", everyone=True)


def slots_of(measures: Iterable[Measure]) -> tuple[str, ...]:
    """The slots that must be folded for some measures, the members' among them."""
    return tuple(dict.fromkeys([TARGET, *(slot for measure in measures for slot in measure.slots)]))


def each(terms: Iterable[Term]) -> Iterator[Measure]:
    """The measures of some terms."""
    return (term.measure for term in terms)


# Whether anybody said it.


def amounts_of(figure: "Definition") -> Iterator[Measure]:
    """The stated amounts on which a figure rests: what it adds up or compares."""
    for term in figure.terms:
        if term.adds or term.measure.than is not None:
            yield from (Measure(slot, everyone=term.measure.everyone) for slot in term.measure.slots)


def brought_by(amount: Measure) -> tuple[Measure, ...]:
    """The events with which an amount is to be stated; none for one that is there from the beginning."""
    return tuple(Measure(slot, everyone=amount.everyone) for slot in _brought_by().get(amount.slot, ()))


def is_said(amount: Measure, totals: Totals, party: str = "") -> bool:
    """Whether somebody stated the amount, if only as 0; or it is 0 because nothing happened that would bring one."""
    if totals.counts.get((amount.key, party)):
        return True
    events = brought_by(amount)
    return bool(events) and not any(totals.counts.get((event.key, party)) for event in events)


@cache
def _brought_by() -> dict[str, list[str]]:
    found: dict[str, list[str]] = load_rules("tenglong.domain.campaign", "figures.toml").content["brought_by"]
    return found


# What is made of it.


@dataclass(frozen=True)
class Definition:
    """One figure of figures.toml; one of `count`, `sum`, `certificate`, `part`/`whole`, `lead_of` says what it is.

    `done` figures are those that a roster may name as what counts as done. Of certificates `each` firm or each
    certificate counts.
    """

    id: str
    zh: str
    en: str
    unit: str
    unit_en: str
    places: int | None = None
    count: str = ""
    off: bool = False
    more_than: str | None = None
    sum: str = ""
    less: str = ""
    certificate: str = ""
    each: str = "firm"
    part: str = ""
    whole: str = ""
    lead_of: str = ""
    of: str = "targets"
    party: str = ""
    done: bool = False

    @property
    def terms(self) -> tuple[Term, ...]:
        """What it counts or adds up; nothing for rates and leads, which are made of other figures."""
        everyone = self.of == "all"
        if self.count:
            return (Term(Measure(self.count, not self.off, everyone, self.more_than)),)
        if self.certificate:
            return (Term(certificates_of(self.certificate, self.each)),)
        signed = ((self.sum, 1), (self.less, -1))
        return tuple(Term(Measure(slot, True, everyone), True, sign) for slot, sign in signed if slot)

    @property
    def parts(self) -> tuple[str, ...]:
        """The figures of which a rate or a lead is made."""
        return tuple(filter(None, (self.part, self.whole, self.lead_of)))


@dataclass(frozen=True)
class Figure:
    """A figure with everything it needs to stand on paper. `exact` is None where nothing can be said
    (a rate without a denominator, a lead without a reference value, a sum of amounts that nobody stated)."""

    id: str
    name: str
    exact: Fraction | None
    printed: str
    unit: str
    calibre: Calibre
    territory: str
    as_of: date
    known_at: datetime

    @property
    def exact_text(self) -> str | None:
        """The exact value for machines; see kernel.quantities.exact_text."""
        return None if self.exact is None else exact_text(self.exact)


@cache
def definitions() -> dict[str, Definition]:
    """Every figure, in the order of figures.toml."""
    return parse_definitions(load_rules("tenglong.domain.campaign", "figures.toml"))


def parse_definitions(rules: RuleFile) -> dict[str, Definition]:
    """The figures that a rule file defines.

    Raises:
        BadRules: a key is unknown, or a rate names a figure that does not exist.
    """
    try:
        found = {row["id"]: Definition(**row) for row in rules.content["figure"]}
    except (KeyError, TypeError) as error:
        raise BadRules(msg("规则文件 {name} 的指标定义有误：{why}。", name=rules.name, why=error)) from error
    for figure in found.values():
        for other in figure.parts:
            if other not in found:
                problem = "规则文件 {name} 中指标 {id} 引用了不存在的指标 {other}，请先定义。"
                raise BadRules(msg(problem, name=rules.name, id=figure.id, other=other))
    return found


def definition(id: str) -> Definition:
    """The figure `id`.

    Raises:
        NotFound: there is no such figure.
    """
    try:
        return definitions()[id]
    except KeyError:
        known = "、".join(definitions())
        raise NotFound(msg("没有指标“{id}”，可用的有：{known}。", id=id, known=known)) from None


def measures_of(figures: Iterable[Definition]) -> dict[Measure, None]:
    """What must be counted to compute `figures`, with that of the figures they are made of."""
    wanted: dict[Measure, None] = {}
    for figure in figures:
        wanted.update(measures_of(definition(other) for other in figure.parts))
        wanted.update(dict.fromkeys(each(figure.terms)))
        for amount in amounts_of(figure):
            wanted.update(dict.fromkeys((amount, *brought_by(amount))))
    return wanted


@cache
def every_measure() -> Counter:
    """What is kept counted beside the ledger: the measures of all figures."""
    return Counter.of(one for one in measures_of(definitions().values()) if one.in_ledger)


def value(figure: Definition, totals: Totals, references: Mapping[str, Fraction]) -> Fraction | None:
    """The exact value of `figure`, None where nobody said what it rests on; rates and leads in percent and
    percentage points.

    `references` holds the reference series' value at the day, by figure id, in the same unit.
    """
    if figure.lead_of:
        rate, reference = (
            value(definition(figure.lead_of), totals, references),
            references.get(figure.lead_of),
        )
        return None if rate is None or reference is None else rate - reference
    if figure.part:
        part, whole = (value(definition(id), totals, references) for id in (figure.part, figure.whole))
        ratio = share(part or 0, whole or 0)
        return None if ratio is None else ratio * 100
    if figure.certificate and not totals.counts.get((TOLD, "")):
        return None
    if not all(is_said(amount, totals, figure.party) for amount in amounts_of(figure)):
        return None
    return of_terms(figure.terms, totals, figure.party)


def printed(figure: Definition, exact: Fraction | None) -> str:
    """The value as it stands on paper, without its unit: rounded HALF_UP once, from the exact value.

    A figure with `places` always shows them; others show up to two, without trailing zeros.
    """
    if exact is None:
        return "—"
    if figure.places is not None:
        return format(half_up(exact, figure.places), "f")
    return format(plain(half_up(exact, 2)), "f")
