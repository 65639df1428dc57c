"""What a figure is: (measure, roster, territory, as-of, known-at), exact, printed once, with its calibre."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache

from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.quantities import exact_text, half_up, plain, share
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.counting import Counter, Measure, Term, Totals, each, of_terms


@dataclass(frozen=True)
class Definition:
    """One figure of figures.toml; exactly one of `count`, `sum`, `part`/`whole`, `lead_of` says what it is.

    `done` figures are those that a roster may name as what counts as done.
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
        signed = ((self.sum, 1), (self.less, -1))
        return tuple(Term(Measure(slot, True, everyone), True, sign) for slot, sign in signed if slot)

    @property
    def parts(self) -> tuple[str, ...]:
        """The figures of which a rate or a lead is made."""
        return tuple(filter(None, (self.part, self.whole, self.lead_of)))


@dataclass(frozen=True)
class Calibre:
    """What a list means: two figures of different calibres are never added."""

    roster: str
    title: str
    issuer: str
    definition: str
    start: date
    deadline: date

    @property
    def window(self) -> Window:
        """The days in which the list's targets are to be reached."""
        return Window(self.start, self.deadline)

    def __str__(self) -> str:
        return f"{self.title}（{self.issuer}，{self.start}至{self.deadline}）"


@dataclass(frozen=True)
class Figure:
    """A figure with everything it needs to stand on paper. `exact` is None where nothing can be said
    (a rate without a denominator, a lead without a reference value)."""

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
    return wanted


@cache
def every_measure() -> Counter:
    """What is kept counted beside the ledger: the measures of all figures."""
    return Counter.of(measures_of(definitions().values()))


def value(figure: Definition, totals: Totals, references: Mapping[str, Fraction]) -> Fraction | None:
    """The exact value of `figure`; rates and leads in percent and percentage points.

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
